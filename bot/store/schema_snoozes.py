"""The table of claims that moderators snoozed in a forum. Holds no queries."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table

from bot.store.schema import UtcTime, metadata, snowflake

# ``actor_id`` is the moderator who snoozed it last; the audit has them all.
snoozes = Table(
    "snoozes",
    metadata,
    snowflake("guild_id"),
    snowflake("forum_id"),
    Column("claim_id", String(200), primary_key=True),
    Column("until", UtcTime, nullable=False),
    Column("actor_id", BigInteger, nullable=False),
)
