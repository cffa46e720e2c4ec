"""The starter pack: every note loads, is canonical, passes the lint, and no side is favoured by the pack's make-up."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot.core.domain import NoteState, Status
from bot.core.note_lint import lint_notes, parse_lint_words
from bot.core.notes import load_notes, render_note

ROOT = Path(__file__).parents[2]
PACK = ROOT / "config" / "notes"
PATHS = sorted(PACK.glob("*.md"))
NOTES = load_notes(PACK)
BY_ID = {note.id: note for note in NOTES}
OPPOSED = [(note, BY_ID[other]) for note in NOTES for other in note.opposed]
WORDS = parse_lint_words((ROOT / "config" / "lint_words.toml").read_text("utf-8"))
REVIEWED = date(2026, 11, 24)


def test_pack_holds_at_least_thirty_active_notes():
    assert len(NOTES) >= 30
    assert {note.state for note in NOTES} == {NoteState.ACTIVE}


def test_pack_on_its_review_day_passes_the_lint():
    assert lint_notes(PACK, words=WORDS, today=REVIEWED) == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_pack_file_is_in_canonical_form(path):
    """A hand edit is then the only difference that git shows."""
    note = next(note for note in NOTES if note.id == path.stem)
    assert path.read_bytes() == render_note(note).encode()


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.id)
def test_pack_note_is_short_enough_to_be_read(note):
    assert all(len(point.text) <= 230 for point in note.documented)
    assert all(len(point.text) <= 260 for point in note.disputed)
    assert len(note.would_change) <= 200
    assert note.review_due - note.reviewed_on <= REVIEWED.replace(year=2027) - REVIEWED


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.id)
def test_pack_note_links_at_least_one_source_and_shows_examples_of_both_kinds(note):
    assert any(source.url for source in note.sources)
    assert len(note.claim.paraphrases) >= 6
    assert len(note.claim.look_alikes) >= 4


def test_pack_holds_claims_that_suit_opposed_sides():
    """A pack that only ever contradicts one side would be no context at all."""
    sides = Counter(side for note in NOTES for side in note.flatters)
    assert all(
        sides[side] >= 1 for side in ("Russia", "United States", "Ukraine", "India", "Pakistan", "Israel", "Iran")
    )
    assert {note.status for note in NOTES} == set(Status)


def test_pack_declares_its_opposed_claims():
    assert {frozenset((one.id, other.id)) for one, other in OPPOSED} >= {
        frozenset(("tiananmen-10000-killed-proven", "tiananmen-nobody-died")),
        frozenset(("uyghur-death-camps", "xinjiang-abuses-all-fabricated")),
        frozenset(("covid-lab-leak-proven", "us-army-brought-covid-to-wuhan")),
        frozenset(("balakot-300-killed", "pulwama-false-flag")),
        frozenset(("israel-let-october-7-happen", "oct7-forty-beheaded-babies")),
        frozenset(("iraq-war-only-for-oil", "iraq-wmd-stockpiles-2003")),
    }


@pytest.mark.parametrize(("one", "other"), OPPOSED, ids=lambda note: note.id)
def test_pack_opposed_notes_suit_different_sides_and_say_about_as_much(one, other):
    """The weights of two notes that are read side by side may not differ by more than a third."""
    assert not set(one.flatters) & set(other.flatters)
    short, long = sorted(sum(len(point.text) for point in (*note.documented, *note.disputed)) for note in (one, other))
    assert short * 3 >= long * 2
    assert abs(len(one.disputed) - len(other.disputed)) <= 1
    assert abs(len(one.documented) - len(other.documented)) <= 1


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.id)
def test_pack_note_words_a_lack_of_evidence_as_every_other_note_does(note):
    """Facts may tell what a named body found; in the disputed part one phrase serves every side."""
    told = " ".join(point.text for point in note.disputed).casefold()
    assert all("has been made public" in sentence for sentence in re.findall(r"\bno evidence\b[^.;]*", told))
    assert not re.search(r"\b(unproven|no proof|not documented|no public (document|evidence|proof))\b", told)


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.id)
def test_pack_note_labels_its_sources_without_praise(note):
    outlooks = " ".join(source.outlook for source in note.sources).casefold()
    assert not re.search(r"\b(independent|respected|reputable|leading|renowned)\b", outlooks)
