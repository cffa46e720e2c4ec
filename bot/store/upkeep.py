"""Queries about the rest: cursors, retention and the figures. Judges nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, or_, select, update

from bot.core.ports import StoreStatus
from bot.store import desk_scans
from bot.store.rows import Transaction
from bot.store.schema import (
    OutboxState,
    PostState,
    ReviewState,
    contests,
    cursors,
    outbox,
    outbox_claims,
    posts,
    requests,
    reviews,
)


def find_cursor(tx: Transaction, thread_id: int) -> int | None:
    """Return the newest message id seen in the thread."""
    query = select(cursors.c.message_id).where(cursors.c.thread_id == thread_id)
    return tx.connection.execute(query).scalar_one_or_none()


def list_cursors(tx: Transaction, forum_id: int, limit: int) -> dict[int, int]:
    """Return the forum's cursors, threads with the newest messages first."""
    rows = tx.connection.execute(
        select(cursors.c.thread_id, cursors.c.message_id)
        .where(cursors.c.forum_id == forum_id)
        .order_by(cursors.c.message_id.desc())
        .limit(limit)
    )
    return {row.thread_id: row.message_id for row in rows}


def move_cursor(tx: Transaction, forum_id: int, thread_id: int, message_id: int) -> None:
    """Set the cursor unless it stands further already."""
    before = find_cursor(tx, thread_id)
    if before is None:
        tx.connection.execute(insert(cursors).values(thread_id=thread_id, forum_id=forum_id, message_id=message_id))
    elif before < message_id:
        place = cursors.c.thread_id == thread_id
        tx.connection.execute(update(cursors).where(place).values(forum_id=forum_id, message_id=message_id))


def expire(tx: Transaction, before: datetime) -> int:
    """Erase every sealed text written before the moment; return the number of rows that lost one.

    What can no longer be done without its text ends with it: open reviews expire, unsent replies fail. The hits of old
    scans go as well; they hold no text and are not counted.
    """
    late_outbox, late_reviews = outbox.c.created_at < before, reviews.c.created_at < before
    unsent = select(outbox.c.id).where(outbox.c.state == OutboxState.DUE, late_outbox)
    tx.connection.execute(delete(outbox_claims).where(outbox_claims.c.outbox_id.in_(unsent)))
    tx.connection.execute(update(outbox).where(outbox.c.id.in_(unsent)).values(state=OutboxState.FAILED, retry_at=None))
    tx.connection.execute(
        update(reviews).where(reviews.c.state == ReviewState.OPEN, late_reviews).values(state=ReviewState.EXPIRED)
    )
    erased = sum(
        (
            _erase(tx, outbox, late_outbox, "reply"),
            _erase(tx, reviews, late_reviews, "reply", "excerpt"),
            _erase(tx, requests, requests.c.created_at < before, "question", "asker"),
            _erase(tx, contests, contests.c.at < before, "words"),
        )
    )
    desk_scans.expire(tx, before)
    if erased:
        tx.log("texts-erased", detail=f"{erased} rows")
    return erased


def _erase(tx: Transaction, table: Table, condition: ColumnElement[bool], *columns: str) -> int:
    has_text = or_(*(table.c[column].is_not(None) for column in columns))
    emptied = dict.fromkeys(columns)
    return tx.connection.execute(update(table).where(condition, has_text).values(**emptied)).rowcount


def status(tx: Transaction, schema_version: str) -> StoreStatus:
    """Count the rows that matter to whoever runs the bot."""
    return StoreStatus(
        schema_version=schema_version,
        posts=count(tx.connection, posts),
        pending_posts=count(tx.connection, posts, posts.c.state == PostState.PENDING),
        outbox=count(tx.connection, outbox, outbox.c.state == OutboxState.DUE),
        open_reviews=count(tx.connection, reviews, reviews.c.state == ReviewState.OPEN),
    )


def count(connection: Connection, table: Table, *conditions: ColumnElement[bool]) -> int:
    """Return the number of rows that meet every condition."""
    return connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
