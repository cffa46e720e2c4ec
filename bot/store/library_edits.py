"""Queries about posted replies that must be edited because a note behind them changed. Edits nothing itself."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, insert, literal, select, update

from bot.core.note_ports import Change, ReplyEdit
from bot.store import outbox as replies
from bot.store.rows import Transaction
from bot.store.schema import OutboxState, outbox, outbox_claims, posts
from bot.store.schema_notes import EditState, reply_edits


def queue(tx: Transaction, guild_id: int, note_id: str, change: Change, changed_on: date) -> None:
    """Queue the edit of each of the server's replies with the note in it; a change that waits there is replaced.

    The replies are found by the claims they occupy and not by ``outbox.claim_ids``: a JSON column cannot be indexed in
    the same way in both databases, and each reply that stands, or is promised, occupies the claims it answers. Those
    on their way are queued as well, because their text was written before the change.
    """
    found = (
        select(outbox.c.id)
        .join_from(outbox_claims, outbox, outbox_claims.c.outbox_id == outbox.c.id)
        .join(posts, outbox.c.post_id == posts.c.post_id)
        .where(
            outbox_claims.c.claim_id == note_id,
            posts.c.guild_id == guild_id,
            outbox.c.state.in_((OutboxState.SENT, OutboxState.DUE)),
        )
    )
    tx.connection.execute(delete(reply_edits).where(reply_edits.c.outbox_id.in_(found)))
    values = {
        "note_id": note_id,
        "change": change,
        "changed_on": changed_on,
        "state": EditState.DUE,
        "attempts": 0,
        "retry_at": tx.now,
    }
    literals = [literal(value, reply_edits.c[name].type) for name, value in values.items()]
    rows = found.add_columns(*literals).order_by(outbox.c.id)
    tx.connection.execute(insert(reply_edits).from_select(["outbox_id", *values], rows))


def due(tx: Transaction, now: datetime, limit: int) -> tuple[ReplyEdit, ...]:
    """Return the edits to be tried now, oldest first, of replies that stand."""
    rows = tx.connection.execute(
        replies.WITH_POST.add_columns(
            reply_edits.c.id.label("edit_id"),
            reply_edits.c.note_id,
            reply_edits.c.change,
            reply_edits.c.changed_on,
            reply_edits.c.attempts.label("edit_attempts"),
        )
        .join(reply_edits, reply_edits.c.outbox_id == outbox.c.id)
        .where(
            reply_edits.c.state == EditState.DUE,
            reply_edits.c.retry_at <= now,
            outbox.c.state == OutboxState.SENT,
        )
        .order_by(reply_edits.c.id)
        .limit(limit)
    )
    return tuple(
        ReplyEdit(
            row.edit_id, replies.sent_reply(tx, row), row.note_id, Change(row.change), row.changed_on, row.edit_attempts
        )
        for row in rows
    )


def mark_done(tx: Transaction, edit_id: int, change: Change, changed_on: date) -> None:
    """Note that a reply was edited to that change."""
    tx.connection.execute(
        update(reply_edits)
        .where(
            reply_edits.c.id == edit_id,
            reply_edits.c.state == EditState.DUE,
            reply_edits.c.change == change,
            reply_edits.c.changed_on == changed_on,
        )
        .values(state=EditState.DONE, retry_at=None)
    )


def mark_failed(tx: Transaction, edit_id: int, reason: str, retry_at: datetime | None) -> None:
    """Count a failed try; without ``retry_at`` give the edit up and say so in the audit."""
    state = EditState.FAILED if retry_at is None else EditState.DUE
    failed = tx.connection.execute(
        update(reply_edits)
        .where(reply_edits.c.id == edit_id, reply_edits.c.state == EditState.DUE)
        .values(state=state, attempts=reply_edits.c.attempts + 1, retry_at=retry_at)
    )
    if failed.rowcount and retry_at is None:
        tx.log("reply-edit-given-up", subject_id=edit_id, detail=reason)
