"""``footnote db``: the database's care."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

db = typer.Typer(help="Upgrade, check or back up the database.", no_args_is_help=True)


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
