"""What an import of note files would do to one server's notes: new, changed, same, in conflict, gone. Writes nothing.

``note_intake`` reads the files; the caller keeps what the plan says. Two texts are compared without their state, which
is the store's to say: a note's life is moved by curators, not by a line in a file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from bot.core.domain import Note, NoteState
from bot.core.note_format import parse_note
from bot.core.note_front import NoteFault
from bot.core.note_intake import read_folder, read_zip
from bot.core.note_ports import Revision
from bot.core.note_record import RECORD_NAME

__all__ = ["Conflict", "Edit", "ImportPlan", "is_same_text", "parse_all", "plan_import", "read_folder", "read_zip"]


@dataclass(frozen=True, slots=True)
class Edit:
    """A file whose text differs from the store's newest; ``base`` is the number of that revision, for ``save``."""

    note: Note
    base: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """A file and a store that both moved on: the export wrote revision ``exported``, the newest is ``newest``."""

    note: Note
    exported: int
    newest: Revision


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do, each part by id. Only ``new`` and ``changed`` are ever written.

    ``same`` are ids whose text is the store's; ``behind`` those whose file is still as exported while the store went
    on; ``gone`` those that the store has and the files have not.
    """

    new: tuple[Note, ...] = ()
    changed: tuple[Edit, ...] = ()
    same: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    behind: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def written(self) -> tuple[Note, ...]:
        """The notes that the import keeps: the new and the changed ones."""
        return (*self.new, *(edit.note for edit in self.changed))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.written


def plan_import(
    texts: Mapping[str, str],
    current: Mapping[str, Revision],
    exported: Mapping[str, int] = {},
    untouched: Collection[str] = (),
) -> ImportPlan:
    """Compare files, by name (``<id>.md``), with the newest revisions, by id.

    ``exported`` is the revision that the last export wrote, by id; without it a conflict cannot be told from a change.
    ``untouched`` are the ids whose files still say what that export wrote. Raises NoteInvalid for the first file that
    is no note, so that an import is whole or not at all.
    """
    notes = parse_all(texts)
    new, changed, same, conflicts, behind = [], [], [], [], []
    for note_id, note in notes.items():
        newest = current.get(note_id)
        if newest is None:
            new.append(note)
        elif is_same_text(note, newest.note):
            same.append(note_id)
        elif (written := exported.get(note_id, newest.number)) == newest.number:
            changed.append(Edit(note, newest.number))
        elif note_id in untouched:
            behind.append(note_id)
        else:
            conflicts.append(Conflict(note, written, newest))
    gone = tuple(sorted(set(current) - set(notes)))
    return ImportPlan(tuple(new), tuple(changed), tuple(same), tuple(conflicts), tuple(behind), gone)


def parse_all(texts: Mapping[str, str]) -> dict[str, Note]:
    """Read every file as a note, by id in order. Raises NoteInvalid for the first that is none or misnamed."""
    return dict(sorted(_parsed(texts)))


def _parsed(texts: Mapping[str, str]) -> Iterator[tuple[str, Note]]:
    for name, text in texts.items():
        if name == RECORD_NAME:
            continue
        note = parse_note(text, name)
        if note.id != PurePosixPath(name).stem:
            problem = f"The file is named {name}, but its id is {note.id}."
            raise NoteFault("id-is-file-name", problem, "Give both the same name.", path=name)
        yield note.id, note


def is_same_text(one: Note, other: Note) -> bool:
    """Whether two notes say the same, wherever each stands in its life."""
    return replace(one, state=NoteState.DRAFT) == replace(other, state=NoteState.DRAFT)
