"""The tables of what admins, moderators and members decide for a server: settings, history, breakers, scans, opt-outs.

No text of anybody's post is in them. A member is a keyed digest bound to the server, see ``schema.posts``.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, ForeignKey, Index, Integer, String, Table, Text

from bot.store.schema import UtcTime, metadata, row_id, snowflake

servers = Table(
    "servers",
    metadata,
    snowflake("guild_id"),
    Column("moderators_channel_id", BigInteger),
    Column("moderator_role_id", BigInteger),
    Column("posts_report", Boolean, nullable=False),
    Column("is_set_up", Boolean, nullable=False),
    Column("reported_at", UtcTime),
)

# Every change of ``thresholds``, the undoing of one as well; a side without numbers was the default.
threshold_changes = Table(
    "threshold_changes",
    metadata,
    row_id(),
    Column("guild_id", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor_id", BigInteger, nullable=False),
    Column("scope", String(16), nullable=False),
    Column("key", String(200), nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Index(None, "guild_id", "scope", "key"),
    sqlite_autoincrement=True,
)

# One row a breaker. It outlives its reset: decisions from before ``reset_at`` must not trip it once more.
trips = Table(
    "trips",
    metadata,
    snowflake("guild_id"),
    Column("scope", String(16), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("is_tripped", Boolean, nullable=False),
    Column("reset_at", UtcTime),
)

scans = Table(
    "scans",
    metadata,
    row_id(),
    Column("guild_id", BigInteger, nullable=False),
    Column("forum_id", BigInteger, nullable=False),
    Column("started_by", BigInteger, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("threads_done", JSON, nullable=False),
    Column("cursor_thread_id", BigInteger),
    Column("cursor_message_id", BigInteger),
    Column("seen", Integer, nullable=False),
    Column("would_reply", Integer, nullable=False),
    Column("would_review", Integer, nullable=False),
    Index(None, "state", "guild_id"),
    sqlite_autoincrement=True,
)

# ``author`` as in ``schema.posts``: scanned posts are in no other table, and must be found when somebody is forgotten.
scan_hits = Table(
    "scan_hits",
    metadata,
    Column("scan_id", ForeignKey("scans.id"), primary_key=True, autoincrement=False),
    snowflake("post_id"),
    Column("guild_id", BigInteger, nullable=False),
    Column("forum_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),
    Column("author", String(64), index=True),
    Column("action", String(16), nullable=False),
    Column("p_asserts", Double, nullable=False),
    Column("finding", JSON, nullable=False),
)

# ``member`` is the digest that ``posts.author`` holds, so that promises can be cancelled as their member opts out.
opt_outs = Table(
    "opt_outs",
    metadata,
    snowflake("guild_id"),
    Column("member", String(64), primary_key=True),
    Column("at", UtcTime, nullable=False),
)
