"""Notes of each server's own, edits of posted replies, contests, and reasons beside ratings.

A server that watches a forum had the starter pack so far, so it is marked to take it at the next start.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the notes' tables and add to those of the replies."""
    _create_notes()
    _create_rules()
    _create_edits()
    _create_contests()
    _add_columns()


def _required(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    """A part of a primary key that the database never numbers by itself."""
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def _create_notes() -> None:
    op.create_table(
        "note_heads",
        _key("guild_id", sa.BigInteger()),
        _required("note_id", sa.String(200)),
        _required("state", sa.String(16)),
        _required("revision", sa.Integer()),
        sa.Column("served", sa.Integer()),
        _required("claim", sa.Text()),
        _required("review_due", sa.Date()),
        sa.Column("retired_because", sa.Text()),
        _required("updated_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("guild_id", "note_id", name="pk_note_heads"),
    )
    op.create_index("ix_note_heads_state_review_due", "note_heads", ["state", "review_due"])
    op.create_table(
        "note_revisions",
        _key("guild_id", sa.BigInteger()),
        _required("note_id", sa.String(200)),
        _key("number", sa.Integer()),
        _required("text", sa.Text()),
        _required("author_id", sa.BigInteger()),
        _required("reason", sa.Text()),
        _required("at", sa.BigInteger()),
        sa.Column("served_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("guild_id", "note_id", "number", name="pk_note_revisions"),
        sa.ForeignKeyConstraint(
            ["guild_id", "note_id"],
            ["note_heads.guild_id", "note_heads.note_id"],
            name="fk_note_revisions_guild_id_note_id",
        ),
    )
    op.create_table(
        "note_approvals",
        _key("guild_id", sa.BigInteger()),
        _required("note_id", sa.String(200)),
        _key("revision", sa.Integer()),
        _key("curator_id", sa.BigInteger()),
        _required("at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("guild_id", "note_id", "revision", "curator_id", name="pk_note_approvals"),
        sa.ForeignKeyConstraint(
            ["guild_id", "note_id", "revision"],
            ["note_revisions.guild_id", "note_revisions.note_id", "note_revisions.number"],
            name="fk_note_approvals_guild_id_note_id_revision",
        ),
    )


def _create_rules() -> None:
    op.create_table(
        "note_rules",
        _key("guild_id", sa.BigInteger()),
        _required("approvals", sa.Integer()),
        sa.Column("curator_role_id", sa.BigInteger()),
        _required("pack", sa.String(16)),
        sa.PrimaryKeyConstraint("guild_id", name="pk_note_rules"),
    )
    op.execute("INSERT INTO note_rules (guild_id, approvals, pack) SELECT DISTINCT guild_id, 2, 'take' FROM forums")


def _create_edits() -> None:
    op.create_table(
        "reply_edits",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        _required("outbox_id", _ROW_ID),
        _required("note_id", sa.String(200)),
        _required("change", sa.String(16)),
        _required("changed_on", sa.Date()),
        _required("state", sa.String(16)),
        _required("attempts", sa.Integer()),
        sa.Column("retry_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_reply_edits"),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_reply_edits_outbox_id"),
        sa.UniqueConstraint("outbox_id", name="uq_reply_edits_outbox_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reply_edits_state_retry_at", "reply_edits", ["state", "retry_at"])
    op.create_index("ix_outbox_claims_claim_id", "outbox_claims", ["claim_id"])


def _create_contests() -> None:
    op.create_table(
        "contests",
        _key("message_id", sa.BigInteger()),
        _required("member", sa.String(64)),
        _required("guild_id", sa.BigInteger()),
        _required("post_id", sa.BigInteger()),
        sa.Column("words", sa.LargeBinary()),
        _required("at", sa.BigInteger()),
        _required("state", sa.String(16)),
        sa.PrimaryKeyConstraint("message_id", "member", name="pk_contests"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.post_id"], name="fk_contests_post_id"),
    )
    op.create_index("ix_contests_post_id", "contests", ["post_id"])


def _add_columns() -> None:
    op.add_column("reviews", sa.Column("why", sa.String(16), nullable=False, server_default="screened"))
    op.add_column("ratings", sa.Column("reasons", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("requests", sa.Column("asker", sa.String(64)))
    op.add_column("requests", sa.Column("closed_at", sa.BigInteger()))
