"""What ``/privacy`` says, kind by kind, and that it counts nothing but what it just deleted."""

from __future__ import annotations

import pytest

from bot.core.privacy_words import FORGOTTEN, KINDS, NOW_OUT, OPTED_IN, OPTED_OUT, forgotten, show_lines

NOTHING = {"opted_out": True, **dict.fromkeys(KINDS, ())}


def test_show_then_names_every_kind_and_how_long_words_are_kept():
    said = "\n".join(show_lines(NOTHING, is_opted_out=True, retention_days=12))
    assert all(sentence in said for sentence in KINDS.values())
    assert "Nothing of you is stored now." in said
    assert "erased after 12 days" in said
    assert OPTED_OUT in said
    assert OPTED_IN not in said


@pytest.mark.parametrize("kind", [*KINDS, "scan_hits"])
def test_show_when_any_kind_is_held_then_says_so(kind: str):
    said = show_lines(NOTHING | {kind: ["x"]}, is_opted_out=False, retention_days=30)
    assert "Something of you is stored now." in said
    assert OPTED_IN in said


def test_forgotten_then_says_what_is_deleted_and_what_follows():
    assert forgotten(0, 0) == FORGOTTEN
    assert forgotten(1, 0) == f"{FORGOTTEN} 1 of my replies to you was deleted."
    assert forgotten(5, 2).endswith("5 of my replies to you were deleted. 2 more follow in the next minutes.")


def test_opting_out_then_does_not_promise_more_than_it_does():
    assert "Moderators can still do so." in NOW_OUT
