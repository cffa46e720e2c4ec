"""The layout of posts and statements: who reads whom, where each token stands, and what is cut."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.encoder import packaged_folder
from models.layout import CLOSED, STATEMENT_TOKENS, Question, is_packable, packed, paired, tokenized

TWO = Question("they did", ("who", "it was them"))
ONE = Question("no", ("who",))
WORDS = st.text(alphabet="ab .\ud800é", max_size=30)
QUESTIONS = st.lists(st.builds(Question, WORDS, st.lists(WORDS, min_size=1, max_size=4).map(tuple)), min_size=1)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(str(packaged_folder()), local_files_only=True)


def test_packed_one_row_holds_the_post_and_then_each_statement(tokenizer: Any) -> None:
    batch = packed(tokenizer, [TWO], 256)
    tokens = tokenizer.convert_ids_to_tokens(batch.inputs["input_ids"][0].tolist())
    assert tokens == ["[CLS]", "they", "did", "[SEP]", "who", "[SEP]", "it", "was", "them", "[SEP]"]
    assert batch.inputs["token_type_ids"].tolist() == [[0] * 4 + [1] * 6]
    assert batch.owners.tolist() == [[[1] * 4 + [0] * 6, [0] * 4 + [1] * 2 + [0] * 4, [0] * 6 + [1] * 4]]
    assert batch.order.tolist() == [[0, 0], [0, 1]]


def test_packed_every_statement_stands_right_behind_the_post(tokenizer: Any) -> None:
    """Positions do not tell a statement which other ones come before it."""
    assert packed(tokenizer, [TWO], 256).inputs["position_ids"].tolist() == [[0, 1, 2, 3, 4, 5, 4, 5, 6, 7]]


def test_packed_mask_lets_a_statement_read_the_post_and_itself_alone(tokenizer: Any) -> None:
    mask = packed(tokenizer, [TWO, ONE], 256).inputs["attention_mask"]
    assert mask.shape == (2, 1, 10, 10)
    post, first, second = [1] * 4 + [0] * 6, [1] * 4 + [1] * 2 + [0] * 4, [1] * 4 + [0] * 2 + [1] * 4
    assert (mask[0, 0] == 0).int().tolist() == [post] * 4 + [first] * 2 + [second] * 4
    assert mask.unique().tolist() == [CLOSED, 0.0]


def test_packed_padding_is_read_by_nobody_and_owned_by_nobody(tokenizer: Any) -> None:
    batch = packed(tokenizer, [TWO, ONE], 256)
    assert (batch.inputs["attention_mask"][1, 0, :, 5:] < 0).all()
    assert batch.owners[1].sum(dim=1).tolist() == [3, 2, 0]
    assert batch.order.tolist() == [[0, 0], [0, 1], [1, 0]]


@pytest.mark.parametrize("limit", [96, 160, 256])
def test_packed_long_post_is_cut_and_its_statements_stay_whole(tokenizer: Any, limit: int) -> None:
    """Two tokens too many once led beyond the positions that a small encoder has."""
    statements = ("the dam was blown up", "gas " * 200, "no gas was sold")
    batch = packed(tokenizer, [Question("word " * 500, statements)], limit)
    owned = batch.owners[0].sum(dim=1).int().tolist()
    assert owned == [limit - STATEMENT_TOKENS, 6, STATEMENT_TOKENS, 5]
    assert batch.inputs["position_ids"].max() == limit - 1
    assert batch.inputs["input_ids"][0, -5:].tolist() == tokenizer("no gas was sold")["input_ids"][1:]


@settings(max_examples=25, deadline=None)
@given(QUESTIONS)
def test_packed_any_questions_every_token_has_one_owner_and_reads_its_post(
    tokenizer: Any, questions: list[Question]
) -> None:
    batch = packed(tokenizer, questions, 256)
    open_to = batch.inputs["attention_mask"][:, 0] == 0
    for row, question in enumerate(questions):
        length = 2 + len(tokenized(tokenizer, [question.post], 999)[0])
        length += sum(1 + len(ids) for ids in tokenized(tokenizer, question.statements, 999))
        assert batch.owners[row].sum(dim=0).tolist() == [1.0] * length + [0.0] * (batch.owners.shape[2] - length)
        assert open_to[row][:, batch.owners[row, 0] == 1].all()
    assert len(batch.order) == sum(len(question.statements) for question in questions)


def test_tokenized_lone_surrogate_is_replaced_and_nothing_is_nothing(tokenizer: Any) -> None:
    assert tokenized(tokenizer, ["a \ud800 b"], 9) == tokenized(tokenizer, ["a ? b"], 9)
    assert tokenized(tokenizer, [], 9) == []


def test_paired_one_row_a_statement_with_both_sides_owned(tokenizer: Any) -> None:
    batch = paired(tokenizer, [TWO, ONE], 256)
    rows = [tokenizer.decode(row, skip_special_tokens=True) for row in batch.inputs["input_ids"]]
    assert rows == ["they did who", "they did it was them", "no who"]
    assert batch.owners.sum(dim=2).tolist() == [[2, 1], [2, 3], [1, 1]]
    assert batch.order.tolist() == [[0, 0], [1, 0], [2, 0]]


def test_paired_long_post_is_cut_and_its_statement_stays_whole(tokenizer: Any) -> None:
    batch = paired(tokenizer, [Question("word " * 500, ("the dam was blown up",))], 64)
    assert batch.inputs["input_ids"].shape == (1, 64)
    assert batch.owners.sum(dim=2).tolist() == [[64 - 3 - 5, 5]]


def test_is_packable_only_encoders_whose_positions_start_at_nought() -> None:
    """RoBERTa counts positions from 2, DistilBERT takes none: both are asked one statement a row."""
    kinds = ("bert", "roberta", "distilbert", "xlm-roberta", "mpnet")
    assert [kind for kind in kinds if is_packable(kind)] == ["bert"]
