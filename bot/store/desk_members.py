"""Queries on a member's own wish: opting out and in, and an export of what is stored of them.

Erasing is in ``desk_forget``. A member is found by keyed digests alone. Nothing here counts, and nothing but the export
lists by member.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Table, Text, cast, delete, insert, or_, select, update

from bot.core.domain import Action, Reply
from bot.core.policy import Reason
from bot.core.review import SCREENED
from bot.store import demands
from bot.store import outbox as replies
from bot.store import posts as claimed
from bot.store.rows import Transaction, unseal_reply
from bot.store.schema import (
    OutboxState,
    ReviewState,
    contests,
    decisions,
    outbox,
    posts,
    ratings,
    requests,
    reviews,
)
from bot.store.schema_desk import opt_outs, scan_hits


def opt_out(tx: Transaction, guild_id: int, member_id: int) -> None:
    """Keep the opt-out and cancel what the bot was about to say or ask by itself; twice changes nothing more.

    The audit keeps no opt-outs: it could never be told to forget one.
    """
    member = claimed.author(tx, guild_id, member_id)
    if not is_opted_out(tx, guild_id, member_id):
        tx.connection.execute(insert(opt_outs).values(guild_id=guild_id, member=member, at=tx.now))
    mine = select(posts.c.post_id).where(posts.c.author == member)
    own_idea = select(decisions.c.post_id).where(decisions.c.action == Action.REPLY)
    due = select(outbox.c.post_id).where(
        outbox.c.state == OutboxState.DUE, outbox.c.post_id.in_(mine), outbox.c.post_id.in_(own_idea)
    )
    for post_id in tx.connection.execute(due).scalars().all():
        replies.withdraw(tx, post_id)
    flagged = select(decisions.c.post_id).where(cast(decisions.c.reasons, Text).contains(f'"{Reason.FLAGGED}"'))
    tx.connection.execute(
        update(reviews)
        .where(reviews.c.state == ReviewState.OPEN, reviews.c.why == SCREENED)
        .where(reviews.c.post_id.in_(mine), reviews.c.post_id.not_in(flagged))
        .values(state=ReviewState.WITHDRAWN, reply=None, excerpt=None)
    )


def opt_in(tx: Transaction, guild_id: int, member_id: int) -> None:
    """Take an opt-out back, if there is one."""
    member = claimed.author(tx, guild_id, member_id)
    tx.connection.execute(delete(opt_outs).where(opt_outs.c.guild_id == guild_id, opt_outs.c.member == member))


def is_opted_out(tx: Transaction, guild_id: int, member_id: int) -> bool:
    """Tell whether the member opted out here."""
    place = (opt_outs.c.guild_id == guild_id) & (opt_outs.c.member == claimed.author(tx, guild_id, member_id))
    return tx.connection.execute(select(opt_outs.c.at).where(place)).first() is not None


def data(tx: Transaction, guild_id: int, member_id: int) -> dict[str, object]:
    """Return what is stored of a member, kind by kind; texts opened, times in ISO form, nobody else named."""
    member = claimed.author(tx, guild_id, member_id)
    mine = posts.c.author == member
    of_posts = select(posts, decisions).outerjoin_from(posts, decisions, decisions.c.post_id == posts.c.post_id)
    of_hits = select(scan_hits).where(scan_hits.c.author == member)
    asked = select(requests).where(requests.c.asker == demands.asker(tx, guild_id, member_id))
    execute = tx.connection.execute
    return {
        "opted_out": is_opted_out(tx, guild_id, member_id),
        "posts": [_post(row) for row in execute(of_posts.where(mine).order_by(posts.c.post_id))],
        "reviews": [_review(tx, row) for row in execute(_on_posts(reviews).where(mine).order_by(reviews.c.id))],
        "replies": [_reply(tx, row) for row in execute(_on_posts(outbox).where(mine).order_by(outbox.c.id))],
        "ratings": [
            {"message": row.message_id, "helpful": row.is_helpful, "reasons": row.reasons, "at": _iso(row.rated_at)}
            for row in own_ratings(tx, guild_id, member_id)
        ],
        "contests": [
            {"message": row.message_id, "words": tx.vault.unseal(row.words), "at": _iso(row.at)}
            for row in own_contests(tx, guild_id, member_id)
        ],
        "requests": [{"question": tx.vault.unseal(row.question), "at": _iso(row.created_at)} for row in execute(asked)],
        "scan_hits": [{"post": row.post_id, "finding": row.finding} for row in execute(of_hits)],
    }


def own_ratings(tx: Transaction, guild_id: int, member_id: int) -> list[Row[Any]]:
    """Return the member's ratings of replies in the server, and of messages that no row places in any server.

    Their digests are bound to the message, so each rating's is computed: slow, and the price of linking nobody's votes.
    """
    rows = tx.connection.execute(
        select(ratings)
        .outerjoin_from(ratings, outbox, outbox.c.message_id == ratings.c.message_id)
        .outerjoin(posts, posts.c.post_id == outbox.c.post_id)
        .where(or_(posts.c.guild_id == guild_id, posts.c.guild_id.is_(None)))
    )
    return _own(tx, rows, "rating", member_id)


def own_contests(tx: Transaction, guild_id: int, member_id: int) -> list[Row[Any]]:
    """Return the member's objections in the server."""
    rows = tx.connection.execute(select(contests).where(contests.c.guild_id == guild_id))
    return _own(tx, rows, "contest", member_id)


def _own(tx: Transaction, rows: Iterable[Row[Any]], kind: str, member_id: int) -> list[Row[Any]]:
    return [row for row in rows if row.member == tx.vault.digest(kind, row.message_id, member_id)]


def _on_posts(table: Table) -> Select[Any]:
    return select(table).join_from(table, posts, posts.c.post_id == table.c.post_id)


def _post(row: Row[Any]) -> dict[str, object]:
    return {
        "post": row.post_id,
        "forum": row.forum_id,
        "thread": row.thread_id,
        "state": row.state,
        "seen_at": _iso(row.claimed_at),
        "decision": row.action,
        "reasons": row.reasons,
        "findings": row.findings,
    }


def _review(tx: Transaction, row: Row[Any]) -> dict[str, object]:
    return {
        "post": row.post_id,
        "words": tx.vault.unseal(row.excerpt),
        "claims": row.claim_ids,
        "state": row.state,
        "outcome": row.outcome,
        "at": _iso(row.created_at),
    }


def _reply(tx: Transaction, row: Row[Any]) -> dict[str, object]:
    reply = unseal_reply(tx.vault, row.reply)
    return {
        "post": row.post_id,
        "message": row.message_id,
        "claims": row.claim_ids,
        "state": row.state,
        "text": None if reply is None else _text(reply),
        "sent_at": _iso(row.sent_at),
    }


def _text(reply: Reply) -> str:
    parts = [line for section in reply.sections for line in (section.heading, *section.lines)]
    return "\n".join((reply.lead, *parts, reply.footer))


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
