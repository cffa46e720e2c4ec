"""``footnote notes test`` and ``footnote notes preview``: what a note catches, and how its reply looks."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.core.errors import BadInput

if TYPE_CHECKING:
    from bot.core.domain import Note
    from bot.core.scope_test import ScopeReport
    from config.settings import Settings

Folder = Annotated[Path | None, typer.Option(help="A folder of notes; default: the starter pack.")]


class Width(StrEnum):
    """How wide a preview's picture is."""

    PHONE = "phone"
    DESKTOP = "desktop"


def scope(notes: typer.Typer) -> None:
    """Add the two commands to ``footnote notes``."""
    notes.command("test")(check_scope)
    notes.command()(preview)


def check_scope(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Notes to test; default: all.")] = None,
    folder: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one object, for a script.")] = False,
) -> None:
    """Ask the judge about every paraphrase and look-alike of notes, and list what went wrong. Exit 1 for any miss.

    Each sentence is tested as a post, and as if the note did not list it.

    Example: footnote notes test us-created-taliban
    """
    from config.settings import load_settings

    settings = load_settings()
    known = notes_of(settings, folder)
    for note_id in ids or ():
        _chosen(known, note_id)
    report = asyncio.run(_report(settings, known, ids or None))
    if as_json:
        typer.echo(json.dumps({"passed": report.is_clean, **asdict(report)}, ensure_ascii=False))
    else:
        typer.echo("\n".join(report.lines()))
    if not report.is_clean:
        raise typer.Exit(1)


def preview(
    note: Annotated[str, typer.Argument(metavar="ID", help="The note to show.")],
    folder: Folder = None,
    png: Annotated[Path | None, typer.Option(help="Save it as a picture, drawn by a browser.")] = None,
    width: Annotated[Width, typer.Option(help="The picture's width.")] = Width.DESKTOP,
) -> None:
    """Show a note as the reply that members would read, in the terminal or as a picture.

    Example: footnote notes preview us-created-taliban --png reply.png --width phone
    """
    from bot.sandbox.preview_text import print_reply
    from config.settings import load_settings

    chosen = _chosen(notes_of(load_settings(), folder), note)
    if png is None:
        print_reply(chosen)
        return
    from bot.sandbox.preview import PIXELS, draw_replies

    asyncio.run(draw_replies({png: chosen}, width=PIXELS[width.value]))
    typer.echo(f"Saved {png}.")


def notes_of(settings: Settings, folder: Path | None) -> dict[str, Note]:
    """Return the notes of a folder that are not retired, by id. Raises NoteInvalid, BadInput."""
    from bot.core.domain import NoteState
    from bot.core.notes import load_notes

    found = load_notes(folder or settings.notes_dir)
    return {note.id: note for note in found if note.state is not NoteState.RETIRED}


def _chosen(notes: dict[str, Note], note_id: str) -> Note:
    """Return a note by id. Raises BadInput where there is none, before anything slow begins."""
    if note_id not in notes:
        raise BadInput(f"There is no note {note_id} in that folder. Check the id.")
    return notes[note_id]


async def _report(settings: Settings, notes: dict[str, Note], ids: list[str] | None) -> ScopeReport:
    from bot.app import open_screener
    from bot.core.errors import ScreenerUnavailable
    from bot.core.scope_test import scope_test
    from bot.offline import progress

    async with open_screener(settings, [note.claim for note in notes.values()]) as screener:
        if screener.problem:
            raise ScreenerUnavailable(screener.problem)
        with progress("testing") as advance:
            return await scope_test(notes, screener, settings.default_thresholds, ids, progress=advance)
