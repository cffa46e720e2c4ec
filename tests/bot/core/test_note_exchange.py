"""Notes that go out as files, and what a spreadsheet must never run."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest

from bot.core.note_exchange import exported_revision, file_for, list_as_csv, pack
from bot.core.note_format import parse_note
from bot.core.note_intake import read_zip
from bot.core.note_ports import Revision
from tests.bot.core.samples import NOTE, make_note

KEPT = Revision(NOTE, 3, author_id=1, reason="First text", at=datetime(2026, 1, 1, tzinfo=UTC))


def test_file_then_reads_back_as_the_note_and_says_which_revision_it_is():
    text = file_for(KEPT, 42)
    assert parse_note(text) == NOTE
    assert exported_revision(text, 42) == 3


@pytest.mark.parametrize(
    "change", [("42", "43"), ("# revision", "# version"), ("\n# revision 3 in 42", "\n\n# revision 3 in 42")]
)
def test_file_when_it_is_not_of_this_server_or_edited_then_names_no_revision(change: tuple[str, str]):
    assert exported_revision(file_for(KEPT, 42).replace(*change, 1), 42) is None


def test_pack_then_is_the_same_bytes_again_and_reads_back():
    other = replace(KEPT, note=make_note("another"))
    packed = pack([KEPT, other], 42)
    assert packed == pack([KEPT, other], 42)
    assert {name: parse_note(text) for name, text in read_zip(packed).items()} == {
        "another.md": other.note,
        f"{NOTE.id}.md": NOTE,
    }


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " ="])
def test_list_when_a_claim_would_be_a_formula_then_is_made_harmless(start: str):
    text = f"{start}cmd|' /C calc'!A0"
    listed = list_as_csv([replace(NOTE, claim=replace(NOTE.claim, text=text))])
    head, row = csv.reader(StringIO(listed, newline=""))
    assert head == ["id", "state", "claim", "status", "review_due"]
    assert row == [NOTE.id, "active", f"'{text}", "unsupported", "2027-05-01"]


def test_list_when_a_claim_is_plain_then_is_left_as_it_is():
    assert NOTE.claim.text in list_as_csv([NOTE])
