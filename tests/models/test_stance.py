"""The stance judge: the shape of its answers, and the one text that every caller gives it."""

import json
from pathlib import Path

import numpy as np
import pytest

from models.layout import Question
from models.stance import (
    LABELS,
    PARENT_CHARACTERS,
    StanceJudge,
    StanceNetwork,
    batches_by_length,
    build_network,
    network_probabilities,
    pair_text,
    restore,
    trained_state,
)
from tests.models.tiny_models import tiny_artifact, tiny_encoder

LONG = "Nobody did anything, and I have said so for years in this very thread. " * 20
QUESTIONS = [
    Question("They did it.", ("They did it.",)),
    Question(LONG, ("They did it.", "The dam was blown up.", "No gas was sold in March.")),
    Question("Was it them?", ("The dam was blown up by the eastern army in the spring.", "They did it.")),
    Question("", ("They did it.",)),
]


def distilled(folder: Path) -> Path:
    """Write an encoder that takes neither positions nor a mask for each pair of tokens."""
    import torch
    from transformers import DistilBertConfig, DistilBertModel

    tiny_encoder(folder)
    torch.manual_seed(0)
    DistilBertModel(DistilBertConfig(dim=32, n_layers=1, n_heads=2, hidden_dim=32)).save_pretrained(folder)
    path = folder / "tokenizer_config.json"
    names = {"model_input_names": ["input_ids", "attention_mask"], "tokenizer_class": "DistilBertTokenizer"}
    path.write_text(json.dumps(json.loads(path.read_text()) | names))
    return folder


@pytest.fixture(scope="module", params=["packed", "paired"])
def judge(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> StanceJudge:
    root = tmp_path_factory.mktemp("judge")
    encoder = tiny_encoder(root / "encoder") if request.param == "packed" else distilled(root / "encoder")
    tiny_artifact(root / "stance", encoder)
    return StanceJudge.load(root / "stance", encoder)


def test_probabilities_each_question_has_a_row_a_statement_that_sums_to_one(judge: StanceJudge) -> None:
    rows = judge.probabilities(QUESTIONS)
    assert [part.shape for part in rows] == [(1, 4), (3, 4), (2, 4), (1, 4)]
    assert {part.dtype for part in rows} == {np.dtype(np.float32)}
    assert np.allclose(np.concatenate(rows).sum(axis=1), 1.0, atol=1e-5)


def test_probabilities_nothing_asked_is_nothing_answered(judge: StanceJudge) -> None:
    assert judge.probabilities([]) == []
    none, one = judge.probabilities([Question("They did it.", ()), QUESTIONS[0]])
    assert (none.shape, one.shape) == ((0, len(LABELS)), (1, len(LABELS)))


@pytest.mark.parametrize("batch_size", [1, 2, 32])
def test_probabilities_any_batch_size_and_order_gives_each_statement_the_same_row(
    judge: StanceJudge, batch_size: int
) -> None:
    """Sorting by length and padding must not show in the answers."""
    one_by_one = [judge.probabilities([question])[0] for question in QUESTIONS]
    for questions, expected in ((QUESTIONS, one_by_one), (QUESTIONS[::-1], one_by_one[::-1])):
        for part, row in zip(judge.probabilities(questions, batch_size), expected, strict=True):
            assert np.allclose(part, row, atol=1e-5)


def test_probabilities_a_statement_does_not_see_the_others_asked_with_it(judge: StanceJudge) -> None:
    """A finding must not depend on which other claims a server has stored."""
    statements = ("They did it.", "The dam was blown up.", "", "No gas was sold in March. " * 9)
    alone = [judge.probabilities([Question(LONG, (each,))])[0][0] for each in statements]
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 3], [0, 0, 2]):
        (together,) = judge.probabilities([Question(LONG, tuple(statements[i] for i in order))])
        assert np.allclose(together, [alone[i] for i in order], atol=1e-5)


def test_probabilities_swapped_sides_differ(judge: StanceJudge) -> None:
    post, claim = "Was it them?", "The dam was blown up by the eastern army in the spring."
    first, second = judge.probabilities([Question(post, (claim,)), Question(claim, (post,))])
    assert not np.allclose(first, second, atol=1e-6)


def test_probabilities_a_lone_surrogate_is_judged(judge: StanceJudge) -> None:
    (rows,) = judge.probabilities([Question("broken \ud83d text", ("They did it.", "broken \udc00"))])
    assert np.isfinite(rows).all()


def test_probabilities_a_post_beyond_the_limit_keeps_the_claims(judge: StanceJudge) -> None:
    """What is cut is the post: two claims under one long post must still be told apart."""
    (rows,) = judge.probabilities([Question("word " * 500, ("The dam was blown up.", "No gas was sold in March."))])
    assert not np.allclose(rows[0], rows[1], atol=1e-7)


def test_network_long_post_fits_an_encoder_with_no_more_positions_than_the_limit(tmp_path: Path) -> None:
    network = build_network(tiny_encoder(tmp_path))
    assert network.body.config.max_position_embeddings == network.max_tokens
    (rows,) = network_probabilities(network, [Question(LONG, (LONG, "They did it."))])
    assert np.isfinite(rows).all()


@pytest.mark.parametrize(
    ("title", "parent", "expected"),
    [
        (None, None, "It was them."),
        ("", "  ", "It was them."),
        ("Who cut the cable?", None, "Who cut the cable? It was them."),
        ("Cable cut", None, "Cable cut. It was them."),
        (None, "Any\n news?", "It was them. [in reply to: Any news?]"),
        ("Cable", "x" * 999, f"Cable. It was them. [in reply to: {'x' * PARENT_CHARACTERS}]"),
    ],
)
def test_pair_text_context_stands_around_the_post(title: str | None, parent: str | None, expected: str) -> None:
    assert pair_text(" It was them. ", title, parent) == expected


def test_batches_by_length_every_row_comes_once_and_longest_first() -> None:
    batches = list(batches_by_length([3, 9, 1, 7, 5], 2))
    assert batches == [[1, 3], [4, 0], [2]]


def test_restore_other_weights_gives_their_answers(tmp_path: Path) -> None:
    import torch

    encoder = tiny_encoder(tmp_path)
    torch.manual_seed(5)
    first: StanceNetwork = build_network(encoder)
    second = build_network(encoder)
    restore(second, trained_state(first))
    answers = [network_probabilities(network, QUESTIONS) for network in (first, second)]
    assert all(np.array_equal(one, other) for one, other in zip(*answers, strict=True))
