"""What admins and members decide for a server, and what is needed to find a member's rows when they ask for it.

Posts from before keep no author: nothing in the database says who wrote them. Their highest score is filled in.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_BATCH = 1_000


def upgrade() -> None:
    """Create the desk's tables and add to those of posts and replies."""
    _create_server_settings()
    _create_breakers()
    _create_scans()
    _create_opt_outs()
    _add_columns()
    _fill_in_best_scores()


def _required(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    """A part of a primary key that the database never numbers by itself."""
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def _create_server_settings() -> None:
    op.create_table(
        "servers",
        _key("guild_id", sa.BigInteger()),
        sa.Column("moderators_channel_id", sa.BigInteger()),
        sa.Column("moderator_role_id", sa.BigInteger()),
        _required("posts_report", sa.Boolean()),
        _required("is_set_up", sa.Boolean()),
        sa.Column("reported_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("guild_id", name="pk_servers"),
    )
    op.create_table(
        "threshold_changes",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        _required("guild_id", sa.BigInteger()),
        _required("at", sa.BigInteger()),
        _required("actor_id", sa.BigInteger()),
        _required("scope", sa.String(16)),
        _required("key", sa.String(200)),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="pk_threshold_changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_threshold_changes_guild_id_scope_key", "threshold_changes", ["guild_id", "scope", "key"])


def _create_breakers() -> None:
    op.create_table(
        "trips",
        _key("guild_id", sa.BigInteger()),
        _required("scope", sa.String(16)),
        _required("key", sa.String(200)),
        _required("at", sa.BigInteger()),
        _required("sentence", sa.Text()),
        _required("is_tripped", sa.Boolean()),
        sa.Column("reset_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("guild_id", "scope", "key", name="pk_trips"),
    )


def _create_scans() -> None:
    op.create_table(
        "scans",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        _required("guild_id", sa.BigInteger()),
        _required("forum_id", sa.BigInteger()),
        _required("started_by", sa.BigInteger()),
        _required("started_at", sa.BigInteger()),
        _required("state", sa.String(16)),
        _required("threads_done", sa.JSON()),
        sa.Column("cursor_thread_id", sa.BigInteger()),
        sa.Column("cursor_message_id", sa.BigInteger()),
        _required("seen", sa.Integer()),
        _required("would_reply", sa.Integer()),
        _required("would_review", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_scans"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_scans_state_guild_id", "scans", ["state", "guild_id"])
    op.create_table(
        "scan_hits",
        _key("scan_id", _ROW_ID),
        _key("post_id", sa.BigInteger()),
        _required("guild_id", sa.BigInteger()),
        _required("forum_id", sa.BigInteger()),
        _required("thread_id", sa.BigInteger()),
        sa.Column("author", sa.String(64)),
        _required("action", sa.String(16)),
        _required("p_asserts", sa.Double()),
        _required("finding", sa.JSON()),
        sa.PrimaryKeyConstraint("scan_id", "post_id", name="pk_scan_hits"),
        sa.ForeignKeyConstraint(["scan_id"], ["scans.id"], name="fk_scan_hits_scan_id"),
    )
    op.create_index("ix_scan_hits_author", "scan_hits", ["author"])


def _create_opt_outs() -> None:
    op.create_table(
        "opt_outs",
        _key("guild_id", sa.BigInteger()),
        _required("member", sa.String(64)),
        _required("at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("guild_id", "member", name="pk_opt_outs"),
    )


def _add_columns() -> None:
    op.add_column("posts", sa.Column("author", sa.String(64)))
    op.create_index("ix_posts_author", "posts", ["author"])
    op.create_index("ix_posts_guild_id_claimed_at", "posts", ["guild_id", "claimed_at"])
    op.add_column("decisions", sa.Column("best", sa.Double()))
    op.add_column("outbox", sa.Column("sent_at", sa.BigInteger()))
    op.create_index("ix_reviews_state_resolved_at", "reviews", ["state", "resolved_at"])


def _fill_in_best_scores() -> None:
    """Go through the decisions in batches: all their findings at once might not fit the memory."""
    connection = op.get_bind()
    batch = sa.text("SELECT post_id, findings FROM decisions WHERE post_id > :last ORDER BY post_id LIMIT :size")
    fill = sa.text("UPDATE decisions SET best = :best WHERE post_id = :post")
    last = -1
    while rows := connection.execute(batch, {"last": last, "size": _BATCH}).fetchall():
        connection.execute(fill, [{"post": row.post_id, "best": _best(row.findings)} for row in rows])
        last = rows[-1].post_id


def _best(findings: str | list[dict[str, Any]]) -> float | None:
    found = json.loads(findings) if isinstance(findings, str) else findings
    return max((finding["p_asserts"] for finding in found), default=None)
