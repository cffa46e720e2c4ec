"""The stance judge: the shape of its answers, and the one text that every caller gives it."""

from pathlib import Path

import numpy as np
import pytest

from models.stance import (
    LABELS,
    PARENT_CHARACTERS,
    StanceJudge,
    batches_by_length,
    build_network,
    pair_text,
    restore,
    trained_state,
)
from tests.models.tiny_models import tiny_artifact, tiny_encoder

PAIRS = [
    ("They did it.", "They did it."),
    ("Nobody did anything, and I have said so for years in this very thread. " * 20, "They did it."),
    ("Was it them?", "The dam was blown up by the eastern army in the spring."),
    ("", "They did it."),
]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> StanceJudge:
    root = tmp_path_factory.mktemp("judge")
    encoder = tiny_encoder(root / "encoder")
    tiny_artifact(root / "stance", encoder)
    return StanceJudge.load(root / "stance", encoder)


def test_probabilities_any_pairs_are_rows_that_sum_to_one(judge: StanceJudge) -> None:
    rows = judge.probabilities(PAIRS)
    assert rows.shape == (len(PAIRS), len(LABELS))
    assert rows.dtype == np.float32
    assert np.allclose(rows.sum(axis=1), 1.0, atol=1e-5)


def test_probabilities_no_pairs_is_an_empty_table(judge: StanceJudge) -> None:
    assert judge.probabilities([]).shape == (0, 4)


@pytest.mark.parametrize("batch_size", [1, 2, 32])
def test_probabilities_any_batch_size_and_order_gives_each_pair_the_same_row(
    judge: StanceJudge, batch_size: int
) -> None:
    """Sorting by length and padding must not show in the answers."""
    one_by_one = np.vstack([judge.probabilities([pair]) for pair in PAIRS])
    assert np.allclose(judge.probabilities(PAIRS, batch_size), one_by_one, atol=1e-5)
    assert np.allclose(judge.probabilities(PAIRS[::-1], batch_size), one_by_one[::-1], atol=1e-5)


def test_probabilities_swapped_sides_differ(judge: StanceJudge) -> None:
    post, claim = PAIRS[2]
    assert not np.allclose(judge.probabilities([(post, claim)]), judge.probabilities([(claim, post)]), atol=1e-6)


def test_probabilities_a_lone_surrogate_is_judged(judge: StanceJudge) -> None:
    assert np.isfinite(judge.probabilities([("broken \ud83d text", "They did it.")])).all()


def test_probabilities_a_post_beyond_the_limit_keeps_the_claim(judge: StanceJudge) -> None:
    """What is cut is the post: two claims under one long post must still be told apart."""
    post = "word " * 500
    rows = judge.probabilities([(post, "The dam was blown up."), (post, "No gas was sold in March.")])
    assert not np.allclose(rows[0], rows[1], atol=1e-7)


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
    first = build_network(encoder)
    second = build_network(encoder)
    restore(second, trained_state(first))
    batch = first.batch(PAIRS[:3])
    for network in (first, second):
        network.body.eval()
        network.head.eval()
    assert torch.equal(first.logits(batch), second.logits(batch))
