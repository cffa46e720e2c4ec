"""``footnote notes import`` and ``export``: a folder and one server's notes in the store, brought in step.

What differs is ``note_import``'s to say, what a file looks like ``note_export``'s; this file reads and writes. The
commands that people run stand in ``note_commands``.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.core.domain import Note
from bot.core.errors import BadInput, NoteInvalid
from bot.core.note_exchange import list_as_csv
from bot.core.note_export import export_files
from bot.core.note_format import parse_note
from bot.core.note_import import ImportPlan, is_same_text, plan_import
from bot.core.note_intake import read_files, read_folder
from bot.core.note_life import IN_FORCE
from bot.core.note_lint import lint_text
from bot.core.note_ports import Library, Revision
from bot.core.note_record import RECORD_NAME, exported_revisions, record_text
from bot.core.note_words import LintWords
from bot.jsonl import writing_text

NAME_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Writer:
    """Who imports: a Discord id, or a name that goes into the reason because the store keeps ids only."""

    id: int = 0
    name: str = ""

    @property
    def reason(self) -> str:
        """The reason kept with every revision of the import."""
        return f"Imported from files by {self.name}." if self.name else "Imported from files."


def writer(text: str) -> Writer:
    """Read ``--by``: digits are a Discord id, anything else a name. Raises BadInput for a name nobody could read."""
    text = text.strip()
    if text.isascii() and text.isdigit() and 0 < int(text) < 2**63:
        return Writer(id=int(text))
    if len(text) > NAME_LIMIT or not text.isprintable():
        raise BadInput(f"--by takes a Discord id or a name of at most {NAME_LIMIT} characters.")
    return Writer(name=text)


async def chosen_server(library: Library, server: int | None) -> int:
    """Return the server that was named, or the only one there is. Raises BadInput where that is not one."""
    if server is not None:
        return server
    known = await library.servers()
    if len(known) == 1:
        return known[0]
    if not known:
        raise BadInput("The store knows no server yet; name one with --server ID.")
    raise BadInput(f"The store knows {len(known)} servers ({', '.join(map(str, known))}); name one with --server ID.")


@dataclass(frozen=True, slots=True)
class PlannedImport:
    """A dry run: the files, what they would change, and the revisions they were exported from where that is known."""

    folder: Path
    guild_id: int
    texts: Mapping[str, str]
    exported: Mapping[str, int]
    plan: ImportPlan


async def plan_folder(library: Library, folder: Path, guild_id: int) -> PlannedImport:
    """Compare a folder with a server's notes; writes nothing. Raises BadInput, NoteInvalid, StoreUnavailable."""
    texts = await asyncio.to_thread(read_folder, folder)
    exported = exported_revisions(texts, guild_id)
    current = await library.newest(guild_id)
    plan = await asyncio.to_thread(plan_import, texts, current, exported)
    if plan.conflicts:
        both = {found.note.id: found.note for found in plan.conflicts}
        untouched = await untouched_notes(library, guild_id, both, exported)
        plan = await asyncio.to_thread(plan_import, texts, current, exported, untouched)
    return PlannedImport(folder, guild_id, texts, exported, plan)


async def untouched_notes(
    library: Library, guild_id: int, notes: Mapping[str, Note], exported: Mapping[str, int]
) -> set[str]:
    """Return which of these notes, read from files, say what the revision says that they were exported from."""
    found = set()
    for note_id in notes.keys() & exported.keys():
        written = await library.revision(guild_id, note_id, exported[note_id])
        if written is not None and is_same_text(written.note, notes[note_id]):
            found.add(note_id)
    return found


async def carry_out(library: Library, planned: PlannedImport, by: Writer, *, in_force: bool) -> None:
    """Keep what is new or changed: as drafts, or in force where the file says that it is in use.

    Each of the two is one transaction. Raises BadInput where somebody saved a note meanwhile, StoreUnavailable.
    """
    plan = planned.plan
    edits = [*((note, None) for note in plan.new), *((edit.note, edit.base) for edit in plan.changed)]
    at_once = [note for note, _ in edits if in_force and note.state in IN_FORCE]
    drafts = [(note, base) for note, base in edits if not (in_force and note.state in IN_FORCE)]
    if at_once:
        await library.take_in(planned.guild_id, at_once, actor_id=by.id, reason=by.reason)
    if drafts:
        await library.save_all(planned.guild_id, drafts, author_id=by.id, reason=by.reason)
    if planned.exported:
        await _renew_record(library, planned)


async def _renew_record(library: Library, planned: PlannedImport) -> None:
    """Note that folder and store agree again, so that the next edit of the same file is no conflict."""
    agreed = {*planned.plan.same, *(note.id for note in planned.plan.written)}
    heads = {head.note_id: head.revision for head in await library.heads(planned.guild_id) if head.note_id in agreed}
    write_file(planned.folder / RECORD_NAME, record_text(planned.guild_id, {**planned.exported, **heads}))


def require_clean(planned: PlannedImport, words: LintWords, today: date) -> None:
    """Raise BadInput where a note that is to go in force at once has a fault that the lint names."""
    names = [f"{note.id}.md" for note in planned.plan.written if note.state in IN_FORCE]
    checked = (lint_text(planned.texts[name], words=words, today=today, path=name) for name in names)
    problems = [problem for found in checked for problem in found]
    if problems:
        first = problems[0]
        raise BadInput(
            f"{first.path}, line {first.line}: {first.message} {first.mend} Notes with faults are not put in force "
            f"({len(problems)} found); see footnote notes lint."
        )


async def export_folder(
    library: Library, folder: Path, guild_id: int, *, replace: bool, table: Path | None
) -> dict[str, str]:
    """Write a server's notes into a folder, and into a table where one is named; return the files by name.

    Every text is made before any is written, each file is written whole, and files that are no notes of this server are
    left alone. Raises BadInput where that would overwrite a text that the store does not have, unless ``replace``.
    """
    current = await library.newest(guild_id)
    waiting = {head.note_id for head in await library.heads(guild_id) if head.is_edit_waiting}
    files = await asyncio.to_thread(export_files, guild_id, current, waiting)
    before = await asyncio.to_thread(_files_there, folder, files)
    if not replace and (edited := await _edited(library, guild_id, current, before)):
        raise BadInput(
            f"{len(edited)} of the files in {folder} hold a text that the store has not ({edited[0]} is one); import "
            "them first, or export with --replace."
        )
    for name, text in files.items():
        if before.get(name) != text:
            write_file(folder / name, text)
    if table is not None:
        write_file(table, list_as_csv(revision.note for revision in current.values()))
    return files


def _files_there(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The texts that stand where an export will write; the folder is made where it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"The folder {folder} cannot be made: {(error.strerror or 'unknown fault').lower()}.") from error
    return read_files(folder, [name for name in names if os.path.lexists(folder / name)])


async def _edited(
    library: Library, guild_id: int, current: Mapping[str, Revision], before: Mapping[str, str]
) -> list[str]:
    """The names of files that say neither what the newest revision says nor what they were exported with."""
    notes = {note_id: _readable(before[f"{note_id}.md"]) for note_id in current if f"{note_id}.md" in before}
    differing = {
        note_id: note
        for note_id, note in notes.items()
        if note is None or not is_same_text(note, current[note_id].note)
    }
    readable = {note_id: note for note_id, note in differing.items() if note is not None}
    kept = await untouched_notes(library, guild_id, readable, exported_revisions(before, guild_id))
    return sorted(f"{note_id}.md" for note_id in differing.keys() - kept)


def _readable(text: str) -> Note | None:
    try:
        return parse_note(text)
    except NoteInvalid:
        return None


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises BadInput."""
    with writing_text(str(path)) as write:
        write(text)
