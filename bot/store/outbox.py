"""Queries about replies: promised, sent, failed, withdrawn, and where they stand. Sends nothing itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, select, update

from bot.core.domain import Finding, Reply, Thresholds
from bot.core.ports import OutboxItem, PostRef, SentReply
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
from bot.store.schema import OutboxState, outbox, outbox_claims, posts

WITH_POST = select(outbox, posts.c.guild_id, posts.c.forum_id, posts.c.thread_id).join_from(
    outbox, posts, outbox.c.post_id == posts.c.post_id
)


WAITS_FOR_DELETION = and_(
    outbox.c.state == OutboxState.WITHDRAWN, outbox.c.message_id.is_not(None), outbox.c.deleted_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply with what it was decided on, ready to be promised or asked about."""

    reply: Reply
    findings: tuple[Finding, ...]
    thresholds: Thresholds | None


def promise(tx: Transaction, post: PostRef, draft: Draft) -> OutboxItem | None:
    """Write the outbox row; None when the post had one, or one of its claims is answered in this thread."""
    claim_ids = tuple(dict.fromkeys(draft.reply.claim_ids))
    if has_row(tx, post.post_id) or not said(tx, post.thread_id).isdisjoint(claim_ids):
        return None
    item_id = tx.connection.execute(
        insert(outbox)
        .values(
            post_id=post.post_id,
            state=OutboxState.DUE,
            attempts=0,
            retry_at=tx.now,
            claim_ids=list(claim_ids),
            findings=findings_to_json(draft.findings),
            thresholds=thresholds_to_json(draft.thresholds),
            reply=seal_reply(tx.vault, draft.reply),
            created_at=tx.now,
        )
        .returning(outbox.c.id)
    ).scalar_one()
    _take_claims(tx, post.thread_id, claim_ids, item_id)
    return OutboxItem(item_id, post, draft.reply, 0, tx.now)


def has_row(tx: Transaction, post_id: int) -> bool:
    """Tell whether a reply to the post was ever promised, whatever became of it."""
    return tx.connection.execute(select(outbox.c.id).where(outbox.c.post_id == post_id)).first() is not None


def said(tx: Transaction, thread_id: int) -> frozenset[str]:
    """Return the claims answered or promised an answer in the thread."""
    query = select(outbox_claims.c.claim_id).where(outbox_claims.c.thread_id == thread_id)
    return frozenset(tx.connection.execute(query).scalars())


def due(tx: Transaction, now: datetime, limit: int) -> tuple[OutboxItem, ...]:
    """Return the replies to be tried now, oldest first.

    One whose text cannot be opened is passed over, so that it does not hold up the others; ``db check`` counts it.
    """
    rows = tx.connection.execute(
        WITH_POST.where(outbox.c.state == OutboxState.DUE, outbox.c.retry_at <= now).order_by(outbox.c.id).limit(limit)
    )
    pairs = ((row, unseal_reply(tx.vault, row.reply)) for row in rows)
    return tuple(
        OutboxItem(row.id, post_ref(row), reply, row.attempts, row.created_at) for row, reply in pairs if reply
    )


def mark_sent(tx: Transaction, item_id: int, message_id: int) -> None:
    """Note the message; the first one noted counts.

    A reply that was withdrawn while it was being sent stays withdrawn, and its message is listed for deletion.
    """
    row = _by(tx, outbox.c.id == item_id)
    if row is None or row.message_id is not None:
        return
    values: dict[str, object] = {"message_id": message_id, "retry_at": None, "sent_at": tx.now}
    if row.state != OutboxState.WITHDRAWN:
        values["state"] = OutboxState.SENT
    if row.state == OutboxState.FAILED:  # given up, and yet it was found in the thread
        _take_claims(tx, row.thread_id, set(row.claim_ids) - said(tx, row.thread_id), item_id)
    tx.connection.execute(update(outbox).where(outbox.c.id == item_id).values(**values))
    tx.log("reply-sent", guild_id=row.guild_id, subject_id=row.post_id, detail=f"message {message_id}")


def mark_failed(tx: Transaction, item_id: int, reason: str, retry_at: datetime | None) -> None:
    """Count a failed try of a due reply; without ``retry_at`` give it up and free its claims for other posts."""
    row = _by(tx, outbox.c.id == item_id)
    if row is None or row.state != OutboxState.DUE:
        return
    values: dict[str, object] = {"attempts": row.attempts + 1, "retry_at": retry_at}
    if retry_at is None:
        values["state"] = OutboxState.FAILED
        _free_claims(tx, item_id)
        tx.log("reply-given-up", guild_id=row.guild_id, subject_id=row.post_id, detail=reason)
    tx.connection.execute(update(outbox).where(outbox.c.id == item_id).values(**values))


def find_sent(tx: Transaction, post_id: int | None, message_id: int | None) -> SentReply | None:
    """Return the reply that stands under the post, or behind the message."""
    match = outbox.c.post_id == post_id if post_id is not None else outbox.c.message_id == message_id
    row = _by(tx, match, outbox.c.state == OutboxState.SENT)
    return None if row is None else sent_reply(tx, row)


def withdraw(tx: Transaction, post_id: int) -> SentReply | None:
    """Cancel the post's reply and erase its text; return it as it was while its message waits for deletion."""
    row = _by(tx, outbox.c.post_id == post_id)
    if row is None:
        return None
    standing = sent_reply(tx, row) if row.message_id is not None and row.deleted_at is None else None
    _free_claims(tx, row.id)
    tx.connection.execute(
        update(outbox).where(outbox.c.id == row.id).values(state=OutboxState.WITHDRAWN, retry_at=None, reply=None)
    )
    return standing


def to_delete(tx: Transaction, limit: int) -> tuple[SentReply, ...]:
    """Return withdrawn replies whose messages are not known to be gone, oldest first; their text is erased."""
    rows = tx.connection.execute(WITH_POST.where(WAITS_FOR_DELETION).order_by(outbox.c.id).limit(limit))
    return tuple(sent_reply(tx, row) for row in rows)


def mark_deleted(tx: Transaction, message_id: int) -> None:
    """Note that the message of a withdrawn reply is gone."""
    place = (outbox.c.message_id == message_id) & WAITS_FOR_DELETION
    tx.connection.execute(update(outbox).where(place).values(deleted_at=tx.now))


def _by(tx: Transaction, *conditions: ColumnElement[bool]) -> Row[Any] | None:
    return tx.connection.execute(WITH_POST.where(*conditions)).first()


def _take_claims(tx: Transaction, thread_id: int, claim_ids: Iterable[str], item_id: int) -> None:
    slots = [{"thread_id": thread_id, "claim_id": claim_id, "outbox_id": item_id} for claim_id in claim_ids]
    if slots:
        tx.connection.execute(insert(outbox_claims), slots)


def _free_claims(tx: Transaction, item_id: int) -> None:
    tx.connection.execute(delete(outbox_claims).where(outbox_claims.c.outbox_id == item_id))


def sent_reply(tx: Transaction, row: Row[Any]) -> SentReply:
    """Return the reply behind a row of ``WITH_POST``, without its text where that was erased."""
    return SentReply(
        post=post_ref(row),
        message_id=row.message_id,
        reply=unseal_reply(tx.vault, row.reply) or erased_reply(row.post_id, row.claim_ids),
        findings=findings_from_json(row.findings),
        thresholds=thresholds_from_json(row.thresholds),
    )
