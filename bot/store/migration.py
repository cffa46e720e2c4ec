"""Brings a database to this version's schema, inside the transaction it is given: all of it, version included, or none.

Runs Alembic without a configuration file. The migrations themselves are in ``migrations/versions``.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bot.core.errors import StoreUnavailable

LOCATION = Path(__file__).parent / "migrations"


def _config(location: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(location).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def newest_version(location: Path = LOCATION) -> str:
    """Return the schema version that this program works with."""
    return str(ScriptDirectory.from_config(_config(location)).get_current_head())


def version_of(connection: Connection) -> str | None:
    """Return the version the database says it has, None for a blank one."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection, location: Path = LOCATION) -> str:
    """Run the migrations that are missing and return the version reached."""
    config = _config(location)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return newest_version(location)


def require_newest(connection: Connection, name: str, *, may_upgrade: bool) -> str:
    """Return the version once it is the newest: a blank database is set up, an older one only if allowed.

    Raises StoreUnavailable for a database that is newer, older, or not ours; ``name`` begins the sentence.
    """
    version = version_of(connection)
    if version is None:
        if inspect(connection).get_table_names():
            raise StoreUnavailable(f"{name} belongs to another program; name another file in the settings.")
        return upgrade(connection)
    newest = newest_version()
    if version == newest:
        return newest
    known = {script.revision for script in ScriptDirectory.from_config(_config(LOCATION)).walk_revisions()}
    if version not in known:
        raise StoreUnavailable(
            f"{name} was written by a newer version of Footnote (schema {version}, this one knows {newest}); "
            "update Footnote."
        )
    if not may_upgrade:
        raise StoreUnavailable(f"{name} has the older schema {version}; run `footnote db upgrade`.")
    return upgrade(connection)
