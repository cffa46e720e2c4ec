"""What thresholds would have done with the posts of some past days: figures for ``/threshold preview`` and ``set``.

Counts posts at their scores only. What else can hold a reply back (the forum's mode, a claim already answered in the
thread) is left out, so a figure is the most that a threshold would have brought.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.domain import Action, Thresholds
from bot.core.tuning import GRID, Scored

DAYS = 30

_NAMES = {Action.REPLY: "Replies", Action.REVIEW: "Cards"}


@dataclass(frozen=True, slots=True)
class Level:
    """What one threshold would have let through, in posts a day, and how moderators judged those they decided.

    ``flagged`` scored at least so high; ``answerable`` are those among them that the bot could answer by itself.
    """

    threshold: float
    flagged: float
    answerable: float
    right: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The curve over all thresholds, lowest first, and the decided posts as (score, was the screening wrong)."""

    days: int
    levels: tuple[Level, ...]
    decided: tuple[tuple[float, bool], ...]

    def at(self, threshold: float) -> Level:
        """Return the nearest level drawn."""
        return min(self.levels, key=lambda level: abs(level.threshold - threshold))


@dataclass(frozen=True, slots=True)
class Move:
    """Posts that other thresholds would have treated otherwise, and how moderators judged those they decided."""

    before: Action
    after: Action
    posts: int
    right: int
    wrong: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would have changed; ``moves`` holds changes only. Pairs are (under the old, under the new thresholds)."""

    replies: tuple[int, int]
    cards: tuple[int, int]
    moves: tuple[Move, ...]

    @property
    def sentence(self) -> str:
        """What would have changed, for people."""
        if not self.moves:
            return "Nothing would have changed."
        return " ".join(self._counted(action) for action in (Action.REPLY, Action.REVIEW))

    def _counted(self, action: Action) -> str:
        before, after = self.replies if action is Action.REPLY else self.cards
        come = [move for move in self.moves if move.after is action]
        gone = [move for move in self.moves if move.before is action]
        changes = [f"{_judged(moves)} {word}" for word, moves in (("come", come), ("go", gone)) if moves]
        if not changes:
            return f"{_NAMES[action]}: {after} as before."
        return f"{_NAMES[action]}: {after} instead of {before}; {' and '.join(changes)}."


@dataclass(frozen=True, slots=True)
class _Seen:
    """One post over all its claims: best score, best score that may be answered, and verdict, wrong first."""

    flagged: float
    answerable: float
    verdict: bool | None

    def action(self, thresholds: Thresholds) -> Action:
        if self.answerable >= thresholds.reply:
            return Action.REPLY
        return Action.REVIEW if self.flagged >= thresholds.review else Action.IGNORE


def preview(rows: Iterable[Scored], until: datetime, *, days: int = DAYS, grid: Sequence[float] = GRID) -> Preview:
    """Return what each threshold of the grid would have flagged and answered in the days before ``until``."""
    since = until - timedelta(days=days)
    seen = _posts(row for row in rows if since <= row.at < until)
    return Preview(
        days,
        tuple(_level(seen, threshold, days) for threshold in sorted(grid)),
        tuple(sorted((each.flagged, each.verdict) for each in seen if each.verdict is not None)),
    )


def what_if(rows: Iterable[Scored], old: Thresholds, new: Thresholds) -> WhatIf:
    """Return what would have changed for these posts had ``new`` been in force instead of ``old``.

    Give rows of those days and claims only that the thresholds are for.
    """
    posts = _posts(rows)
    moved: defaultdict[tuple[Action, Action], list[bool | None]] = defaultdict(list)
    for post in posts:
        moved[post.action(old), post.action(new)].append(post.verdict)
    moves = (
        Move(before, after, len(verdicts), verdicts.count(False), verdicts.count(True))
        for (before, after), verdicts in sorted(moved.items())
        if before is not after
    )
    replies, cards = (_before_and_after(moved, action) for action in (Action.REPLY, Action.REVIEW))
    return WhatIf(replies, cards, tuple(moves))


def _before_and_after(moved: Mapping[tuple[Action, Action], Sequence[object]], action: Action) -> tuple[int, int]:
    return (
        sum(len(posts) for (before, _), posts in moved.items() if before is action),
        sum(len(posts) for (_, after), posts in moved.items() if after is action),
    )


def _posts(rows: Iterable[Scored]) -> list[_Seen]:
    by_post: defaultdict[int, list[Scored]] = defaultdict(list)
    for row in rows:
        by_post[row.post_id].append(row)
    return [
        _Seen(
            max(row.p_asserts for row in group),
            max((row.p_asserts for row in group if row.is_assertion), default=0.0),
            max((row.verdict for row in group if row.verdict is not None), default=None),
        )
        for group in by_post.values()
    ]


def _level(seen: Sequence[_Seen], threshold: float, days: int) -> Level:
    flagged = [each for each in seen if each.flagged >= threshold]
    verdicts = [each.verdict for each in flagged]
    answerable = sum(each.answerable >= threshold for each in flagged)
    return Level(threshold, len(flagged) / days, answerable / days, verdicts.count(False), verdicts.count(True))


def _judged(moves: Sequence[Move]) -> str:
    """Return a count of posts with its verdicts: "12 (7 right, 1 wrong, 4 undecided)"."""
    posts, right, wrong = (sum(getattr(move, part) for move in moves) for part in ("posts", "right", "wrong"))
    named = ((right, "right"), (wrong, "wrong"), (posts - right - wrong, "undecided"))
    return f"{posts} ({', '.join(f'{number} {word}' for number, word in named if number)})"
