"""Notes as files: one claim a file, ``<claim-id>.md``, read from a folder and written back byte for byte.

The entrance to the note code: the file's form is ``note_format``'s, the editorial rules are ``note_lint``'s. Which
folder is the starter pack is the caller's to know, and nothing here touches the store.
"""

from __future__ import annotations

from pathlib import Path

from bot.core.domain import Note
from bot.core.errors import BadInput
from bot.core.note_format import ReadNote, parse_note, read_note, render_note
from bot.core.note_front import NoteFault

__all__ = ["MAX_NOTE_BYTES", "load_notes", "note_files", "note_text", "parse_note", "read_note_file", "render_note"]

MAX_NOTE_BYTES = 64 * 1024  # a full note is about 6 KiB; more is a wrong file, and is not read


def load_notes(folder: Path) -> tuple[Note, ...]:
    """Every note of a folder, sorted by id; an empty folder gives ().

    Raises:
        NoteInvalid: the first file that is no note, too large, not UTF-8, or not named after its claim.
        BadInput: the folder is not there.
    """
    return tuple(read_note_file(path).note for path in note_files(folder))


def note_files(folder: Path) -> list[Path]:
    """The folder's ``*.md`` files in the order of their ids; sub-folders are not entered.

    Raises:
        BadInput: the folder is not there.
    """
    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}. Name the folder that holds the notes.")
    return sorted((path for path in folder.iterdir() if path.suffix == ".md"), key=lambda path: path.stem)


def read_note_file(path: Path) -> ReadNote:
    """Read one note file with the lines of its parts.

    Raises:
        NoteInvalid: with path and line, saying what to mend.
    """
    read = read_note(_read_text(path), str(path))
    if read.note.id != path.stem:
        raise NoteFault(
            "id-is-file-name",
            f"The file is named {path.name}, but its id is {read.note.id}.",
            "Give both the same name.",
            path=str(path),
            line=read.lines.get("id", 1),
        )
    return read


def _read_text(path: Path) -> str:
    """The file's text. The size is asked first, so that a huge file is never in memory; pipes are not opened."""
    try:
        if not path.is_file():
            raise NoteFault("not-a-file", "This is not a plain file.", "Take it out of the folder.", path=str(path))
        if path.stat().st_size > MAX_NOTE_BYTES:
            mend = f"Keep it under {MAX_NOTE_BYTES // 1024} KiB."
            raise NoteFault("too-large", "The file is too large for a note.", mend, path=str(path))
        return note_text(path.read_bytes(), str(path))
    except OSError as error:
        mend = "Check that you may read it."
        problem = f"The file cannot be read: {error.strerror}."
        raise NoteFault("unreadable", problem, mend, path=str(path)) from error


def note_text(data: bytes, path: str) -> str:
    """The text of a file's bytes, which must be UTF-8.

    Raises:
        NoteInvalid: with path and line.
    """
    mend = "Save it as UTF-8."
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise NoteFault("not-utf-8", "The file is not UTF-8 text.", mend, path=path, line=line) from error
    if "\0" in text:  # what UTF-16 looks like to a reader of bytes
        line = text[: text.index("\0")].count("\n") + 1
        raise NoteFault("not-utf-8", "The file holds zero bytes.", mend, path=path, line=line)
    return text
