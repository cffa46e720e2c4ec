"""Note files from outside, read with suspicion: a folder or a zip becomes a mapping of file name to text.

Every size is asked before anything is read, and checked again while reading, because a file can grow and a zip can lie.
Whether a text is a note is ``note_format``'s to say. The first file that is out of place refuses the whole.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from bot.core.errors import BadInput
from bot.core.note_front import ID_PATTERN, NoteFault
from bot.core.note_record import MAX_RECORD_BYTES, RECORD_NAME
from bot.core.notes import MAX_NOTE_BYTES, note_text

MAX_FILES = 20_000  # notes in a folder; ten thousand claims are a very large server
MAX_ENTRIES = 100_000  # anything in a folder, notes or not
MAX_FOLDER_BYTES = 256 * 1024 * 1024
MAX_ZIP_BYTES = 8 * 1024 * 1024  # packed; what Discord lets anybody attach is about this
MAX_ZIP_FILES = 2_000
MAX_ZIP_TOTAL = 32 * 1024 * 1024  # unpacked

_NAME = re.compile(rf"{ID_PATTERN}\.md")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may ask for much memory to unpack a little
_DRIVE = re.compile(r"[A-Za-z]:")


def read_folder(folder: Path) -> dict[str, str]:
    """Return the texts of a folder's ``*.md`` files by name, in order, and of its export record where it has one.

    Sub-folders are not entered. Links, pipes and devices named like notes are refused, not opened. Raises BadInput for
    a folder that is missing, unreadable or too large, NoteInvalid for a file.
    """
    names = _notes_in(folder)
    _refuse_names(names)
    return read_files(folder, names)


def read_files(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the texts of these files of a folder. Raises as ``read_folder``."""
    texts: dict[str, str] = {}
    left = MAX_FOLDER_BYTES
    for name in names:
        data = _read_file(folder / name)
        left -= len(data)
        if left < 0:
            raise BadInput(f"The notes in {folder} are larger than {_size(MAX_FOLDER_BYTES)}; import them in parts.")
        texts[name] = note_text(data, str(folder / name))
    return texts


def read_zip(data: bytes) -> dict[str, str]:
    """Return the texts of a zip's ``*.md`` files by name, in order, and of its export record where it has one.

    The files may lie in folders inside the zip. Raises BadInput where it is no zip, too large packed or unpacked,
    encrypted, or holds another zip or a name that would lead out of it; NoteInvalid for a file.
    """
    if len(data) > MAX_ZIP_BYTES:
        raise BadInput(f"The zip is larger than {_size(MAX_ZIP_BYTES)}; import the notes in parts.")
    if data.count(b"PK\x01\x02") > MAX_ZIP_FILES:  # asked before the table of contents is built in memory
        raise BadInput(f"The zip holds more than {MAX_ZIP_FILES:,} files; import the notes in parts.")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = list(_members(archive.infolist()))
            return {name: note_text(_unpacked(archive, info), name) for name, info in members}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError) as error:
        raise BadInput("This is not a zip that can be read. Pack the notes again.") from error


def _notes_in(folder: Path) -> list[str]:
    names = []
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries, 1):
                if number > MAX_ENTRIES:
                    raise BadInput(f"{folder} holds more than {MAX_ENTRIES:,} entries; name the folder of the notes.")
                if _is_wanted(entry.name):
                    names.append(entry.name)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise BadInput(f"There is no folder {str(folder)!r}. Name the folder that holds the notes.") from None
    except OSError as error:
        raise BadInput(f"The folder {folder} cannot be read: {(error.strerror or 'unknown fault').lower()}.") from error
    if len(names) > MAX_FILES:
        raise BadInput(f"{folder} holds more than {MAX_FILES:,} notes; import them in parts.")
    return sorted(names, key=lambda name: PurePosixPath(name).stem)


def _read_file(path: Path) -> bytes:
    """The bytes of a plain file. The opened file itself is asked what it is, so that nobody can swap it in between."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise _not_a_file(str(path))
        with os.fdopen(os.open(path, flags), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise _not_a_file(str(path))
            return _read_capped(file, found.st_size, str(path))
    except OSError as error:
        problem = f"The file cannot be read: {(error.strerror or 'unknown fault').lower()}."
        raise NoteFault("unreadable", problem, "Check that you may read it.", path=str(path)) from error


def _read_capped(file: IO[bytes], declared: int, path: str) -> bytes:
    """The bytes of an open file; refused where they are more than a note may have, whatever was declared."""
    limit = MAX_RECORD_BYTES if PurePosixPath(path).name == RECORD_NAME else MAX_NOTE_BYTES
    data = b"" if declared > limit else file.read(limit + 1)
    if declared > limit or len(data) > limit:
        problem = f"The file is larger than {limit // 1024} KiB, too large for a note."
        raise NoteFault("too-large", problem, "Shorten it.", path=path)
    return data


def _is_wanted(name: str) -> bool:
    return name == RECORD_NAME or (name.casefold().endswith(".md") and not name.startswith("."))


def _members(infos: Iterable[zipfile.ZipInfo]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """The notes of a zip by file name, each checked by what the table of contents says of it."""
    found: list[tuple[str, zipfile.ZipInfo]] = []
    for info in infos:
        path = _safe_path(info)
        is_hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts[:-1])
        if path.suffix.casefold() == ".zip":
            raise BadInput("The zip holds another zip. Unpack that first.")
        if _is_wanted(path.name) and not info.is_dir() and not is_hidden:
            _refuse_member(info, path)
            found.append((path.name, info))
    _refuse_names([name for name, _ in found])
    if sum(info.file_size for _, info in found) > MAX_ZIP_TOTAL:
        raise BadInput(f"The zip's notes are larger than {_size(MAX_ZIP_TOTAL)}; import them in parts.")
    yield from sorted(found, key=lambda member: PurePosixPath(member[0]).stem)


def _safe_path(info: zipfile.ZipInfo) -> PurePosixPath:
    """The member's path, which must stay inside the zip on every system. Nothing is written there, it is only told."""
    name = info.orig_filename
    path = PurePosixPath(name)
    if "\\" in name or "\0" in name or _DRIVE.match(name) or path.is_absolute() or ".." in path.parts:
        raise BadInput("The zip holds a file name that leads out of it. Pack the notes again, by their plain names.")
    return path


def _refuse_member(info: zipfile.ZipInfo, path: PurePosixPath) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise _not_a_file(_shown(path.name))
    if info.flag_bits & 0x1 or info.compress_type not in _METHODS:
        raise BadInput("The zip is encrypted or packed in an unusual way. Pack the notes again as a plain zip.")


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as file:
        return _read_capped(file, info.file_size, _shown(info.filename))


def _refuse_names(names: Collection[str]) -> None:
    """Refuse two files that some systems would take for one, and names that are no ids."""
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            mend = "Keep one of them, named in small letters."
            raise NoteFault("name-twice", "Two files have this name.", mend, path=_shown(name))
        seen.add(name.casefold())
    for name in names:
        if name != RECORD_NAME and not _NAME.fullmatch(name):
            mend = "Use small letters, digits and single hyphens, like us-created-taliban.md."
            raise NoteFault("file-name", "The file's name is no claim id.", mend, path=_shown(name))


def _not_a_file(path: str) -> NoteFault:
    return NoteFault("not-a-file", "This is not a plain file.", "Take it out.", path=path)


def _shown(name: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in name[-80:])


def _size(count: int) -> str:
    return f"{count // (1024 * 1024)} MiB"
