"""Queries that read many posts at once for figures: scores with verdicts, what became of posts, examples.

Each table is read once. The figures themselves are ``tuning``'s, and none is of a member.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, cast, select

from bot.core import policy
from bot.core.domain import Action, Finding, Stance, StanceScores, Thresholds
from bot.core.policy import Reason
from bot.core.ports import PostRef
from bot.core.review import DISMISSALS, Outcome, was_wrong
from bot.core.tuning import Scored
from bot.core.tuning_report import Handled
from bot.store.rows import Transaction, findings_from_json, post_ref, thresholds_from_json
from bot.store.schema import PostState, contests, decisions, outbox, posts, ratings, reviews

_OUTCOMES = frozenset(Outcome)
_STANCES = {stance.value: stance for stance in Stance}
_NOT_READ = StanceScores(0.0, 0.0, 0.0, 0.0)
_LOWEST = Thresholds(1e-9, 1e-9)  # under these a verdict depends on the findings alone


def scored(tx: Transaction, guild_id: int, since: datetime, forum_id: int | None) -> tuple[Scored, ...]:
    """Return each claim that each post came near, oldest posts first.

    A verdict counts for the claims that the card was about, and for the text that was decided on: none is carried over
    to a later edit.
    """
    query: Select[Any] = (
        select(
            posts.c.post_id,
            posts.c.forum_id,
            posts.c.claimed_at,
            decisions.c.findings,
            cast(decisions.c.thresholds, Text).label("thresholds"),
            decisions.c.decided_at,
            reviews.c.claim_ids,
            reviews.c.outcome,
            reviews.c.resolved_at,
        )
        .join_from(posts, decisions, decisions.c.post_id == posts.c.post_id)
        .outerjoin(reviews, reviews.c.post_id == posts.c.post_id)
        .where(*_seen(guild_id, since, forum_id), decisions.c.best.is_not(None))
        .order_by(posts.c.claimed_at, posts.c.post_id)
    )
    return tuple(one for row in tx.connection.execute(query) for one in _scored(row))


def _scored(row: Row[Any]) -> Iterator[Scored]:
    thresholds = _thresholds(row.thresholds)
    if thresholds is None:
        return
    is_decided = row.outcome in _OUTCOMES and row.resolved_at >= row.decided_at
    verdict = was_wrong(Outcome(row.outcome)) if is_decided else None
    answerable = _answerable(row.findings)
    for finding in row.findings:
        claim_id = finding["claim_id"]
        yield Scored(
            row.post_id,
            claim_id,
            row.forum_id,
            row.claimed_at,
            finding["p_asserts"],
            claim_id in answerable,
            verdict if is_decided and claim_id in row.claim_ids else None,
            thresholds,
        )


@lru_cache(maxsize=200)  # many posts were judged under the same
def _thresholds(text: str | None) -> Thresholds | None:
    return None if text is None else thresholds_from_json(json.loads(text))


def _answerable(findings: list[dict[str, Any]]) -> frozenset[str]:
    """Return the claims that the bot could answer by itself were their scores high enough."""
    if not any(finding["stance"] == Stance.ASSERTS for finding in findings):
        return frozenset()
    ranked = sorted(map(_outline, findings), key=lambda finding: -finding.p_asserts)
    verdicts = policy.verdicts(ranked, lambda _: _LOWEST)
    return frozenset(finding.claim_id for finding, reasons in verdicts if Reason.ABOVE_REPLY in reasons)


def _outline(value: dict[str, Any]) -> Finding:
    """Return what a verdict looks at; reading each finding whole would take as long as all the rest."""
    place = value["start"], value["end"]
    return Finding(value["claim_id"], _STANCES[value["stance"]], value["p_asserts"], 0.0, *place, _NOT_READ)


def handled(tx: Transaction, guild_id: int, since: datetime) -> tuple[Handled, ...]:
    """Return what became of each post, oldest first."""
    seen = _seen(guild_id, since)
    query: Select[Any] = (
        select(
            posts.c.post_id,
            posts.c.claimed_at,
            decisions.c.would_be,
            decisions.c.action,
            outbox.c.message_id,
            outbox.c.sent_at,
            reviews.c.outcome,
        )
        .join_from(posts, decisions, decisions.c.post_id == posts.c.post_id, isouter=True)
        .outerjoin(outbox, outbox.c.post_id == posts.c.post_id)
        .outerjoin(reviews, reviews.c.post_id == posts.c.post_id)
        .where(*seen)
        .order_by(posts.c.claimed_at, posts.c.post_id)
    )
    votes = Counter((row.post_id, row.is_helpful) for row in tx.connection.execute(_votes().where(*seen)))
    contested = frozenset(tx.connection.execute(_contested().where(*seen)).scalars())
    return tuple(_handled(row, votes, contested) for row in tx.connection.execute(query))


def _votes() -> Select[Any]:
    return (
        select(posts.c.post_id, ratings.c.is_helpful)
        .join_from(posts, outbox, outbox.c.post_id == posts.c.post_id)
        .join(ratings, ratings.c.message_id == outbox.c.message_id)
    )


def _contested() -> Select[Any]:
    return select(posts.c.post_id).join_from(posts, contests, contests.c.post_id == posts.c.post_id)


def _handled(row: Row[Any], votes: Counter[tuple[int, bool]], contested: frozenset[int]) -> Handled:
    waited_s = (row.sent_at - row.claimed_at).total_seconds() if row.sent_at else -1.0
    # An edit begins a post anew, so a reply may be older than its post's last text.
    is_timed = waited_s >= 0 and row.action == Action.REPLY
    return Handled(
        at=row.claimed_at,
        is_flagged=row.would_be not in (None, Action.IGNORE),
        is_replied=row.message_id is not None,
        is_dismissed=row.outcome in DISMISSALS,
        is_contested=row.post_id in contested,
        helpful=votes[row.post_id, True],
        unhelpful=votes[row.post_id, False],
        latency_s=waited_s if is_timed else None,
    )


def examples(
    tx: Transaction, guild_id: int, scores: tuple[float, float], *, forum_id: int | None, limit: int
) -> tuple[tuple[PostRef, Finding], ...]:
    """Return the newest posts that stand and whose best score lies between the two, both included."""
    rows = tx.connection.execute(
        select(posts, decisions.c.findings)
        .join_from(posts, decisions, decisions.c.post_id == posts.c.post_id)
        .where(posts.c.guild_id == guild_id, posts.c.state == PostState.DECIDED, decisions.c.best.between(*scores))
        .where(*(() if forum_id is None else (posts.c.forum_id == forum_id,)))
        .order_by(posts.c.claimed_at.desc(), posts.c.post_id.desc())
        .limit(limit)
    )
    best = ((row, max(findings_from_json(row.findings), key=lambda finding: finding.p_asserts)) for row in rows)
    return tuple((post_ref(row), finding) for row, finding in best)


def _seen(guild_id: int, since: datetime, forum_id: int | None = None) -> tuple[ColumnElement[bool], ...]:
    here = (posts.c.guild_id == guild_id, posts.c.claimed_at >= since)
    return here if forum_id is None else (*here, posts.c.forum_id == forum_id)
