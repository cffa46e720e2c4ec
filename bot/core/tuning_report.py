"""The figures of ``/report``: what the bot did with a server's posts in some days. Counts posts, never members."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

DAYS = 7


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of one post.

    ``is_flagged``: it led to a card or a reply, or would have but for the forum's mode. ``is_replied``: a reply was
    posted, even if it was withdrawn later; ``is_dismissed``: a moderator dismissed its card; ``is_contested``: somebody
    contested the reply. ``helpful`` and ``unhelpful`` count ratings of the reply. ``latency_s`` is the time from the
    post to the reply where the bot answered by itself, None elsewhere: a moderator's pause is no slowness of the bot.
    """

    at: datetime
    is_flagged: bool = False
    is_replied: bool = False
    is_dismissed: bool = False
    is_contested: bool = False
    helpful: int = 0
    unhelpful: int = 0
    latency_s: float | None = None


@dataclass(frozen=True, slots=True)
class DayCount:
    """One day's flagged posts (UTC), each counted once: answered, dismissed, or undecided (open, or shadow mode)."""

    day: date
    replied: int
    dismissed: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Report:
    """A server's figures from ``since`` to before ``until``. The latencies are None where no reply has one."""

    since: datetime
    until: datetime
    seen: int
    flagged: int
    replied: int
    dismissed: int
    contested: int
    helpful: int
    unhelpful: int
    median_s: float | None
    p95_s: float | None
    by_day: tuple[DayCount, ...]


def report(rows: Iterable[Handled], until: datetime, *, days: int = DAYS) -> Report:
    """Return the figures of the days before ``until``; both in UTC, and days without posts are there as zeros."""
    since = until - timedelta(days=days)
    posts = [row for row in rows if since <= row.at < until]
    latencies = sorted(row.latency_s for row in posts if row.latency_s is not None)
    return Report(
        since,
        until,
        len(posts),
        sum(row.is_flagged for row in posts),
        sum(row.is_replied for row in posts),
        sum(row.is_dismissed for row in posts),
        sum(row.is_contested for row in posts),
        sum(row.helpful for row in posts),
        sum(row.unhelpful for row in posts),
        quantile(latencies, 0.5),
        quantile(latencies, 0.95),
        _by_day(posts, since, until),
    )


def quantile(ranked: Sequence[float], share: float) -> float | None:
    """Return the smallest of the sorted values that at least this share lies at or below; None of nothing.

    >>> quantile([1.0, 2.0, 3.0], 0.5), quantile([1.0, 2.0, 3.0], 0.95)
    (2.0, 3.0)
    """
    return ranked[max(math.ceil(share * len(ranked)) - 1, 0)] if ranked else None


def _by_day(posts: Iterable[Handled], since: datetime, until: datetime) -> tuple[DayCount, ...]:
    counts: Counter[tuple[date, str]] = Counter()
    for row in posts:
        if row.is_flagged:
            end = "replied" if row.is_replied else "dismissed" if row.is_dismissed else "undecided"
            counts[row.at.astimezone(UTC).date(), end] += 1
    first, last = since.astimezone(UTC).date(), (until - timedelta(microseconds=1)).astimezone(UTC).date()
    dates = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(DayCount(day, *(counts[day, end] for end in ("replied", "dismissed", "undecided"))) for day in dates)
