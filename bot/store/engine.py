"""Opens the database and hands out transactions; the only file that knows SQLite from Postgres.

Every write is a function given to one writer, which runs it under ``BEGIN IMMEDIATE``: a deferred transaction that
reads and then writes fails at once when another was faster, whatever the busy timeout says, and SQLite before 3.51.3
can corrupt a database to which two connections write or checkpoint at the same instant. Readers are separate
connections that cannot write.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, AsyncAdaptedQueuePool, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.core.errors import BadSetting, StoreUnavailable
from bot.store.faults import reported_as_store_error

T = TypeVar("T")

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_READERS = 3
# Any number serves, as long as nothing else in that Postgres database takes the same one.
_POSTGRES_WRITER_LOCK = 0x466F_6F74


def parse_url(url: str) -> URL:
    """Return the database's address with the driver we use; BadSetting for one that cannot be served."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadSetting("The database setting is not an address like sqlite:///footnote.db.") from error
    kind = parsed.drivername.partition("+")[0]
    if kind not in _DRIVERS or (parsed.database or "").startswith("file:"):
        raise BadSetting("The database must be sqlite:///<file> or postgresql://<user>@<host>/<name>.")
    return parsed.set(drivername=_DRIVERS[kind])


def sqlite_path(url: URL) -> Path | None:
    """Return the file of a SQLite database, None for one in memory and for Postgres."""
    if not url.drivername.startswith("sqlite") or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def subject(url: URL) -> str:
    """Return how sentences name this database; never with a password."""
    path = sqlite_path(url)
    return f"The database {path}" if path else f"The database {url.render_as_string(hide_password=True)}"


class Database:
    """One open database. ``write`` and ``read`` run a function of a connection in one transaction."""

    def __init__(self, url: URL, busy_timeout_s: float) -> None:
        """Prepare the connections; none is opened before the first transaction."""
        self.url = url
        self._is_sqlite = url.drivername.startswith("sqlite")
        self._writer = self._engine(busy_timeout_s, is_writer=True)
        # A database in memory belongs to its one connection, so its readers share the writer.
        is_in_memory = self._is_sqlite and sqlite_path(url) is None
        self._reader = self._writer if is_in_memory else self._engine(busy_timeout_s, is_writer=False)
        self._lock = asyncio.Lock()
        self._running: set[asyncio.Task[object]] = set()

    async def write(self, work: Callable[[Connection], T], name: str = "The database") -> T:
        """Run ``work`` in a write transaction, one at a time; committed when this returns, undone when it raises.

        A caller that is cancelled does not interrupt it half-way. Raises StoreUnavailable, with ``name`` in front.
        """
        task = asyncio.create_task(self._write(work, name))
        self._running.add(task)
        task.add_done_callback(self._forget)
        return await asyncio.shield(task)

    async def _write(self, work: Callable[[Connection], T], name: str) -> T:
        with reported_as_store_error(name):
            async with self._lock, self._writer.begin() as connection:
                return await connection.run_sync(work)

    def _forget(self, task: asyncio.Task[object]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # marks it as seen where the caller was cancelled

    async def read(self, work: Callable[[Connection], T], name: str = "The database") -> T:
        """Run ``work`` on one consistent snapshot. Raises StoreUnavailable."""
        if self._reader is self._writer:
            return await self.write(work, name)
        with reported_as_store_error(name):
            async with self._reader.begin() as connection:
                return await connection.run_sync(work)

    async def close(self) -> None:
        """Let running writes end, then close readers before the writer, which alone may checkpoint."""
        if self._running:
            await asyncio.wait(self._running)
        await self._reader.dispose()
        await self._writer.dispose()

    def _engine(self, busy_timeout_s: float, *, is_writer: bool) -> AsyncEngine:
        if not self._is_sqlite:
            engine = create_async_engine(self.url, pool_pre_ping=True)
            if is_writer:
                event.listen(engine.sync_engine, "begin", _take_postgres_lock)
            return engine
        engine = create_async_engine(
            self.url,
            poolclass=AsyncAdaptedQueuePool,
            pool_size=1 if is_writer else _READERS,
            max_overflow=0,
            connect_args={"timeout": busy_timeout_s},
        )
        event.listen(engine.sync_engine, "connect", _prepare_writer if is_writer else _prepare_reader)
        event.listen(engine.sync_engine, "begin", _begin_immediate if is_writer else _begin_snapshot)
        return engine


def create_file(path: Path) -> None:
    """Create the database's file so that only its owner may read it; SQLite gives its side files the same mode.

    An existing file is left as it is. Raises StoreUnavailable.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(IsADirectoryError):  # SQLite says it better when it opens a folder
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreUnavailable(f"The database {path} cannot be created: {error.strerror}.") from error


def _prepare_writer(dbapi_connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    mode = _prepare(
        dbapi_connection, "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"
    )
    if mode not in ("wal", "memory"):
        raise StoreUnavailable("The database's folder cannot hold a write-ahead log; put the file on a local disk.")


def _prepare_reader(dbapi_connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    _prepare(dbapi_connection, "query_only = ON")


def _prepare(dbapi_connection: DBAPIConnection, *pragmas: str) -> object:
    """Set the pragmas and return what the first one answered; transactions are begun by us, never by the driver."""
    dbapi_connection.isolation_level = None
    answers = []
    for pragma in pragmas:
        cursor = dbapi_connection.cursor()
        cursor.execute(f"PRAGMA {pragma}")
        answers.append(cursor.fetchone())
        cursor.close()
    return answers[0] and answers[0][0]


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_snapshot(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _take_postgres_lock(connection: Connection) -> None:
    """Make writers queue as SQLite's do, so that the same read-then-write queries are safe there."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRES_WRITER_LOCK})")
