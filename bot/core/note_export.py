"""A server's notes as the files of a folder: the canonical text of each newest revision, and the record of them.

Makes texts only; writing them is the caller's. What goes out through Discord is ``note_exchange``'s.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.core.domain import Note, NoteState
from bot.core.note_format import render_note
from bot.core.note_ports import Revision
from bot.core.note_record import RECORD_NAME, record_text


def export_files(guild_id: int, current: Mapping[str, Revision], waiting: Collection[str] = ()) -> dict[str, str]:
    """Return every file of an export by name: each note's canonical text, and the record of what was exported.

    ``waiting`` are the ids whose newest text is not approved yet: their files say so. Raises NoteInvalid.
    """
    files = {f"{note_id}.md": render_note(_as_told(current[note_id].note, waiting)) for note_id in sorted(current)}
    numbers = {note_id: revision.number for note_id, revision in current.items()}
    return {**files, RECORD_NAME: record_text(guild_id, numbers)}


def _as_told(note: Note, waiting: Collection[str]) -> Note:
    """The note as its file tells it: an edit that waits is in review, although the text before it is in force."""
    return replace(note, state=NoteState.IN_REVIEW) if note.id in waiting else note
