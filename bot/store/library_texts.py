"""A note's text as it is kept: its Markdown file. Pure, so that thousands can be read outside a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.core.domain import Note, NoteState
from bot.core.errors import BadInput, NoteInvalid
from bot.core.notes import MAX_NOTE_BYTES, parse_note, render_note


@dataclass(frozen=True, slots=True)
class KeptText:
    """A note beside the text that is kept of it."""

    note: Note
    text: str


@dataclass(frozen=True, slots=True)
class ServedText:
    """One server's text in force, as it was read."""

    guild_id: int
    note_id: str
    state: NoteState
    text: str


def write_text(note: Note) -> KeptText:
    """Return the note's text without its state, which the head keeps, so that equal texts are equal in every state.

    Raises NoteInvalid where the note cannot be written as a file, BadInput where no file of it could be read back.
    """
    kept = replace(note, state=NoteState.ACTIVE)
    text = render_note(kept)
    if len(text.encode("utf-8")) > MAX_NOTE_BYTES:
        raise BadInput(f"The note {note.id} is too long; keep it under {MAX_NOTE_BYTES // 1024} KiB.")
    return KeptText(kept, text)


def write_texts(notes: Iterable[Note]) -> tuple[KeptText, ...]:
    """Return the texts of many notes. Raises as ``write_text``, and BadInput where two have one id."""
    kept: dict[str, KeptText] = {}
    for note in notes:
        if note.id in kept:
            raise BadInput(f"Two of the notes have the id {note.id}; keep one of them.")
        kept[note.id] = write_text(note)
    return tuple(kept.values())


def read_text(text: str, state: NoteState) -> Note:
    """Undo ``write_text``."""
    return in_state(parse_note(text), state)


def in_state(note: Note, state: NoteState) -> Note:
    """Return the note in that state; the same object where it is in it."""
    return note if note.state is state else replace(note, state=state)


def read_served(rows: Sequence[ServedText]) -> dict[int, tuple[Note, ...]]:
    """Return the notes by server. Servers with the same text share one note in memory.

    A text that this version cannot read is passed over, so that it does not silence the others; ``db check`` counts it.
    """
    read: dict[str, Note | None] = {}
    notes: dict[int, list[Note]] = {}
    for row in rows:
        if row.text not in read:
            read[row.text] = _readable(row.text)
        note = read[row.text]
        if note is not None:
            notes.setdefault(row.guild_id, []).append(in_state(note, row.state))
    return {guild_id: tuple(own) for guild_id, own in notes.items()}


def is_readable(text: str) -> bool:
    """Tell whether this version can read a kept text."""
    return _readable(text) is not None


def _readable(text: str) -> Note | None:
    try:
        return parse_note(text)
    except NoteInvalid:
        return None
