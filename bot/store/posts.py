"""Queries about posts: claiming, deciding, giving up, withdrawing. Replies and review items have their own files.

Reading before writing is safe everywhere here, because writers queue (see ``engine``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select, update

from bot.core.domain import Action, Decision, Mode, Reply
from bot.core.ports import OutboxItem, PostRef, ReviewItem, SentReply
from bot.store import outbox, reviews
from bot.store.rows import Transaction, findings_to_json, post_ref, thresholds_to_json
from bot.store.schema import PostState, decisions, posts

_ENDED = (PostState.GIVEN_UP, PostState.WITHDRAWN, PostState.FORGOTTEN)


def claim(tx: Transaction, post: PostRef, text_hash: str, author_id: int) -> bool:
    """Take the post on; False when this very text of it was taken on before, or its author had it forgotten."""
    # Keyed and bound to the post: the text of a short post cannot be found by trying, nor equal posts be linked.
    values = {
        "state": PostState.PENDING,
        "text_hash": tx.vault.digest("post", post.post_id, text_hash),
        "claimed_at": tx.now,
        "author": author(tx, post.guild_id, author_id) if author_id else None,
    }
    row = tx.connection.execute(select(posts.c.text_hash, posts.c.state).where(posts.c.post_id == post.post_id)).first()
    if row is None:
        _insert(tx, post, values)
        return True
    if row.text_hash == values["text_hash"] or row.state == PostState.FORGOTTEN:
        return False
    _set(tx, post.post_id, **values)
    return True


def author(tx: Transaction, guild_id: int, member_id: int) -> str:
    """Return the digest that stands for a member in one server: another one in each, so it links nothing across."""
    return tx.vault.digest("author", guild_id, member_id)


def release(tx: Transaction, post_id: int, reason: str) -> None:
    """Give a pending post up; nothing happens to one in another state."""
    if state(tx, post_id) is PostState.PENDING:
        _set(tx, post_id, state=PostState.GIVEN_UP)
        tx.log("post-given-up", subject_id=post_id, detail=reason)


def unfinished(tx: Transaction, older_than: datetime, limit: int) -> tuple[PostRef, ...]:
    """Return posts still pending that were claimed before ``older_than``, oldest first."""
    rows = tx.connection.execute(
        select(posts)
        .where(posts.c.state == PostState.PENDING, posts.c.claimed_at < older_than)
        .order_by(posts.c.claimed_at, posts.c.post_id)
        .limit(limit)
    )
    return tuple(post_ref(row) for row in rows)


def record(
    tx: Transaction, post: PostRef, decision: Decision, mode: Mode, reply: Reply | None, excerpt: str | None
) -> OutboxItem | ReviewItem | None:
    """Store the decision and what follows from it; see the port.

    A post that was withdrawn or given up meanwhile gets neither reply nor card: it may be gone. Of one whose author
    had it forgotten meanwhile nothing is kept at all.
    """
    before = state(tx, post.post_id)
    if before is PostState.FORGOTTEN:
        return None
    if before is None:
        _insert(tx, post, {"state": PostState.DECIDED, "claimed_at": tx.now})
    elif before is PostState.PENDING:
        _set(tx, post.post_id, state=PostState.DECIDED)
    _put_decision(tx, post.post_id, decision, mode)
    item = None if before in _ENDED else _follow_up(tx, post, decision, reply, excerpt)
    wanted = decision.action is not Action.IGNORE
    tx.log(
        "decision-dropped" if wanted and item is None else "decided",
        guild_id=post.guild_id,
        subject_id=post.post_id,
        detail=" ".join((decision.action, mode, *decision.reasons)),
    )
    return item


def _follow_up(
    tx: Transaction, post: PostRef, decision: Decision, reply: Reply | None, excerpt: str | None
) -> OutboxItem | ReviewItem | None:
    if reply is None or decision.action is Action.IGNORE:
        return None
    draft = outbox.Draft(reply, decision.findings, decision.thresholds)
    if decision.action is Action.REVIEW:
        return reviews.ask(tx, post, draft, excerpt)
    item = outbox.promise(tx, post, draft)
    if item is not None:
        reviews.supersede(tx, post.post_id)
    return item


def withdraw(tx: Transaction, post_id: int, reason: str) -> SentReply | None:
    """Cancel and erase all that hangs on the post; return the reply whose message still has to be deleted.

    The keyed hash stays, so that the same text is not taken on again. Doing it twice changes nothing more.
    """
    before = state(tx, post_id)
    if before is None:
        return None
    if before not in (PostState.WITHDRAWN, PostState.FORGOTTEN):
        _set(tx, post_id, state=PostState.WITHDRAWN)
        tx.log("post-withdrawn", subject_id=post_id, detail=reason)
    reviews.withdraw(tx, post_id)
    return outbox.withdraw(tx, post_id)


def withdraw_thread(tx: Transaction, thread_id: int, reason: str) -> tuple[int, ...]:
    """Withdraw all posts of a thread; its messages are gone with it, so nothing is to be deleted in Discord."""
    ids = tuple(tx.connection.execute(select(posts.c.post_id).where(posts.c.thread_id == thread_id)).scalars())
    for post_id in ids:
        standing = withdraw(tx, post_id, reason)
        if standing is not None:
            outbox.mark_deleted(tx, standing.message_id)
    return ids


def state(tx: Transaction, post_id: int) -> PostState | None:
    """Return where the post stands, None for an unknown one."""
    row = tx.connection.execute(select(posts.c.state).where(posts.c.post_id == post_id)).first()
    return None if row is None else PostState(row.state)


def _insert(tx: Transaction, post: PostRef, values: Mapping[str, object]) -> None:
    tx.connection.execute(
        insert(posts).values(
            post_id=post.post_id,
            guild_id=post.guild_id,
            forum_id=post.forum_id,
            thread_id=post.thread_id,
            **values,
        )
    )


def _set(tx: Transaction, post_id: int, **values: object) -> None:
    tx.connection.execute(update(posts).where(posts.c.post_id == post_id).values(**values))


def _put_decision(tx: Transaction, post_id: int, decision: Decision, mode: Mode) -> None:
    values = {
        "action": decision.action,
        "would_be": decision.would_be,
        "mode": mode,
        "reasons": list(decision.reasons),
        "claim_ids": list(decision.claim_ids),
        "findings": findings_to_json(decision.findings),
        "thresholds": thresholds_to_json(decision.thresholds),
        "decided_at": tx.now,
        "best": max((finding.p_asserts for finding in decision.findings), default=None),
    }
    done = tx.connection.execute(update(decisions).where(decisions.c.post_id == post_id).values(**values))
    if done.rowcount == 0:
        tx.connection.execute(insert(decisions).values(post_id=post_id, **values))
