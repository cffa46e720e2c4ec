"""``footnote db`` and ``footnote notes``: the database's care, and checking notes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.core.errors import BadInput

db = typer.Typer(help="Upgrade, check or back up the database.", no_args_is_help=True)
notes = typer.Typer(help="Check notes.", no_args_is_help=True)


@db.command()
def upgrade() -> None:
    """Bring the database to this version's schema; rows are kept.

    Example: footnote db upgrade
    """
    from bot.app import make_data_dir
    from bot.store import upgrade as upgrade_store
    from config.settings import load_settings

    settings = load_settings()
    make_data_dir(settings)
    typer.echo(f"The database is at schema {asyncio.run(upgrade_store(settings.database_url))}.")


@db.command("check")
def check_database() -> None:
    """Verify the database: integrity, schema version, what waits. Changes nothing.

    Example: footnote db check
    """
    from bot.store import check
    from config.settings import load_settings

    settings = load_settings()
    lines = asyncio.run(check(settings.database_url, key=settings.key, key_file=settings.key_file))
    for line in lines:
        typer.echo(f"{'ok  ' if line.is_ok else 'FAIL'}  {line.text}")
    if not all(line.is_ok for line in lines):
        raise typer.Exit(1)


@db.command()
def backup(target: Annotated[Path, typer.Argument(help="A file that does not exist yet.")]) -> None:
    """Copy the database, consistent even while the bot runs. Keep the key file with it.

    Example: footnote db backup backups/2026-11-23.db
    """
    from bot.store import backup as backup_store
    from config.settings import load_settings

    settings = load_settings()
    asyncio.run(backup_store(settings.database_url, target))
    typer.echo(f"Saved {target}. Keep {settings.key_file} (or FOOTNOTE_ENCRYPTION_KEY) with it, in another place.")


@notes.callback()
def _notes() -> None:
    """Check notes."""


@notes.command()
def lint(
    folder: Annotated[Path, typer.Argument(help="A folder of notes.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one object a problem.")] = False,
) -> None:
    """Check every note of a folder: file, line, rule and how to mend it. Exit 1 when there is a problem.

    Example: footnote notes lint config/notes
    """
    from bot.core.note_lint import lint_notes
    from bot.core.note_words import parse_lint_words
    from config.settings import LINT_WORDS_FILE

    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}: name the folder that holds the notes.")
    problems = lint_notes(
        folder, words=parse_lint_words(LINT_WORDS_FILE.read_text("utf-8")), today=datetime.now(UTC).date()
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
