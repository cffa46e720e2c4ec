"""Queries about tripped breakers. When one trips is ``breaker``'s; what it counts is in ``desk_queue``."""

from __future__ import annotations

from sqlalchemy import ColumnElement, insert, select, update

from bot.core.desk_ports import Trip
from bot.store.rows import Transaction
from bot.store.schema_desk import trips


def tripped(tx: Transaction, guild_id: int) -> tuple[Trip, ...]:
    """Return the server's tripped breakers, the longest tripped first."""
    rows = tx.connection.execute(
        select(trips)
        .where(trips.c.guild_id == guild_id, trips.c.is_tripped)
        .order_by(trips.c.at, trips.c.scope, trips.c.key)
    )
    return tuple(Trip(row.guild_id, row.scope, row.key, row.at, row.sentence) for row in rows)


def trip(tx: Transaction, one: Trip) -> bool:
    """Keep that a breaker tripped; False when it was already. Its last reset stays known."""
    place = _place(one.guild_id, one.scope, one.key)
    values = {"at": one.at, "sentence": one.sentence, "is_tripped": True}
    is_tripped = tx.connection.execute(select(trips.c.is_tripped).where(place)).scalar_one_or_none()
    if is_tripped:
        return False
    if is_tripped is None:
        values |= {"guild_id": one.guild_id, "scope": one.scope, "key": one.key}
        tx.connection.execute(insert(trips).values(**values))
    else:
        tx.connection.execute(update(trips).where(place).values(**values))
    tx.log("breaker-tripped", guild_id=one.guild_id, detail=f"{one.scope} {one.key}")
    return True


def reset(tx: Transaction, guild_id: int, scope: str, key: str, actor_id: int) -> bool:
    """Switch a breaker back on; the one whose update hits the tripped row was first."""
    place = _place(guild_id, scope, key) & trips.c.is_tripped
    done = tx.connection.execute(update(trips).where(place).values(is_tripped=False, reset_at=tx.now))
    if done.rowcount == 0:
        return False
    tx.log("breaker-reset", guild_id=guild_id, actor_id=actor_id, detail=f"{scope} {key}")
    return True


def _place(guild_id: int, scope: str, key: str) -> ColumnElement[bool]:
    return (trips.c.guild_id == guild_id) & (trips.c.scope == scope) & (trips.c.key == key)
