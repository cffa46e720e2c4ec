"""The datasheet: its figures are the files' own."""

import pytest

from models.stance import LABELS
from models.train.corpus import DATA, load_claims
from models.train.counts import agreement, kappa, rows

SHEET = (DATA / "DATASHEET.md").read_text(encoding="utf-8")


def test_datasheet_counts_are_those_of_the_files() -> None:
    assert all(line in SHEET for line in rows(load_claims()))


def test_datasheet_agreement_is_that_of_the_second_reader() -> None:
    pairs, share, agreed = agreement()
    assert f"labelled {pairs} pairs" in SHEET
    assert f"equal in {share:.1%}, Cohen's kappa {agreed:.3f}" in SHEET


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [([(label, label) for label in LABELS], 1.0), ([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")], 0.0)],
)
def test_kappa_is_one_for_equal_readers_and_nothing_for_chance(pairs: list[tuple[str, str]], expected: float) -> None:
    assert kappa(pairs) == expected


def test_corpus_labels_towards_further_claims_name_claims_of_the_same_topic() -> None:
    """A slip in an id would make a label vanish without a word."""
    claims = load_claims()
    topics = {claim.id: claim.topic for claim in claims}
    assert len(topics) == len(claims)
    assert all(topics[name] == claim.topic for claim in claims for post in claim.posts for name in post.others)


def test_corpus_texts_are_written_not_filled_in() -> None:
    """No two posts of one claim are the same."""
    for claim in load_claims():
        texts = [(post.title, post.parent, post.text) for post in claim.posts]
        assert len(set(texts)) == len(texts), claim.id
