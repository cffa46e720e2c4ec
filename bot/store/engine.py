"""Opens the database and hands out transactions; the only file that knows SQLite from Postgres.

Every write is a function given to one writer, which runs it under ``BEGIN IMMEDIATE``: a deferred transaction that
reads and then writes fails at once when another was faster, whatever the busy timeout says, and SQLite before 3.51.3
can corrupt a database to which two connections write or checkpoint at the same instant. Readers are separate
connections that cannot write.

On SQLite the whole function runs in the writer's thread. An asynchronous driver crosses threads a few times for every
statement, which made a transaction two to three times slower on a busy machine.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.core.errors import BadSetting, StoreUnavailable
from bot.store.faults import reported_as_store_error

T = TypeVar("T")

_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
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


class _Lane(Protocol):
    """Runs functions of a connection, each in a transaction of its own."""

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Commit what ``work`` did when it returns, undo it when it raises; a cancelled caller changes neither."""
        ...

    async def scrub(self) -> None:
        """Leave nothing of deleted rows in the file and its log, where they are this program's to write."""
        ...

    async def close(self) -> None:
        """Let what was begun or queued end, then close the connections."""
        ...


class _SqliteLane:
    """As many threads as connections, so that nobody waits for a connection inside a thread."""

    def __init__(self, engine: Engine, connections: int) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="store")

    async def run(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._threads, self._transact, work))

    def _transact(self, work: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)

    async def scrub(self) -> None:
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._threads, self._scrub))

    def _scrub(self) -> None:
        with closing(self._engine.raw_connection()) as connection:  # not inside a transaction
            cursor = connection.cursor()
            # ``secure_delete`` blanks a deleted row, not the copies that moving rows between pages left behind it.
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.close()

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()


class _PostgresLane:
    """asyncpg's connections, on the event loop."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._running: set[asyncio.Task[object]] = set()

    async def run(self, work: Callable[[Connection], T]) -> T:
        task = asyncio.create_task(self._transact(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _transact(self, work: Callable[[Connection], T]) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def scrub(self) -> None:
        """Do nothing: the log and the freed rows are the server's."""

    async def close(self) -> None:
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._engine.dispose()


class Database:
    """One open database. ``write`` and ``read`` run a function of a connection in one transaction."""

    def __init__(self, url: URL, busy_timeout_s: float) -> None:
        """Prepare the connections; none is opened before the first transaction."""
        self.url = url
        is_sqlite = url.drivername == "sqlite"
        lane = partial(_sqlite_lane, url, busy_timeout_s) if is_sqlite else partial(_postgres_lane, url)
        self._writer: _Lane = lane(is_writer=True)
        # A database in memory belongs to its one connection, so its readers share the writer.
        is_in_memory = is_sqlite and sqlite_path(url) is None
        self._reader: _Lane = self._writer if is_in_memory else lane(is_writer=False)

    async def write(self, work: Callable[[Connection], T], name: str = "The database") -> T:
        """Run ``work`` in a write transaction, one at a time; committed when this returns, undone when it raises.

        A caller that is cancelled does not interrupt it half-way. Raises StoreUnavailable, with ``name`` in front.
        """
        with reported_as_store_error(name):
            return await self._writer.run(work)

    async def read(self, work: Callable[[Connection], T], name: str = "The database") -> T:
        """Run ``work`` on one consistent snapshot. Raises StoreUnavailable."""
        with reported_as_store_error(name):
            return await self._reader.run(work)

    async def scrub(self, name: str = "The database") -> None:
        """Write a SQLite file anew, without what was deleted, and empty its log. Raises StoreUnavailable.

        Writers wait meanwhile, for a second or so a hundred megabytes. A reader in the middle of a long query keeps the
        log's old bytes until the next checkpoint.
        """
        with reported_as_store_error(name):
            await self._writer.scrub()

    async def close(self) -> None:
        """Let running work end, then close readers before the writer, which alone may checkpoint."""
        if self._reader is not self._writer:
            await self._reader.close()
        await self._writer.close()


def _sqlite_lane(url: URL, busy_timeout_s: float, *, is_writer: bool) -> _Lane:
    connections = 1 if is_writer else _READERS
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        connect_args={"timeout": busy_timeout_s, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_writer if is_writer else _prepare_reader)
    event.listen(engine, "begin", _begin_immediate if is_writer else _begin_snapshot)
    return _SqliteLane(engine, connections)


def _postgres_lane(url: URL, *, is_writer: bool) -> _Lane:
    # A writer must see what the one before it committed; a reader sees one moment, as on SQLite.
    isolation_level = "READ COMMITTED" if is_writer else "REPEATABLE READ"
    engine = create_async_engine(url, pool_pre_ping=True, isolation_level=isolation_level)
    if is_writer:
        event.listen(engine.sync_engine, "begin", _take_postgres_lock)
    return _PostgresLane(engine)


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
