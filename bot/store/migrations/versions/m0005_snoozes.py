"""Claims that moderators snoozed in one forum for some days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "snoozes",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("forum_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.String(200), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "forum_id", "claim_id", name="pk_snoozes"),
    )
