"""Queries about modes that were proposed to a forum's admins. When to propose one is decided elsewhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select

from bot.core.domain import Mode
from bot.store.rows import Transaction
from bot.store.schema_proposals import proposals


def is_due(tx: Transaction, guild_id: int, forum_id: int, mode: Mode) -> bool:
    """Tell whether the mode was never proposed here, or was put off until a moment that has come."""
    row = tx.connection.execute(select(proposals.c.until).where(*_place(guild_id, forum_id, mode))).first()
    return row is None or (row.until is not None and row.until <= tx.now)


def keep(tx: Transaction, guild_id: int, forum_id: int, mode: Mode, until: datetime | None) -> None:
    """Keep that the mode was proposed, in place of what was kept before."""
    tx.connection.execute(delete(proposals).where(*_place(guild_id, forum_id, mode)))
    tx.connection.execute(
        insert(proposals).values(guild_id=guild_id, forum_id=forum_id, mode=mode, at=tx.now, until=until)
    )


def _place(guild_id: int, forum_id: int, mode: Mode) -> tuple[ColumnElement[bool], ...]:
    columns = proposals.c
    return columns.guild_id == guild_id, columns.forum_id == forum_id, columns.mode == mode
