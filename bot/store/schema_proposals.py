"""The table of modes that the bot proposed to a forum's admins. Holds no queries."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from bot.store.schema import UtcTime, metadata, snowflake

# One row a step, so that nobody is asked twice. ``until`` is set where an admin put it off: it may be asked again then.
proposals = Table(
    "proposals",
    metadata,
    snowflake("guild_id"),
    snowflake("forum_id"),
    Column("mode", String(16), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("until", UtcTime),
)
