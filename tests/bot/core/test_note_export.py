"""What goes out as files comes back the same, byte for byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.domain import Claim, Note, NoteState, Point, Source, Status
from bot.core.errors import NoteInvalid
from bot.core.note_export import export_files
from bot.core.note_import import parse_all
from bot.core.note_ports import Revision
from bot.core.note_record import RECORD_NAME
from bot.core.notes import load_notes
from tests.bot.core.samples import make_note

ROOT = Path(__file__).parents[3]
PACK = ROOT / "config" / "notes"
SERVER = 42

IDS = st.from_regex(r"[a-z0-9]{1,8}(?:-[a-z0-9]{1,8}){0,3}", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=60).map(
    lambda text: " ".join(text.split()) or "x"
)
WORDS = TEXTS.map(lambda text: text.lstrip("#-*[ ") or "x")  # what a line of the body may begin with
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
SOURCES = st.builds(
    Source,
    TEXTS,
    TEXTS,
    TEXTS,
    st.sampled_from([None, "2016", "2016-05", "2016-05-22"]),
    st.sampled_from([None, "https://a.example/x_(y)?q=%D0%B0#z"]),
)
POINTS = st.lists(
    st.builds(Point, WORDS.map(lambda text: text.replace("[", "(")), st.sampled_from([(), (1,), (2, 1)])),
    min_size=1,
    max_size=3,
).map(tuple)
LISTS = st.lists(TEXTS, max_size=4).map(tuple)


@st.composite
def notes(draw: st.DrawFn) -> Note:
    """A note of any words that a file can hold."""
    return Note(
        claim=Claim(draw(IDS), draw(TEXTS), draw(LISTS), draw(LISTS)),
        status=draw(st.sampled_from(Status)),
        documented=draw(POINTS),
        disputed=draw(POINTS),
        would_change=draw(WORDS),
        sources=(draw(SOURCES), draw(SOURCES)),
        tags=draw(LISTS),
        flatters=draw(LISTS),
        reviewed_on=draw(DAYS),
        review_due=draw(DAYS),
        state=draw(st.sampled_from(NoteState)),
        neighbours=draw(st.lists(IDS, max_size=2).map(tuple)),
        opposed=draw(st.lists(IDS, max_size=2).map(tuple)),
    )


def kept(note: Note, number: int = 1) -> Revision:
    """A note as the store has it."""
    return Revision(note, number, author_id=7, reason="", at=datetime(2026, 11, 20, tzinfo=UTC))


def exported(*found: Note) -> dict[str, str]:
    """Notes as an export writes them."""
    return export_files(SERVER, {note.id: kept(note) for note in found})


def test_export_of_the_starter_pack_then_is_its_files_byte_for_byte():
    files = exported(*load_notes(PACK))
    del files[RECORD_NAME]
    assert files == {path.name: path.read_bytes().decode("utf-8") for path in PACK.glob("*.md")}


@settings(deadline=None, max_examples=25)
@given(st.lists(notes(), max_size=2, unique_by=lambda note: note.id))
def test_export_after_import_of_an_export_then_is_the_same_bytes(found):
    files = exported(*found)
    read = parse_all(files)
    assert read == {note.id: note for note in found}
    assert exported(*read.values()) == files


def test_export_of_notes_in_any_order_then_is_the_same():
    one, other = make_note("a"), make_note("b")
    assert list(exported(other, one)) == ["a.md", "b.md", RECORD_NAME]
    assert exported(other, one) == exported(one, other)


@pytest.mark.parametrize("note_id", ["../a", "A", "a/b", "a.md", "", "con\0", "a--b"])
def test_export_of_an_id_that_could_lead_elsewhere_then_is_refused(note_id):
    with pytest.raises(NoteInvalid):
        exported(make_note(note_id))


def test_export_of_a_text_that_no_file_can_hold_then_is_refused_before_anything_is_made():
    note = make_note("a")
    with pytest.raises(NoteInvalid):
        exported(make_note("b"), replace(note, would_change="One line.\n+++\nAnother."))
    assert exported(replace(note, review_due=note.reviewed_on + timedelta(days=9)))["a.md"].count("\n") > 20
