"""Queries about review items: asked once a post, resolved once. Who may resolve them is decided elsewhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update

from bot.core.domain import Reply
from bot.core.ports import PostRef, ReviewItem
from bot.store import outbox
from bot.store.rows import (
    Transaction,
    erased_reply,
    findings_from_json,
    findings_to_json,
    post_ref,
    seal_reply,
    thresholds_from_json,
    thresholds_to_json,
    unseal_reply,
)
from bot.store.schema import ReviewState, posts, reviews

POSTED = "posted"

_WITH_POST = select(reviews, posts.c.guild_id, posts.c.forum_id, posts.c.thread_id).join_from(
    reviews, posts, reviews.c.post_id == posts.c.post_id
)


def ask(tx: Transaction, post: PostRef, draft: outbox.Draft, excerpt: str | None) -> ReviewItem | None:
    """Open the post's review item; None when it was answered or a moderator has decided it already.

    An edit renews the text of an item that is open: it keeps its id and card, and the card is to be edited.
    One that was withdrawn, or expired undecided, opens again and needs a new card.
    """
    if outbox.has_row(tx, post.post_id):
        return None
    values: dict[str, object] = {
        "state": ReviewState.OPEN,
        "claim_ids": list(draft.reply.claim_ids),
        "findings": findings_to_json(draft.findings),
        "thresholds": thresholds_to_json(draft.thresholds),
        "reply": seal_reply(tx.vault, draft.reply),
        "excerpt": None if excerpt is None else tx.vault.seal(excerpt),
    }
    row = _by(tx, reviews.c.post_id == post.post_id)
    if row is None:
        tx.connection.execute(insert(reviews).values(post_id=post.post_id, created_at=tx.now, **values))
    elif row.state == ReviewState.OPEN:
        tx.connection.execute(update(reviews).where(reviews.c.id == row.id).values(**values))
    elif row.state in (ReviewState.WITHDRAWN, ReviewState.EXPIRED):
        values.update(card_message_id=None, created_at=tx.now)
        tx.connection.execute(update(reviews).where(reviews.c.id == row.id).values(**values))
    else:
        return None
    return find(tx, post_id=post.post_id)


def without_card(tx: Transaction, limit: int) -> tuple[ReviewItem, ...]:
    """Return open items that no card shows yet, oldest first."""
    rows = tx.connection.execute(
        _WITH_POST.where(reviews.c.state == ReviewState.OPEN, reviews.c.card_message_id.is_(None))
        .order_by(reviews.c.created_at, reviews.c.id)
        .limit(limit)
    )
    return tuple(_item(tx, row) for row in rows)


def mark_card(tx: Transaction, item_id: int, message_id: int) -> None:
    """Note the card; a later one replaces it."""
    tx.connection.execute(update(reviews).where(reviews.c.id == item_id).values(card_message_id=message_id))


def find(tx: Transaction, item_id: int | None = None, post_id: int | None = None) -> ReviewItem | None:
    """Return one item by its own id or its post's, in whatever state."""
    row = _by(tx, reviews.c.id == item_id if item_id is not None else reviews.c.post_id == post_id)
    return None if row is None else _item(tx, row)


def resolve(tx: Transaction, item_id: int, actor_id: int, outcome: str, reply: Reply | None) -> ReviewItem | None:
    """Close an open item and say so in the audit; the one whose update hits the open row wins.

    With outcome ``posted`` the reply is promised too: the item's own, or the moderator's edited ``reply``. Where
    another post in the thread got the answer meanwhile nothing is promised, and the audit says so.
    """
    closed = tx.connection.execute(
        update(reviews)
        .where(reviews.c.id == item_id, reviews.c.state == ReviewState.OPEN)
        .values(state=ReviewState.CLOSED, outcome=outcome, resolved_by=actor_id, resolved_at=tx.now)
        .returning(reviews.c.id)
    ).first()
    item = find(tx, item_id) if closed else None
    if item is None:
        return None
    detail = outcome
    if outcome == POSTED:
        draft = outbox.Draft(reply or item.reply, item.findings, item.thresholds)
        if outbox.promise(tx, item.post, draft) is None:
            detail = f"{outcome} already-answered"
    tx.log(
        "review-resolved", guild_id=item.post.guild_id, subject_id=item.post.post_id, actor_id=actor_id, detail=detail
    )
    return item


def result(tx: Transaction, item_id: int) -> tuple[int, str] | None:
    """Return who resolved an item and how, None while nobody has."""
    row = tx.connection.execute(select(reviews.c.resolved_by, reviews.c.outcome).where(reviews.c.id == item_id)).first()
    return None if row is None or row.resolved_by is None else (row.resolved_by, row.outcome)


def supersede(tx: Transaction, post_id: int) -> None:
    """Close the post's open item because the bot answers by itself now."""
    _end_open(tx, post_id, ReviewState.SUPERSEDED)


def withdraw(tx: Transaction, post_id: int) -> None:
    """Close the post's open item and erase the text of any."""
    _end_open(tx, post_id, ReviewState.WITHDRAWN)
    tx.connection.execute(update(reviews).where(reviews.c.post_id == post_id).values(reply=None, excerpt=None))


def _end_open(tx: Transaction, post_id: int, state: ReviewState) -> None:
    tx.connection.execute(
        update(reviews).where(reviews.c.post_id == post_id, reviews.c.state == ReviewState.OPEN).values(state=state)
    )


def _by(tx: Transaction, condition: ColumnElement[bool]) -> Row[Any] | None:
    return tx.connection.execute(_WITH_POST.where(condition)).first()


def _item(tx: Transaction, row: Row[Any]) -> ReviewItem:
    return ReviewItem(
        id=row.id,
        post=post_ref(row),
        reply=unseal_reply(tx.vault, row.reply) or erased_reply(row.post_id, row.claim_ids),
        findings=findings_from_json(row.findings),
        thresholds=thresholds_from_json(row.thresholds),
        excerpt=tx.vault.unseal(row.excerpt),
        card_message_id=row.card_message_id,
        created_at=row.created_at,
    )
