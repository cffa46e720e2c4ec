"""What changed between two texts of a note, line by line, as text that fits a message. Reads and draws nothing."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.domain import Note
from bot.core.escape import clip
from bot.core.note_format import render_note

LONGEST_LINE = 400  # a fact is at most 300 long; what is longer is cut in the diff, not in the note
_GAP = "…"
_STATE = "state = "


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The beginning of a diff: its lines, and how many more there are."""

    lines: tuple[str, ...]
    left_out: int


def note_diff(old: Note | None, new: Note) -> tuple[str, ...]:
    """Return the lines that differ, each after ``-`` or ``+``, with one line around them; () where nothing differs.

    Without an old text every line is new. A note's state is not part of its text.

    Raises:
        NoteInvalid: where a note holds what its file form cannot carry.
    """
    before, after = _lines(old), _lines(new)
    found: list[str] = []
    for line in list(difflib.unified_diff(before, after, n=1, lineterm=""))[2:]:
        if not line.startswith("@@"):
            found.append(line)
        elif found:
            found.append(_GAP)
    return tuple(found)


def excerpt(lines: Sequence[str], limit: int) -> Excerpt:
    """Return as many whole lines as fit into ``limit`` characters; a very long line is cut at a word."""
    kept: list[str] = []
    room = limit
    for line in lines:
        shown = line[:1] + clip(line[1:], LONGEST_LINE) if len(line) > LONGEST_LINE else line
        room -= len(shown) + 1
        if room < 0:
            break
        kept.append(shown)
    return Excerpt(tuple(kept), len(lines) - len(kept))


def _lines(note: Note | None) -> list[str]:
    """The note's file form, line by line, without its state."""
    if note is None:
        return []
    return [line for line in render_note(note).splitlines() if not line.startswith(_STATE)]
