"""Queries about review items: asked once a post and again when its reply is contested, resolved once each time.

Who may resolve them is decided elsewhere.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update

from bot.core.domain import Reply
from bot.core.ports import PostRef, ReviewItem, SentReply
from bot.core.review import CONTESTED, SCREENED, WITHDRAWALS, Outcome, require_fit
from bot.core.review_ports import ReviewResult
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
from bot.store.schema import ContestState, ReviewState, contests, posts, reviews

WITH_POST = select(reviews, posts.c.guild_id, posts.c.forum_id, posts.c.thread_id).join_from(
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
        "why": SCREENED,
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


def reopen(tx: Transaction, sent: SentReply) -> None:
    """Ask the moderators about a standing reply again: its post's item opens, or is made, and needs a new card.

    One that is open for another objection stays as it is. What was decided before is left to the audit.
    """
    row = _by(tx, reviews.c.post_id == sent.post.post_id)
    if row is not None and row.state == ReviewState.OPEN and row.why == CONTESTED:
        return
    values: dict[str, object] = {
        "state": ReviewState.OPEN,
        "why": CONTESTED,
        "claim_ids": list(sent.reply.claim_ids),
        "findings": findings_to_json(sent.findings),
        "thresholds": thresholds_to_json(sent.thresholds),
        "reply": seal_reply(tx.vault, sent.reply),
        "card_message_id": None,
        "created_at": tx.now,
        "outcome": None,
        "resolved_by": None,
        "resolved_at": None,
    }
    if row is None:
        tx.connection.execute(insert(reviews).values(post_id=sent.post.post_id, **values))
    else:
        tx.connection.execute(update(reviews).where(reviews.c.id == row.id).values(**values))


def without_card(tx: Transaction, limit: int) -> tuple[ReviewItem, ...]:
    """Return open items that no card shows yet, oldest first."""
    rows = tx.connection.execute(
        WITH_POST.where(reviews.c.state == ReviewState.OPEN, reviews.c.card_message_id.is_(None))
        .order_by(reviews.c.created_at, reviews.c.id)
        .limit(limit)
    )
    return tuple(to_item(tx, row) for row in rows)


def mark_card(tx: Transaction, item_id: int, message_id: int | None) -> None:
    """Note the card; a later one replaces it, and None asks for a new one."""
    tx.connection.execute(update(reviews).where(reviews.c.id == item_id).values(card_message_id=message_id))


def find(tx: Transaction, item_id: int | None = None, post_id: int | None = None) -> ReviewItem | None:
    """Return one item by its own id or its post's, in whatever state."""
    row = _by(tx, reviews.c.id == item_id if item_id is not None else reviews.c.post_id == post_id)
    return None if row is None else to_item(tx, row)


def resolve(tx: Transaction, item_id: int, actor_id: int, outcome: str, reply: Reply | None) -> ReviewItem | None:
    """Close an open item and say so in the audit; the one whose update hits the open row wins.

    With outcome ``posted`` the reply is promised too: the item's own, or the moderator's edited ``reply``. Where
    another post in the thread got the answer meanwhile nothing is promised, and the audit says so. A withdrawal takes
    the contested reply back. Raises BadInput for an outcome that does not fit why the item is open.
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
    require_fit(outcome, item.why)
    detail = outcome
    if outcome == Outcome.POSTED:
        draft = outbox.Draft(reply or item.reply, item.findings, item.thresholds)
        if outbox.promise(tx, item.post, draft) is None:
            detail = f"{outcome} already-answered"
    elif outcome in WITHDRAWALS:
        outbox.withdraw(tx, item.post.post_id)
    _close_contests(tx, item.post.post_id)
    tx.log(
        "review-resolved", guild_id=item.post.guild_id, subject_id=item.post.post_id, actor_id=actor_id, detail=detail
    )
    return item


def find_open(tx: Transaction, post_id: int) -> ReviewItem | None:
    """Return the post's item while it is open."""
    row = _by(tx, (reviews.c.post_id == post_id) & (reviews.c.state == ReviewState.OPEN))
    return None if row is None else to_item(tx, row)


def result(tx: Transaction, item_id: int) -> ReviewResult | None:
    """Return who resolved an item, how and when; None while nobody has."""
    columns = (reviews.c.resolved_by, reviews.c.outcome, reviews.c.resolved_at)
    row = tx.connection.execute(select(*columns).where(reviews.c.id == item_id)).first()
    return None if row is None or row.resolved_by is None else ReviewResult(*row)


def supersede(tx: Transaction, post_id: int) -> None:
    """Close the post's open item because the bot answers by itself now."""
    _end_open(tx, post_id, ReviewState.SUPERSEDED)


def withdraw(tx: Transaction, post_id: int) -> None:
    """Close the post's open item and erase the text of any, and the objections to its reply."""
    _end_open(tx, post_id, ReviewState.WITHDRAWN)
    tx.connection.execute(update(reviews).where(reviews.c.post_id == post_id).values(reply=None, excerpt=None))
    _close_contests(tx, post_id, words=None)


def _end_open(tx: Transaction, post_id: int, state: ReviewState) -> None:
    tx.connection.execute(
        update(reviews).where(reviews.c.post_id == post_id, reviews.c.state == ReviewState.OPEN).values(state=state)
    )


def _close_contests(tx: Transaction, post_id: int, **erased: None) -> None:
    place = contests.c.post_id == post_id
    tx.connection.execute(update(contests).where(place).values(state=ContestState.CLOSED, **erased))


def _by(tx: Transaction, condition: ColumnElement[bool]) -> Row[Any] | None:
    return tx.connection.execute(WITH_POST.where(condition)).first()


def to_item(tx: Transaction, row: Row[Any]) -> ReviewItem:
    """Return the item behind a row of ``WITH_POST``, its text opened."""
    return ReviewItem(
        id=row.id,
        post=post_ref(row),
        reply=unseal_reply(tx.vault, row.reply) or erased_reply(row.post_id, row.claim_ids),
        findings=findings_from_json(row.findings),
        thresholds=thresholds_from_json(row.thresholds),
        excerpt=tx.vault.unseal(row.excerpt),
        card_message_id=row.card_message_id,
        created_at=row.created_at,
        why=row.why,
    )
