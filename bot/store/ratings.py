"""Queries about ratings: one a member and reply, and counts. Returns no rater, not even a digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select

from bot.core.ratings import RatingReason, RatingSummary, check_reasons
from bot.store.rows import Transaction
from bot.store.schema import OutboxState, outbox, outbox_claims, posts, ratings


def rate(tx: Transaction, message_id: int, member_id: int, is_helpful: bool, reasons: Sequence[str]) -> None:
    """Keep one rating a member and message; the member's digest differs from message to message."""
    tags = list(check_reasons(is_helpful, reasons))
    member = tx.vault.digest("rating", message_id, member_id)
    tx.connection.execute(delete(ratings).where(ratings.c.message_id == message_id, ratings.c.member == member))
    tx.connection.execute(
        insert(ratings).values(
            message_id=message_id, member=member, is_helpful=is_helpful, rated_at=tx.now, reasons=tags
        )
    )


def counts(tx: Transaction, message_id: int) -> tuple[int, int]:
    """Return how many found the reply helpful and how many did not."""
    query = select(ratings.c.is_helpful, func.count()).where(ratings.c.message_id == message_id)
    found = {row[0]: row[1] for row in tx.connection.execute(query.group_by(ratings.c.is_helpful))}
    return found.get(True, 0), found.get(False, 0)


def summary(tx: Transaction, guild_id: int, note_id: str) -> RatingSummary:
    """Count the ratings of the replies that stand in the server with the note in them, and their reasons."""
    rows = tx.connection.execute(
        select(ratings.c.is_helpful, ratings.c.reasons)
        .join_from(ratings, outbox, ratings.c.message_id == outbox.c.message_id)
        .join(posts, outbox.c.post_id == posts.c.post_id)
        .join(outbox_claims, outbox_claims.c.outbox_id == outbox.c.id)
        .where(posts.c.guild_id == guild_id, outbox_claims.c.claim_id == note_id, outbox.c.state == OutboxState.SENT)
    ).all()
    helpful = sum(row.is_helpful for row in rows)
    tags = Counter(RatingReason(tag) for row in rows for tag in row.reasons)
    return RatingSummary(helpful, len(rows) - helpful, {tag: tags[tag] for tag in RatingReason if tags[tag]})
