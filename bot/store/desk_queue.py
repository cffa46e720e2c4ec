"""Queries about the moderators' queue as a whole: a page of it, how full it is, and what was decided of late.

Nothing is opened or resolved here, see ``reviews``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator
from contextlib import closing
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, cast, func, select

from bot.core import policy
from bot.core.desk_ports import QueueFilter, QueueState
from bot.core.policy import Reason
from bot.core.ports import PostRef, ReviewItem
from bot.core.review import Outcome
from bot.store.reviews import WITH_POST, to_item
from bot.store.rows import Transaction, findings_from_json, post_ref, thresholds_from_json
from bot.store.schema import PostState, ReviewState, posts, reviews
from bot.store.schema_desk import trips

_OUTCOMES = frozenset(Outcome)
_DECIDED: Select[Any] = select(  # without the sealed texts
    posts.c.post_id,
    posts.c.guild_id,
    posts.c.forum_id,
    posts.c.thread_id,
    reviews.c.claim_ids,
    reviews.c.findings,
    reviews.c.thresholds,
    reviews.c.outcome,
).join_from(reviews, posts, reviews.c.post_id == posts.c.post_id)
_AT_ONCE = 200  # decided rows read from the database at a time: most looks need a few dozen


def page(tx: Transaction, guild_id: int, chosen: QueueFilter, *, offset: int, limit: int) -> tuple[ReviewItem, ...]:
    """Return a page of the server's open items; the texts of that page alone are opened."""
    query = WITH_POST.where(*_open_in(guild_id))
    if chosen.forum_id is not None:
        query = query.where(posts.c.forum_id == chosen.forum_id)
    if chosen.claim_id is not None:
        query = query.where(_is_about(chosen.claim_id))
    if chosen.why is not None:
        query = query.where(reviews.c.why == chosen.why)
    order = [column.desc() if chosen.newest_first else column for column in (reviews.c.created_at, reviews.c.id)]
    rows = tx.connection.execute(query.order_by(*order).offset(offset).limit(limit))
    return tuple(to_item(tx, row) for row in rows)


def state(tx: Transaction, guild_id: int) -> QueueState:
    """Count the server's open items."""
    claims = cast(reviews.c.claim_ids, Text)  # items about the same claims have the same text
    groups = tx.connection.execute(
        select(posts.c.forum_id, claims, func.count(), func.min(reviews.c.created_at))
        .join_from(reviews, posts, reviews.c.post_id == posts.c.post_id)
        .where(*_open_in(guild_id))
        .group_by(posts.c.forum_id, claims)
    ).all()
    by_forum, by_claim = Counter[int](), Counter[str]()
    for forum_id, claim_ids, items, _ in groups:
        by_forum[forum_id] += items
        by_claim.update(dict.fromkeys(json.loads(claim_ids), items))
    return QueueState(
        open=by_forum.total(),
        oldest=min((oldest for *_, oldest in groups), default=None),
        by_forum=tuple(by_forum.most_common()),
        by_claim=tuple(by_claim.most_common()),
    )


def outcomes(tx: Transaction, guild_id: int, scope: str, key: str, limit: int) -> tuple[Outcome, ...]:
    """Return the decisions that the breaker counts, newest first; those before its last reset are over."""
    place = (trips.c.guild_id == guild_id) & (trips.c.scope == scope) & (trips.c.key == key)
    reset_at = tx.connection.execute(select(trips.c.reset_at).where(place)).scalar_one_or_none()
    since = () if reset_at is None else (reviews.c.resolved_at > reset_at,)
    claim_id = key if scope == "claim" else None
    with closing(_decided(tx, guild_id, scope, key, *since)) as rows:
        return tuple(islice((Outcome(row.outcome) for row in rows if _was_above_reply(row, claim_id)), limit))


def decided(tx: Transaction, guild_id: int, scope: str, key: str, limit: int) -> tuple[tuple[PostRef, Outcome], ...]:
    """Return the last decided posts with what was decided, newest first."""
    with closing(_decided(tx, guild_id, scope, key)) as rows:
        return tuple((post_ref(row), Outcome(row.outcome)) for row in islice(rows, limit))


def _decided(
    tx: Transaction, guild_id: int, scope: str, key: str, *conditions: ColumnElement[bool]
) -> Generator[Row[Any]]:
    """Yield decided items of a claim or a forum, newest first; forgotten posts are left out."""
    subject = _is_about(key) if scope == "claim" else posts.c.forum_id == int(key)
    query = _DECIDED.where(
        reviews.c.state == ReviewState.CLOSED,
        posts.c.guild_id == guild_id,
        posts.c.state != PostState.FORGOTTEN,
        reviews.c.outcome.in_(_OUTCOMES),
        subject,
        *conditions,
    ).order_by(reviews.c.resolved_at.desc(), reviews.c.id.desc())
    with tx.connection.execute(query.execution_options(yield_per=_AT_ONCE)) as rows:
        yield from rows


def _was_above_reply(row: Row[Any], claim_id: str | None) -> bool:
    """Tell whether the bot would have answered by itself: with this claim, or with any of the item's."""
    thresholds = thresholds_from_json(row.thresholds)
    if thresholds is None:
        return False
    ranked = sorted(findings_from_json(row.findings), key=lambda finding: -finding.p_asserts)
    above = {
        finding.claim_id
        for finding, reasons in policy.verdicts(ranked, lambda _: thresholds)
        if Reason.ABOVE_REPLY in reasons
    }
    return not above.isdisjoint(row.claim_ids if claim_id is None else (claim_id,))


def _open_in(guild_id: int) -> tuple[ColumnElement[bool], ...]:
    return reviews.c.state == ReviewState.OPEN, posts.c.guild_id == guild_id


def _is_about(claim_id: str) -> ColumnElement[bool]:
    """Match the id as it stands in the JSON: neither database can index it, and both can search its text."""
    return cast(reviews.c.claim_ids, Text).contains(json.dumps(claim_id), autoescape=True)
