"""Near-duplicate claims: which pairs need a word about each other, and that either side may say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.core.domain import Claim, Note
from bot.core.errors import NoteInvalid
from bot.core.note_lint import lint_notes, parse_lint_words
from bot.core.note_neighbours import are_declared, are_neighbours, nearly_twice, unknown_neighbours
from bot.core.notes import parse_note, render_note
from tests.bot.core.samples import make_note

WORDS = parse_lint_words((Path(__file__).parents[3] / "config" / "lint_words.toml").read_text("utf-8"))
TODAY = date(2026, 11, 24)
TEXTS = {"a": "The canal was dug by hand.", "b": "The canal was dug with spades.", "c": "The dam leaks every year."}


def first_words(texts: Sequence[str], limit: float) -> Iterator[tuple[int, int, float]]:
    """Stand in for the encoder: texts with the same first two words are near, all others far."""
    for i, one in enumerate(texts):
        for j in range(i + 1, len(texts)):
            cosine = 0.9 if one.split()[:2] == texts[j].split()[:2] else 0.1
            if cosine >= limit:
                yield i, j, cosine


def note(note_id: str, **changes: object) -> Note:
    return replace(make_note(note_id, claim=Claim(note_id, TEXTS[note_id])), **changes)


def pairs(*notes: Note) -> list[tuple[str, str, float]]:
    return [(pair.other.id, pair.note.id, pair.cosine) for pair in nearly_twice(notes, first_words)]


def test_nearly_twice_given_two_near_claims_names_both_whatever_their_order():
    assert pairs(note("c"), note("b"), note("a")) == pairs(note("a"), note("b"), note("c")) == [("a", "b", 0.9)]


@pytest.mark.parametrize("key", ["neighbours", "opposed"])
@pytest.mark.parametrize(("who", "other"), [("a", "b"), ("b", "a")])
def test_nearly_twice_given_a_declared_pair_is_silent_whoever_declares(key, who, other):
    known = {note_id: note(note_id) for note_id in TEXTS}
    known[who] = replace(known[who], **{key: (other,)})
    assert pairs(*known.values()) == []
    assert are_declared(known["a"], known["b"])
    assert are_neighbours(known["b"], known["a"]) is (key == "neighbours")


def test_nearly_twice_given_one_note_needs_no_encoder():
    def no_encoder(texts: Sequence[str], limit: float) -> Iterator[tuple[int, int, float]]:
        raise AssertionError("loaded for nothing")
        yield 0, 0, 0.0

    assert list(nearly_twice([note("a")], no_encoder)) == []


def test_unknown_neighbours_given_a_stranger_or_itself_says_so_once():
    flaws = list(unknown_neighbours(note("a", neighbours=("moon", "moon", "b"), opposed=("a",)), {"a", "b"}))
    assert [flaw.place for flaw in flaws] == ["neighbours", "opposed"]
    assert "moon" in flaws[0].problem


def test_lint_notes_given_neighbours_then_names_rule_and_line(tmp_path):
    for each in (note("a", opposed=("moon",)), note("b"), note("c")):
        (tmp_path / f"{each.id}.md").write_text(render_note(each), "utf-8")
    rules = {"claim-nearly-twice", "neighbour-unknown"}
    found = [each for each in lint_notes(tmp_path, words=WORDS, today=TODAY, near=first_words) if each.rule in rules]
    assert [(Path(each.path).name, each.rule) for each in found] == [
        ("a.md", "neighbour-unknown"),
        ("b.md", "claim-nearly-twice"),
    ]
    for each, start in zip(found, ("opposed = ", "claim = "), strict=True):
        assert Path(each.path).read_text("utf-8").splitlines()[each.line - 1].startswith(start)
    assert "claim-nearly-twice" not in {each.rule for each in lint_notes(tmp_path, words=WORDS, today=TODAY)}


def test_note_file_with_neighbours_then_reads_back_and_without_them_has_no_key():
    both = note("a", neighbours=("b", "c"), opposed=("d",))
    text = render_note(both)
    assert 'neighbours = ["b", "c"]\nopposed = ["d"]\n' in text
    assert parse_note(text) == both
    assert render_note(parse_note(text)) == text
    assert "neighbours" not in render_note(note("a"))
    assert parse_note(text.replace('opposed = ["d"]', "opposed = []")).opposed == ()


@pytest.mark.parametrize("value", ['["B c"]', '"b"', "[1]", '["../b"]'])
def test_note_file_with_a_neighbour_that_is_no_id_then_is_refused(value):
    text = render_note(note("a", neighbours=("b",)))
    with pytest.raises(NoteInvalid, match="neighbours"):
        parse_note(text.replace('neighbours = ["b"]', f"neighbours = {value}"))
