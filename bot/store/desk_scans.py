"""Queries about dry runs over a forum's history: how far each came, and what it found. Judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from bot.core.desk_ports import Scan, ScanHit, ScanState
from bot.store import posts
from bot.store.rows import Transaction, findings_from_json, findings_to_json, post_ref
from bot.store.schema_desk import scan_hits, scans


def start(tx: Transaction, guild_id: int, forum_id: int, actor_id: int) -> Scan:
    """Begin a scan unless one runs in this forum, and return the one that runs."""
    place = (scans.c.guild_id == guild_id) & (scans.c.forum_id == forum_id)
    running = tx.connection.execute(select(scans).where(place, scans.c.state == ScanState.RUNNING)).first()
    if running is not None:
        return _scan(running)
    values = {"guild_id": guild_id, "forum_id": forum_id, "started_by": actor_id, "started_at": tx.now}
    counts = {"threads_done": [], "seen": 0, "would_reply": 0, "would_review": 0}
    row = tx.connection.execute(
        insert(scans).values(state=ScanState.RUNNING, **values, **counts).returning(scans)
    ).one()
    tx.log("scan-started", guild_id=guild_id, subject_id=forum_id, actor_id=actor_id, detail=f"scan {row.id}")
    return _scan(row)


def keep(tx: Transaction, scan: Scan, hits: Sequence[ScanHit]) -> bool:
    """Keep how far a running scan came, with its new hits; a post that was kept before is replaced.

    The update that hits the running row decides: once somebody ended the scan, nothing more is kept.
    """
    thread_id, message_id = scan.cursor or (None, None)
    kept = tx.connection.execute(
        update(scans)
        .where(scans.c.id == scan.id, scans.c.state == ScanState.RUNNING)
        .values(
            threads_done=sorted(scan.threads_done),
            cursor_thread_id=thread_id,
            cursor_message_id=message_id,
            seen=scan.seen,
            would_reply=scan.would_reply,
            would_review=scan.would_review,
        )
    )
    if kept.rowcount == 0:
        return False
    rows = {hit.post.post_id: _hit_row(tx, scan.id, hit) for hit in hits}
    if rows:
        again = (scan_hits.c.scan_id == scan.id) & scan_hits.c.post_id.in_(rows)
        tx.connection.execute(delete(scan_hits).where(again))
        tx.connection.execute(insert(scan_hits), list(rows.values()))
    return True


def find(tx: Transaction, guild_id: int | None, state: ScanState | None) -> tuple[Scan, ...]:
    """Return the scans of one server or of all, in one state or any, newest first."""
    query = select(scans).order_by(scans.c.id.desc())
    if guild_id is not None:
        query = query.where(scans.c.guild_id == guild_id)
    if state is not None:
        query = query.where(scans.c.state == state)
    return tuple(_scan(row) for row in tx.connection.execute(query))


def hits(tx: Transaction, scan_id: int, limit: int) -> tuple[ScanHit, ...]:
    """Return a scan's hits, the likeliest assertions first; never whose they are."""
    rows = tx.connection.execute(
        select(scan_hits)
        .where(scan_hits.c.scan_id == scan_id)
        .order_by(scan_hits.c.p_asserts.desc(), scan_hits.c.post_id.desc())
        .limit(limit)
    )
    return tuple(ScanHit(post_ref(row), row.action, findings_from_json([row.finding])[0]) for row in rows)


def end(tx: Transaction, scan_id: int, state: ScanState, actor_id: int) -> bool:
    """Finish or cancel a running scan; the first one who does counts."""
    if state is ScanState.RUNNING:
        raise ValueError("A scan ends as done or cancelled.")
    place = (scans.c.id == scan_id) & (scans.c.state == ScanState.RUNNING)
    ended = tx.connection.execute(update(scans).where(place).values(state=state).returning(scans.c.guild_id)).first()
    if ended is None:
        return False
    tx.log("scan-ended", guild_id=ended.guild_id, subject_id=scan_id, actor_id=actor_id, detail=state)
    return True


def expire(tx: Transaction, before: datetime) -> None:
    """Drop the hits of scans begun before the moment; their counts stay, and name no post."""
    old = select(scans.c.id).where(scans.c.started_at < before)
    tx.connection.execute(delete(scan_hits).where(scan_hits.c.scan_id.in_(old)))


def _scan(row: Row[Any]) -> Scan:
    cursor = None if row.cursor_thread_id is None else (row.cursor_thread_id, row.cursor_message_id)
    return Scan(
        id=row.id,
        guild_id=row.guild_id,
        forum_id=row.forum_id,
        started_by=row.started_by,
        started_at=row.started_at,
        state=ScanState(row.state),
        threads_done=frozenset(row.threads_done),
        cursor=cursor,
        seen=row.seen,
        would_reply=row.would_reply,
        would_review=row.would_review,
    )


def _hit_row(tx: Transaction, scan_id: int, hit: ScanHit) -> dict[str, object]:
    return {
        "scan_id": scan_id,
        "post_id": hit.post.post_id,
        "guild_id": hit.post.guild_id,
        "forum_id": hit.post.forum_id,
        "thread_id": hit.post.thread_id,
        "author": posts.author(tx, hit.post.guild_id, hit.author_id) if hit.author_id else None,
        "action": hit.action,
        "p_asserts": hit.finding.p_asserts,
        "finding": findings_to_json([hit.finding])[0],
    }
