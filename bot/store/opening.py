"""``open_store``: from an address and a key to a store that works, and back to a closed file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Connection, insert, select

from bot.core.clock import SystemClock
from bot.core.errors import BadSetting
from bot.core.ports import Clock
from bot.store.encryption import Vault, make_key_file, new_key, parse_key, read_key_file
from bot.store.engine import Database, create_file, parse_url, sqlite_path, subject
from bot.store.migration import require_newest
from bot.store.repository import SqlStore
from bot.store.schema import meta

_CHECK_NAME = "key-check"
_CHECK_TEXT = "footnote"


@asynccontextmanager
async def open_store(
    url: str,
    *,
    key: str | None = None,
    key_file: Path | None = None,
    upgrade: bool = False,
    busy_timeout_s: float = 5.0,
    clock: Clock | None = None,
) -> AsyncIterator[SqlStore]:
    """Open the store at ``url`` for the length of the block; a missing or blank database is set up.

    ``key`` (from the environment) wins over ``key_file``, which is made when neither it nor any data exists. A
    database in memory may go without both. An older schema is brought up to date only with ``upgrade``.

    Raises StoreUnavailable for the database's faults and BadSetting for the key's and the address's, one sentence
    each; nothing is changed then.
    """
    address = parse_url(url)
    path = sqlite_path(address)
    if path is None and address.drivername.startswith("sqlite"):
        key = key or new_key()
    if path is not None:
        create_file(path)
    database = Database(address, busy_timeout_s)
    name = subject(address)

    def prepare(connection: Connection) -> tuple[str, Vault]:
        version = require_newest(connection, name, may_upgrade=upgrade)
        return version, fitting_vault(connection, key, key_file, may_create=True)

    try:
        version, vault = await database.write(prepare, name)
        yield SqlStore(database, vault, clock or SystemClock(), version)
    finally:
        await database.close()


def fitting_vault(connection: Connection, key: str | None, key_file: Path | None, *, may_create: bool) -> Vault:
    """Return the keys that open this database's texts; a blank database is bound to them by a small sealed value.

    Raises BadSetting when the key is missing, unreadable or another one; StoreUnavailable when its file fails.
    """
    stored = connection.execute(select(meta.c.value).where(meta.c.name == _CHECK_NAME)).scalar_one_or_none()
    vault = Vault(_find_key(key, key_file, may_create=may_create and stored is None))
    if stored is not None and vault.unseal(stored) != _CHECK_TEXT:
        raise BadSetting(
            "The encryption key is not the one this database was made with; put that key back (nothing was changed)."
        )
    if stored is None and may_create:
        connection.execute(insert(meta).values(name=_CHECK_NAME, value=vault.seal(_CHECK_TEXT)))
    return vault


def _find_key(key: str | None, key_file: Path | None, *, may_create: bool) -> bytes:
    if key:
        return parse_key(key, "The encryption key setting")
    if key_file is None:
        raise BadSetting("There is no encryption key; set one, or name a key file in the settings.")
    found = read_key_file(key_file)
    if found is None and may_create:
        found = make_key_file(key_file)
    if found is None:
        raise BadSetting(
            f"The key file {key_file} is missing, and stored texts cannot be read without it; put it back."
        )
    return found
