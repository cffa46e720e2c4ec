"""The commands that bring a folder and the store in step: each opens the store, does its work and says what it did."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.note_import import Conflict
from bot.note_files import PlannedImport, carry_out, chosen_server, export_folder, plan_folder, require_clean, writer

if TYPE_CHECKING:
    from config.settings import Settings

Echo = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What ``footnote notes import`` was told; ``by`` is a Discord id or a name."""

    folder: Path
    server: int | None
    by: str
    is_confirmed: bool = False
    in_force: bool = False


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What ``footnote notes export`` was told."""

    folder: Path
    server: int | None
    table: Path | None = None
    is_replacing: bool = False


async def import_folder(settings: Settings, request: ImportRequest, *, as_json: bool, echo: Echo) -> bool:
    """Print what an import would do and, where it was confirmed, do it; False when a conflict was left alone.

    Raises BadInput, NoteInvalid, StoreUnavailable.
    """
    from bot.app import open_settings_store
    from bot.core.note_words import parse_lint_words
    from config.settings import LINT_WORDS_FILE

    by = writer(request.by)
    async with open_settings_store(settings) as store:
        guild_id = await chosen_server(store.library, request.server)
        planned = await plan_folder(store.library, request.folder, guild_id)
        if not as_json:
            echo(plan_text(planned))
        if request.in_force:
            require_clean(planned, parse_lint_words(LINT_WORDS_FILE.read_text("utf-8")), datetime.now(UTC).date())
        if request.is_confirmed:
            await carry_out(store.library, planned, by, in_force=request.in_force)
    echo(plan_row(planned, is_written=request.is_confirmed) if as_json else _outcome(planned, request))
    return not planned.plan.conflicts


async def export_notes(settings: Settings, request: ExportRequest, *, as_json: bool, echo: Echo) -> None:
    """Write a server's notes into a folder and say how many. Raises BadInput, NoteInvalid, StoreUnavailable."""
    from bot.app import open_settings_store

    async with open_settings_store(settings) as store:
        guild_id = await chosen_server(store.library, request.server)
        names = await export_folder(
            store.library, request.folder, guild_id, replace=request.is_replacing, table=request.table
        )
    notes = [name.removesuffix(".md") for name in names if name.endswith(".md")]
    row = json.dumps({"server": str(guild_id), "notes": notes})
    echo(row if as_json else f"{len(notes)} notes of server {guild_id} are in {request.folder}.")


def plan_row(planned: PlannedImport, *, is_written: bool) -> str:
    """A plan as one line of JSON for scripts."""
    plan = planned.plan
    row = {
        "server": str(planned.guild_id),
        "new": [note.id for note in plan.new],
        "changed": [{"id": edit.note.id, "revision": edit.base} for edit in plan.changed],
        "conflicts": [
            {"id": found.note.id, "exported": found.exported, "revision": found.newest.number}
            for found in plan.conflicts
        ],
        "behind": list(plan.behind),
        "gone": list(plan.gone),
        "same": list(plan.same),
        "written": is_written,
    }
    return json.dumps(row)


def plan_text(planned: PlannedImport) -> str:
    """A plan for people: every note that differs on a line of its own, the others counted."""
    plan = planned.plan
    lines = [f"{planned.folder} and server {planned.guild_id}:"]
    lines += [f"  new       {note.id}" for note in plan.new]
    lines += [f"  changed   {edit.note.id} (the store has revision {edit.base})" for edit in plan.changed]
    lines += [f"  conflict  {_conflict(found)}" for found in plan.conflicts]
    lines += [f"  behind    {note_id} (the store has a newer text; the file was not edited)" for note_id in plan.behind]
    lines += [f"  gone      {note_id} (only in the store; an import takes nothing out)" for note_id in plan.gone]
    counts = ", ".join(
        f"{len(found)} {what}"
        for what, found in (
            ("new", plan.new),
            ("changed", plan.changed),
            ("in conflict", plan.conflicts),
            ("behind", plan.behind),
            ("gone", plan.gone),
            ("the same", plan.same),
        )
    )
    return "\n".join([*lines, f"{counts}."])


def _conflict(found: Conflict) -> str:
    newest = found.newest
    return (
        f"{found.note.id} (exported at revision {found.exported}; the store has revision {newest.number} of "
        f"{newest.at.date().isoformat()}; not imported)"
    )


def _outcome(planned: PlannedImport, request: ImportRequest) -> str:
    count = len(planned.plan.written)
    if not count:
        return "Nothing to import."
    if not request.is_confirmed:
        return "Nothing was written; add --yes to import."
    how = "in force where the file says so, else as drafts" if request.in_force else "as drafts"
    return f"{count} notes were kept, {how}."
