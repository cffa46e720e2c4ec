"""Queries that erase a member: what hangs on their posts, and their own ratings, objections and questions.

The audit is left alone: it holds ids of posts and codes, no words and no author.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, Table, delete, or_, select, update

from bot.core.ports import PostRef
from bot.core.review import CONTESTED
from bot.store import demands, desk_members
from bot.store import posts as claimed
from bot.store.rows import Transaction, post_ref
from bot.store.schema import (
    ContestState,
    OutboxState,
    PostState,
    ReviewState,
    contests,
    decisions,
    outbox,
    outbox_claims,
    posts,
    ratings,
    requests,
    reviews,
)
from bot.store.schema_desk import scan_hits
from bot.store.schema_notes import reply_edits

_NO_FINDINGS: dict[str, object] = {"claim_ids": [], "findings": [], "thresholds": None}


def forget(tx: Transaction, guild_id: int, member_id: int) -> tuple[PostRef, ...]:
    """Erase the member; return the posts whose replies or cards still show something of them."""
    member = claimed.author(tx, guild_id, member_id)
    mine = select(posts.c.post_id).where(posts.c.author == member)
    shown = {*_still_shown(tx, mine), *_forget_objections(tx, guild_id, member_id)}
    _forget_replies(tx, mine)
    _forget_reviews(tx, mine)
    tx.connection.execute(delete(decisions).where(decisions.c.post_id.in_(mine)))
    tx.connection.execute(delete(scan_hits).where(scan_hits.c.author == member))
    tx.connection.execute(delete(requests).where(requests.c.asker == demands.asker(tx, guild_id, member_id)))
    for row in desk_members.own_ratings(tx, guild_id, member_id):
        _delete_one(tx, ratings, row.message_id, row.member)
    tx.connection.execute(
        update(posts).where(posts.c.author == member).values(state=PostState.FORGOTTEN, text_hash=None, author=None)
    )
    tx.log("member-forgotten", guild_id=guild_id)
    return tuple(sorted(shown, key=lambda post: post.post_id))


def _still_shown(tx: Transaction, mine: Select[tuple[int]]) -> set[PostRef]:
    """Return the posts with a message of ours that is not known to be gone: a reply, or a card whatever its state."""
    standing = outbox.c.message_id.is_not(None) & outbox.c.deleted_at.is_(None)
    rows = tx.connection.execute(
        select(posts)
        .outerjoin_from(posts, outbox, outbox.c.post_id == posts.c.post_id)
        .outerjoin(reviews, reviews.c.post_id == posts.c.post_id)
        .where(posts.c.post_id.in_(mine), or_(standing, reviews.c.card_message_id.is_not(None)))
    )
    return {post_ref(row) for row in rows}


def _forget_replies(tx: Transaction, mine: Select[tuple[int]]) -> None:
    """Withdraw the replies; of each only the message that is to be deleted stays known."""
    items = select(outbox.c.id).where(outbox.c.post_id.in_(mine))
    tx.connection.execute(delete(outbox_claims).where(outbox_claims.c.outbox_id.in_(items)))
    tx.connection.execute(delete(reply_edits).where(reply_edits.c.outbox_id.in_(items)))
    tx.connection.execute(
        update(outbox)
        .where(outbox.c.post_id.in_(mine))
        .values(state=OutboxState.WITHDRAWN, retry_at=None, reply=None, **_NO_FINDINGS)
    )


def _forget_reviews(tx: Transaction, mine: Select[tuple[int]]) -> None:
    """Close what is open and empty the rest: an old card's button finds its item, and nothing in it."""
    _close(tx, reviews.c.post_id.in_(mine))
    tx.connection.execute(
        update(reviews).where(reviews.c.post_id.in_(mine)).values(reply=None, excerpt=None, **_NO_FINDINGS)
    )
    place = contests.c.post_id.in_(mine)
    tx.connection.execute(update(contests).where(place).values(state=ContestState.CLOSED, words=None))


def _forget_objections(tx: Transaction, guild_id: int, member_id: int) -> set[PostRef]:
    """Delete what the member objected to others' replies; return the posts whose open cards quote it.

    A card that no other objection keeps open is closed; one that stays open is to be sent anew.
    """
    quoted: set[PostRef] = set()
    for row in desk_members.own_contests(tx, guild_id, member_id):
        _delete_one(tx, contests, row.message_id, row.member)
        item = (reviews.c.post_id == row.post_id) & (reviews.c.why == CONTESTED)
        left = select(contests.c.post_id).where(
            contests.c.post_id == row.post_id, contests.c.state == ContestState.OPEN
        )
        if tx.connection.execute(left).first() is None:
            _close(tx, item)
        else:
            tx.connection.execute(update(reviews).where(item).values(card_message_id=None))
        place = tx.connection.execute(select(posts).where(posts.c.post_id == row.post_id)).one()
        quoted.add(post_ref(place))
    return quoted


def _close(tx: Transaction, items: ColumnElement[bool]) -> None:
    tx.connection.execute(
        update(reviews).where(items, reviews.c.state == ReviewState.OPEN).values(state=ReviewState.WITHDRAWN)
    )


def _delete_one(tx: Transaction, table: Table, message_id: int, member: str) -> None:
    tx.connection.execute(delete(table).where(table.c.message_id == message_id, table.c.member == member))
