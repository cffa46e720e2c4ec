"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create every table of the first version."""
    _create_settings()
    _create_posts()
    _create_outbox()
    _create_reviews()
    _create_members_words()
    _create_audit()


def _row_id() -> sa.Column[int]:
    return sa.Column("id", _ROW_ID, autoincrement=True, nullable=False)


def _required(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _create_settings() -> None:
    op.create_table(
        "meta",
        _required("name", sa.String(40)),
        _required("value", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "forums",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("forum_id", sa.BigInteger(), autoincrement=False, nullable=False),
        _required("mode", sa.String(16)),
        sa.Column("moderators_channel_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("guild_id", "forum_id", name="pk_forums"),
    )
    op.create_table(
        "thresholds",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        _required("scope", sa.String(16)),
        _required("key", sa.String(200)),
        _required("review", sa.Double()),
        _required("reply", sa.Double()),
        sa.PrimaryKeyConstraint("guild_id", "scope", "key", name="pk_thresholds"),
    )


def _create_posts() -> None:
    op.create_table(
        "posts",
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        _required("guild_id", sa.BigInteger()),
        _required("forum_id", sa.BigInteger()),
        _required("thread_id", sa.BigInteger()),
        _required("state", sa.String(16)),
        sa.Column("text_hash", sa.String(64)),
        _required("claimed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("post_id", name="pk_posts"),
    )
    op.create_index("ix_posts_state_claimed_at", "posts", ["state", "claimed_at"])
    op.create_table(
        "decisions",
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        _required("action", sa.String(16)),
        _required("would_be", sa.String(16)),
        _required("mode", sa.String(16)),
        _required("reasons", sa.JSON()),
        _required("claim_ids", sa.JSON()),
        _required("findings", sa.JSON()),
        sa.Column("thresholds", sa.JSON()),
        _required("decided_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("post_id", name="pk_decisions"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.post_id"], name="fk_decisions_post_id"),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        _row_id(),
        _required("post_id", sa.BigInteger()),
        _required("state", sa.String(16)),
        _required("attempts", sa.Integer()),
        sa.Column("retry_at", sa.BigInteger()),
        sa.Column("message_id", sa.BigInteger()),
        _required("claim_ids", sa.JSON()),
        _required("findings", sa.JSON()),
        sa.Column("thresholds", sa.JSON()),
        sa.Column("reply", sa.LargeBinary()),
        _required("created_at", sa.BigInteger()),
        sa.Column("deleted_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.post_id"], name="fk_outbox_post_id"),
        sa.UniqueConstraint("post_id", name="uq_outbox_post_id"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_state_retry_at", "outbox", ["state", "retry_at"])
    op.create_table(
        "outbox_claims",
        sa.Column("thread_id", sa.BigInteger(), autoincrement=False, nullable=False),
        _required("claim_id", sa.String(200)),
        _required("outbox_id", _ROW_ID),
        sa.PrimaryKeyConstraint("thread_id", "claim_id", name="pk_outbox_claims"),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_outbox_claims_outbox_id"),
    )
    op.create_index("ix_outbox_claims_outbox_id", "outbox_claims", ["outbox_id"])


def _create_reviews() -> None:
    op.create_table(
        "reviews",
        _row_id(),
        _required("post_id", sa.BigInteger()),
        _required("state", sa.String(16)),
        sa.Column("card_message_id", sa.BigInteger()),
        _required("claim_ids", sa.JSON()),
        _required("findings", sa.JSON()),
        sa.Column("thresholds", sa.JSON()),
        sa.Column("reply", sa.LargeBinary()),
        sa.Column("excerpt", sa.LargeBinary()),
        _required("created_at", sa.BigInteger()),
        sa.Column("outcome", sa.String(40)),
        sa.Column("resolved_by", sa.BigInteger()),
        sa.Column("resolved_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.post_id"], name="fk_reviews_post_id"),
        sa.UniqueConstraint("post_id", name="uq_reviews_post_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reviews_state_created_at", "reviews", ["state", "created_at"])


def _create_members_words() -> None:
    op.create_table(
        "ratings",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        _required("member", sa.String(64)),
        _required("is_helpful", sa.Boolean()),
        _required("rated_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("message_id", "member", name="pk_ratings"),
    )
    op.create_table(
        "requests",
        _row_id(),
        _required("guild_id", sa.BigInteger()),
        sa.Column("question", sa.LargeBinary()),
        _required("created_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_requests_guild_id_created_at", "requests", ["guild_id", "created_at"])


def _create_audit() -> None:
    op.create_table(
        "cursors",
        sa.Column("thread_id", sa.BigInteger(), autoincrement=False, nullable=False),
        _required("forum_id", sa.BigInteger()),
        _required("message_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("thread_id", name="pk_cursors"),
    )
    op.create_index("ix_cursors_forum_id_message_id", "cursors", ["forum_id", "message_id"])
    op.create_table(
        "audit",
        _row_id(),
        _required("at", sa.BigInteger()),
        _required("what", sa.String(40)),
        sa.Column("guild_id", sa.BigInteger()),
        sa.Column("subject_id", sa.BigInteger()),
        sa.Column("actor_id", sa.BigInteger()),
        _required("detail", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
