"""A note as a form and back: nothing is lost, and what cannot be read says what to mend."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.core.domain import NoteState, Source
from bot.core.errors import BadInput
from bot.core.note_draft import Form, blank_form, filled, id_for, overlong, read_form, to_form
from bot.core.notes import load_notes
from tests.bot.core.samples import NOTE

FORM = to_form(NOTE)
PACK = Path(__file__).parents[3] / "config" / "notes"


def test_form_of_a_note_then_reads_back_as_the_same_note():
    assert read_form(FORM, NOTE.id, state=NOTE.state) == NOTE


def test_forms_of_the_starter_pack_then_read_back_as_the_same_notes():
    notes = load_notes(PACK)
    assert notes
    assert [note for note in notes if read_form(to_form(note), note.id, state=note.state) != note] == []


def test_form_when_texts_hold_its_own_marks_then_reads_back():
    sources = (Source("A | B", "One | two", "press"), Source("C", "D", "state agency", None, "https://c.org/x"))
    note = replace(NOTE, sources=sources, tags=("Washington, D.C.", "law"))
    assert read_form(to_form(note), note.id, state=note.state) == note


def test_new_form_then_is_a_draft_reviewed_today():
    form = filled(
        blank_form(date(2026, 1, 1)),
        {
            "claim": " It  is so. ",
            "documented": "• A fact.\n\n- Another.",
            "disputed": "Some say.",
            "would_change": "Proof.",
        },
    )
    note = read_form(form, "it-is-so")
    assert (note.state, note.claim.text) == (NoteState.DRAFT, "It is so.")
    assert [point.text for point in note.documented] == ["A fact.", "Another."]
    assert (note.reviewed_on, note.review_due) == (date(2026, 1, 1), date(2026, 7, 2))


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("documented", "A fact. [3]", "Documented, line 1 names source [3], but only 2 are listed"),
        ("sources", "", "names source [1], but none is listed yet"),
        ("documented", "A [1] fact. [1]", "source mark stands inside"),
        ("documented", " \n ", "is empty"),
        ("disputed", "", "is empty"),
        ("would_change", "", "is empty"),
        ("claim", "", "empty text"),
        ("claim", "hidden\u200b", "invisible character"),
        ("status", "debunked", "no status"),
        ("sources", "TASS | Title\nB | C | D", "Source 1 is not complete"),
        ("sources", "A | B | C | | | x", "Source 1 is not complete"),
        ("sources", "A | B | C | May 2016", "date of source 1"),
        ("sources", "A | B | C | | javascript:alert(1)", "address of source 1"),
        ("reviewed_on", "23.11.2026", "Reviewed on is no date"),
        ("review_due", "", "Review due is no date"),
    ],
)
def test_form_when_a_field_cannot_be_read_then_says_which(field: str, typed: str, says: str):
    with pytest.raises(BadInput) as caught:
        read_form(replace(FORM, **{field: typed}), NOTE.id)
    assert says in str(caught.value)


def test_id_when_it_is_no_id_then_is_refused():
    with pytest.raises(BadInput, match="no claim id"):
        read_form(FORM, "../secret")


def test_source_when_it_has_no_date_then_its_address_may_follow_at_once():
    note = read_form(replace(FORM, sources="A | B | C | https://a.org/b\nD | E | F"), NOTE.id)
    assert note.sources[0] == Source("A", "B", "C", None, "https://a.org/b")


def test_overlong_then_names_the_first_field_that_no_form_can_hold():
    form = Form(claim="x" * 4_000, documented="y" * 4_001, paraphrases="z" * 5_000)
    assert overlong(form, ["claim", "documented"]) == ("documented", 4_001)
    assert overlong(form, ["claim"]) is None


@pytest.mark.parametrize(
    ("claim", "taken", "found"),
    [
        ("The US created the Taliban.", set(), "us-created-taliban"),
        ("The US created the Taliban.", {"us-created-taliban", "us-created-taliban-2"}, "us-created-taliban-3"),
        ("Erdoğan’s état", set(), "erdogans-etat"),
        ("Россия", set(), "note"),
    ],
)
def test_id_for_a_claim_then_is_short_free_and_plain(claim: str, taken: set[str], found: str):
    assert id_for(claim, taken) == found


def test_id_for_a_long_claim_then_stays_short():
    assert len(id_for("internationalisation " * 30, set())) <= 60
