"""What changed in a note, as text."""

from __future__ import annotations

from dataclasses import replace

from bot.core.domain import NoteState, Point
from bot.core.note_diff import excerpt, note_diff
from tests.bot.core.samples import NOTE


def test_diff_when_a_fact_changed_then_shows_both_and_one_line_around():
    changed = replace(NOTE, documented=(NOTE.documented[0], Point("It was bombed from 2017 on.", (1,))))
    lines = note_diff(NOTE, changed)
    assert "-- US forces bombed it from 2016 on. [1][2]" in lines
    assert "+- It was bombed from 2017 on. [1]" in lines
    assert len([line for line in lines if line.startswith(" ")]) == 2


def test_diff_when_only_the_state_changed_then_is_empty():
    assert note_diff(NOTE, replace(NOTE, state=NoteState.RETIRED)) == ()


def test_diff_when_there_was_no_text_then_all_is_new():
    lines = note_diff(None, NOTE)
    assert all(line.startswith("+") for line in lines)
    assert any(NOTE.would_change in line for line in lines)


def test_diff_when_two_places_changed_then_marks_the_gap():
    claim = replace(NOTE.claim, text="The United States made Daesh in Afghanistan.")
    lines = note_diff(NOTE, replace(NOTE, claim=claim, would_change="A document."))
    assert lines.count("…") == 1


def test_excerpt_when_too_long_then_keeps_whole_lines_and_counts_the_rest():
    shown = excerpt(["+one", "+two", "+three"], limit=10)
    assert (shown.lines, shown.left_out) == (("+one", "+two"), 1)


def test_excerpt_when_one_line_is_huge_then_is_cut_at_a_word():
    (line,) = excerpt(["+" + "word " * 500], limit=1_000).lines
    assert len(line) <= 401
    assert line.startswith("+word word")
    assert line.endswith("…")
