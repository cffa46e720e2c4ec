"""``footnote notes``: check a folder of notes, and keep it in step with a server's notes in the store."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli_scope import scope
from bot.core.errors import BadInput

Server = Annotated[int | None, typer.Option(min=1, max=2**63 - 1, help="The server's id; not needed with only one.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a script instead of text for people.")]

notes = typer.Typer(help="Check notes, and move them between a folder and the store.", no_args_is_help=True)


@notes.callback()
def _notes() -> None:
    """Check notes, and move them between a folder and the store."""


@notes.command()
def lint(
    folder: Annotated[Path, typer.Argument(help="A folder of notes.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one object a problem.")] = False,
    no_models: Annotated[bool, typer.Option("--no-models", help="Do not compare claims by meaning; faster.")] = False,
) -> None:
    """Check every note of a folder: file, line, rule and how to mend it. Exit 1 when there is a problem.

    Example: footnote notes lint config/notes
    """
    from bot.core.note_lint import lint_notes
    from bot.core.note_words import parse_lint_words
    from config.settings import LINT_WORDS_FILE
    from models.near_claims import NearClaims

    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}: name the folder that holds the notes.")
    problems = lint_notes(
        folder,
        words=parse_lint_words(LINT_WORDS_FILE.read_text("utf-8")),
        today=datetime.now(UTC).date(),
        near=None if no_models else NearClaims(),
    )
    for problem in problems:
        if as_json:
            typer.echo(json.dumps(asdict(problem), ensure_ascii=False))
        else:
            typer.echo(f"{problem.path}:{problem.line}: {problem.rule}: {problem.message} {problem.mend}")
    if problems:
        raise typer.Exit(1)
    if not as_json:
        typer.echo(f"{len(list(folder.glob('*.md')))} notes, no problem found.")


@notes.command("import")
def import_files(
    folder: Annotated[Path, typer.Argument(help="A folder of notes.")],
    server: Server = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write; without it nothing is.")] = False,
    in_force: Annotated[bool, typer.Option("--in-force", help="Put notes in force at once, unreviewed.")] = False,
    by: Annotated[str, typer.Option(help="Who imports: a Discord id or a name.")] = "",
    as_json: Json = False,
) -> None:
    """Show what a folder of notes would change on a server; with --yes, keep new and changed notes as drafts.

    Notes that were edited both in the folder and on Discord since the last export are in conflict and left alone. Stop
    the bot first where it runs on the same database, or import in Discord with /note import.

    Example: footnote notes import notes --server 123456789012345678 --yes
    """
    from bot.note_commands import ImportRequest, import_folder
    from config.settings import load_settings

    request = ImportRequest(folder, server, by, is_confirmed=yes, in_force=in_force)
    if not asyncio.run(import_folder(load_settings(), request, as_json=as_json, echo=typer.echo)):
        raise typer.Exit(1)


@notes.command("export")
def export_files(
    folder: Annotated[Path, typer.Argument(help="The folder to write; it is made where it is missing.")],
    server: Server = None,
    table: Annotated[Path | None, typer.Option("--csv", help="Write a table of the notes there as well.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite files that were edited meanwhile.")] = False,
    as_json: Json = False,
) -> None:
    """Write a server's notes into a folder, one file a note; other files there are left alone.

    Example: footnote notes export notes --server 123456789012345678 --csv notes.csv
    """
    from bot.note_commands import ExportRequest, export_notes
    from config.settings import load_settings

    request = ExportRequest(folder, server, table, is_replacing=replace)
    asyncio.run(export_notes(load_settings(), request, as_json=as_json, echo=typer.echo))


@notes.command()
def schema() -> None:
    """Print the JSON Schema of a note's front matter, for editors' tools; config/note.schema.json is this.

    Example: footnote notes schema > note.schema.json
    """
    from bot.core.note_schema import schema_text

    typer.echo(schema_text(), nl=False)


scope(notes)
