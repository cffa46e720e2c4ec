"""The starter pack: every note loads, is canonical, passes the lint, and no side is favoured by the pack's make-up."""

from __future__ import annotations

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
WORDS = parse_lint_words((ROOT / "config" / "lint_words.toml").read_text("utf-8"))
REVIEWED = date(2026, 11, 23)


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
