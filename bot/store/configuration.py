"""Queries about what admins set: watched forums and threshold overrides. Which override wins, ``policy`` says.

Overrides are only read here: see ``desk_thresholds``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select, update

from bot.core.domain import ForumSettings, Mode, Thresholds
from bot.core.ports import ThresholdRow
from bot.store.rows import Transaction
from bot.store.schema import forums, thresholds


def find_forum(tx: Transaction, guild_id: int, forum_id: int) -> ForumSettings | None:
    """Return one channel's settings."""
    query = select(forums).where(forums.c.guild_id == guild_id, forums.c.forum_id == forum_id)
    row = tx.connection.execute(query).first()
    return None if row is None else _settings(row)


def list_forums(tx: Transaction, guild_id: int | None) -> tuple[ForumSettings, ...]:
    """Return the channels of one server or of all, by their ids."""
    query = select(forums).order_by(forums.c.guild_id, forums.c.forum_id)
    if guild_id is not None:
        query = query.where(forums.c.guild_id == guild_id)
    return tuple(_settings(row) for row in tx.connection.execute(query))


def put_forum(tx: Transaction, settings: ForumSettings, actor_id: int) -> None:
    """Insert or replace one channel's settings."""
    values = {"mode": settings.mode, "moderators_channel_id": settings.moderators_channel_id}
    place = (forums.c.guild_id == settings.guild_id) & (forums.c.forum_id == settings.forum_id)
    if tx.connection.execute(update(forums).where(place).values(**values)).rowcount == 0:
        tx.connection.execute(insert(forums).values(guild_id=settings.guild_id, forum_id=settings.forum_id, **values))
    tx.log(
        "forum-set",
        guild_id=settings.guild_id,
        subject_id=settings.forum_id,
        actor_id=actor_id,
        detail=f"mode {settings.mode} moderators-channel {settings.moderators_channel_id}",
    )


def list_thresholds(tx: Transaction, guild_id: int) -> tuple[ThresholdRow, ...]:
    """Return the server's overrides in a fixed order."""
    query = select(thresholds).where(thresholds.c.guild_id == guild_id).order_by(thresholds.c.scope, thresholds.c.key)
    return tuple(
        ThresholdRow(row.scope, row.key, Thresholds(row.review, row.reply)) for row in tx.connection.execute(query)
    )


def _settings(row: Row[Any]) -> ForumSettings:
    return ForumSettings(row.guild_id, row.forum_id, Mode(row.mode), row.moderators_channel_id)
