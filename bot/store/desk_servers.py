"""Queries about what an admin chose for a whole server, and when its weekly report was last posted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from bot.core.desk_ports import ServerSettings
from bot.store.rows import Transaction
from bot.store.schema_desk import servers


def find(tx: Transaction, guild_id: int) -> ServerSettings:
    """Return the server's settings."""
    row = tx.connection.execute(select(servers).where(servers.c.guild_id == guild_id)).first()
    return ServerSettings(guild_id) if row is None else _settings(row)


def put(tx: Transaction, settings: ServerSettings, actor_id: int) -> None:
    """Insert or replace the server's settings; the mark of its last report stays."""
    values = {
        "moderators_channel_id": settings.moderators_channel_id,
        "moderator_role_id": settings.moderator_role_id,
        "posts_report": settings.posts_report,
        "is_set_up": settings.is_set_up,
    }
    place = servers.c.guild_id == settings.guild_id
    if tx.connection.execute(update(servers).where(place).values(**values)).rowcount == 0:
        tx.connection.execute(insert(servers).values(guild_id=settings.guild_id, **values))
    detail = " ".join(f"{name.replace('_', '-')} {value}" for name, value in values.items())
    tx.log("server-set", guild_id=settings.guild_id, actor_id=actor_id, detail=detail)


def reports_due(tx: Transaction, before: datetime) -> tuple[ServerSettings, ...]:
    """Return the servers to be reported to, by their ids."""
    is_due = or_(servers.c.reported_at.is_(None), servers.c.reported_at < before)
    rows = tx.connection.execute(select(servers).where(servers.c.posts_report, is_due).order_by(servers.c.guild_id))
    return tuple(_settings(row) for row in rows)


def mark_reported(tx: Transaction, guild_id: int, at: datetime) -> None:
    """Note when the report was posted; a server without settings wishes for none."""
    tx.connection.execute(update(servers).where(servers.c.guild_id == guild_id).values(reported_at=at))


def _settings(row: Row[Any]) -> ServerSettings:
    return ServerSettings(
        guild_id=row.guild_id,
        moderators_channel_id=row.moderators_channel_id,
        moderator_role_id=row.moderator_role_id,
        posts_report=row.posts_report,
        is_set_up=row.is_set_up,
    )
