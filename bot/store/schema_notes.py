"""The tables of the servers' notes: where each stands, its kept texts, who approved them, and replies to be edited.

A note's text is its Markdown file. It is an editor's work and no member's words, so it is not sealed.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, Column, Date, ForeignKey, ForeignKeyConstraint, Index, Integer, String, Table, Text

from bot.store.schema import UtcTime, metadata, row_id, snowflake


class EditState(StrEnum):
    """Where the edit of a posted reply stands."""

    DUE = "due"
    DONE = "done"
    FAILED = "failed"


def _note_id() -> Column[str]:
    return Column("note_id", String(200), primary_key=True)


# ``review_due`` is the served text's, because that one goes stale; before the first approval it is the newest text's.
note_heads = Table(
    "note_heads",
    metadata,
    snowflake("guild_id"),
    _note_id(),
    Column("state", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("served", Integer),
    Column("claim", Text, nullable=False),
    Column("review_due", Date, nullable=False),
    Column("retired_because", Text),
    Column("updated_at", UtcTime, nullable=False),
    Index(None, "state", "review_due"),
)

# Only ``served_at`` is ever written to a row that stands: when the text was first used in replies, if it was.
note_revisions = Table(
    "note_revisions",
    metadata,
    snowflake("guild_id"),
    _note_id(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("author_id", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("served_at", UtcTime),
    ForeignKeyConstraint(["guild_id", "note_id"], ["note_heads.guild_id", "note_heads.note_id"]),
)

# The primary key is the promise: one approval a curator and text.
note_approvals = Table(
    "note_approvals",
    metadata,
    snowflake("guild_id"),
    _note_id(),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    snowflake("curator_id"),
    Column("at", UtcTime, nullable=False),
    ForeignKeyConstraint(
        ["guild_id", "note_id", "revision"],
        ["note_revisions.guild_id", "note_revisions.note_id", "note_revisions.number"],
    ),
)

note_rules = Table(
    "note_rules",
    metadata,
    snowflake("guild_id"),
    Column("approvals", Integer, nullable=False),
    Column("curator_role_id", BigInteger),
    Column("pack", String(16), nullable=False),
)

# One row a reply. A newer change takes the older one's place under a new id, so that whoever carried out the older one
# cannot tick off the newer.
reply_edits = Table(
    "reply_edits",
    metadata,
    row_id(),
    Column("outbox_id", ForeignKey("outbox.id"), nullable=False, unique=True),
    Column("note_id", String(200), nullable=False),
    Column("change", String(16), nullable=False),
    Column("changed_on", Date, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", UtcTime),
    Index(None, "state", "retry_at"),
    sqlite_autoincrement=True,
)
