"""The tables, written once for SQLite and Postgres; more are in ``schema_notes`` and ``schema_desk``. Holds no queries.

What is not here on purpose: a member's id and any count by member. Columns typed ``LargeBinary`` hold sealed text
(see ``encryption``) and are emptied by ``expire`` and ``withdraw``; everything else is ids, codes, numbers and times.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UtcTime(TypeDecorator[datetime]):
    """A moment as microseconds since 1970 UTC: sorts, compares and round-trips alike in both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuse a naive time: nobody could say later which clock it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("The store keeps times with a time zone only.")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC time."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class PostState(StrEnum):
    """Where a post stands: claimed, judged, given up, taken back with its text erased, or forgotten with its author.

    Of a ``FORGOTTEN`` post only the place is left, so that it is never taken on again.
    """

    PENDING = "pending"
    DECIDED = "decided"
    GIVEN_UP = "given-up"
    WITHDRAWN = "withdrawn"
    FORGOTTEN = "forgotten"


class OutboxState(StrEnum):
    """Where a promised reply stands."""

    DUE = "due"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class ReviewState(StrEnum):
    """Where a review item stands; only ``OPEN`` ones can be resolved."""

    OPEN = "open"
    CLOSED = "closed"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ContestState(StrEnum):
    """Where a member's objection stands; only ``OPEN`` ones are shown to moderators."""

    OPEN = "open"
    CLOSED = "closed"


# A SQLite row id must be declared INTEGER; Postgres gets 64 bits as well.
_RowId = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def row_id() -> Column[int]:
    """A number that is never used twice: review ids live on in buttons of old messages."""
    return Column("id", _RowId, primary_key=True, autoincrement=True)


def snowflake(name: str) -> Column[int]:
    """A Discord id given by Discord, never by the database."""
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

forums = Table(
    "forums",
    metadata,
    snowflake("guild_id"),
    snowflake("forum_id"),
    Column("mode", String(16), nullable=False),
    Column("moderators_channel_id", BigInteger),
)

thresholds = Table(
    "thresholds",
    metadata,
    snowflake("guild_id"),
    Column("scope", String(16), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("review", Double, nullable=False),
    Column("reply", Double, nullable=False),
)

# ``author`` is a keyed digest bound to the server. It serves erasing, exporting and opting out alone: nothing may be
# counted or listed by it otherwise. Rows from before it was kept have none, and forgetting empties it.
posts = Table(
    "posts",
    metadata,
    snowflake("post_id"),
    Column("guild_id", BigInteger, nullable=False),
    Column("forum_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("text_hash", String(64)),
    Column("claimed_at", UtcTime, nullable=False),
    Column("author", String(64), index=True),
    Index(None, "state", "claimed_at"),
    Index(None, "guild_id", "claimed_at"),
)

# One row a post: an edit's decision replaces the one before; the audit keeps both. ``best`` is the highest score.
decisions = Table(
    "decisions",
    metadata,
    Column("post_id", ForeignKey("posts.post_id"), primary_key=True, autoincrement=False),
    Column("action", String(16), nullable=False),
    Column("would_be", String(16), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("claim_ids", JSON, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("thresholds", JSON(none_as_null=True)),
    Column("decided_at", UtcTime, nullable=False),
    Column("best", Double),
)

outbox = Table(
    "outbox",
    metadata,
    row_id(),
    Column("post_id", ForeignKey("posts.post_id"), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", UtcTime),
    Column("message_id", BigInteger, unique=True),
    Column("claim_ids", JSON, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("thresholds", JSON(none_as_null=True)),
    Column("reply", LargeBinary),
    Column("created_at", UtcTime, nullable=False),
    Column("deleted_at", UtcTime),
    Column("sent_at", UtcTime),
    Index(None, "state", "retry_at"),
    sqlite_autoincrement=True,
)

# The primary key is the promise: one reply a claim and thread.
outbox_claims = Table(
    "outbox_claims",
    metadata,
    snowflake("thread_id"),
    Column("claim_id", String(200), primary_key=True, index=True),
    Column("outbox_id", ForeignKey("outbox.id"), nullable=False, index=True),
)

reviews = Table(
    "reviews",
    metadata,
    row_id(),
    Column("post_id", ForeignKey("posts.post_id"), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("card_message_id", BigInteger),
    Column("claim_ids", JSON, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("thresholds", JSON(none_as_null=True)),
    Column("reply", LargeBinary),
    Column("excerpt", LargeBinary),
    Column("created_at", UtcTime, nullable=False),
    Column("outcome", String(40)),
    Column("resolved_by", BigInteger),
    Column("resolved_at", UtcTime),
    Column("why", String(16), nullable=False, server_default="screened"),
    Index(None, "state", "created_at"),
    Index(None, "state", "resolved_at"),
    sqlite_autoincrement=True,
)

# ``member`` is a keyed digest bound to the message: it keeps one vote each and links nobody's votes together.
ratings = Table(
    "ratings",
    metadata,
    snowflake("message_id"),
    Column("member", String(64), primary_key=True),
    Column("is_helpful", Boolean, nullable=False),
    Column("rated_at", UtcTime, nullable=False),
    Column("reasons", JSON, nullable=False, server_default="[]"),
)

# ``member`` is such a digest too: one objection each, which its author may word anew.
contests = Table(
    "contests",
    metadata,
    snowflake("message_id"),
    Column("member", String(64), primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("post_id", ForeignKey("posts.post_id"), nullable=False, index=True),
    Column("words", LargeBinary),
    Column("at", UtcTime, nullable=False),
    Column("state", String(16), nullable=False),
)

# ``asker`` is a digest bound to the server: it counts people there and is erased with the question. Rows from before
# it was kept have none.
requests = Table(
    "requests",
    metadata,
    row_id(),
    Column("guild_id", BigInteger, nullable=False),
    Column("question", LargeBinary),
    Column("created_at", UtcTime, nullable=False),
    Column("asker", String(64)),
    Column("closed_at", UtcTime),
    Index(None, "guild_id", "created_at"),
    sqlite_autoincrement=True,
)

cursors = Table(
    "cursors",
    metadata,
    snowflake("thread_id"),
    Column("forum_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Index(None, "forum_id", "message_id"),
)

audit = Table(
    "audit",
    metadata,
    row_id(),
    Column("at", UtcTime, nullable=False),
    Column("what", String(40), nullable=False),
    Column("guild_id", BigInteger),
    Column("subject_id", BigInteger),
    Column("actor_id", BigInteger),
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,
)
