"""``Transacting``: runs one query function in one transaction. What the store and its library have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from bot.core.ports import Clock
from bot.store.encryption import Vault
from bot.store.engine import Database
from bot.store.rows import Transaction

P = ParamSpec("P")
T = TypeVar("T")


class Transacting:
    """Holds an open database, the keys that fit it and the clock. Holds no queries."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        """Take what every transaction needs."""
        self._database = database
        self._vault = vault
        self._clock = clock

    async def _write(self, query: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def work(connection: Connection) -> T:
            return query(Transaction(connection, self._vault, self._clock.now()), *args, **kwargs)

        return await self._database.write(work)

    async def _read(self, query: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def work(connection: Connection) -> T:
            return query(Transaction(connection, self._vault, self._clock.now()), *args, **kwargs)

        return await self._database.read(work)
