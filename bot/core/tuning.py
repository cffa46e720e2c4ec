"""The lowest reply threshold that moderators' own decisions can vouch for.

Works on scores and verdicts alone: no text, no members. Preview, symmetry and report figures are in the other
``tuning_`` modules.

How: each threshold of a grid fixed in advance is tested with an exact binomial bound (Clopper and Pearson 1934), the
strictest first, and the first failure ends the row (fixed-sequence testing; Angelopoulos et al. 2021, "Learn then
Test", arXiv:2110.01052). So the chance that the answer breaks its promise is at most 5 %, however fine the grid.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from bot.core.domain import Thresholds
from bot.core.errors import BadInput
from bot.core.tuning_bounds import CONFIDENCE, fewest_trials, upper_bound

GRID = tuple(number / 100 for number in range(5, 100))
"""The thresholds that can be suggested, lowest first."""

START_ERRORS = 1
"""The row starts where there are decisions enough to pass with this many mistakes, if there are anywhere. A judge
wrong once in fifty passes the first test of a 5 % target 44 times in 100; without the slack one slip ends it: 30."""

LEAST_TARGET, MOST_TARGET = 0.001, 0.5


@dataclass(frozen=True, slots=True)
class Scored:
    """What one post was found to do with one claim, and what a moderator said of it.

    ``is_assertion``: the bot could have answered by itself had the score been high enough, that is, the likeliest
    stance asserts and no rival claim fits the same words as well. ``verdict`` is what ``review.was_wrong`` says: True
    where the screening was wrong, None where nobody decided or the outcome says neither. ``thresholds`` were in force
    when the post was judged: below their ``review`` nobody was asked.
    """

    post_id: int
    claim_id: str
    forum_id: int
    at: datetime
    p_asserts: float
    is_assertion: bool
    verdict: bool | None
    thresholds: Thresholds


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The answer to ``suggest``: a threshold, or None and what is missing.

    ``errors`` of ``n`` decisions at or above the threshold were wrong, and with the confidence asked for the true rate
    lies under ``bound``. Without a threshold they describe the strictest one that has enough decisions or, where none
    has, the one with most. ``more_needed``: decisions without a mistake that could change a refusal, at the least.
    """

    threshold: float | None
    n: int
    errors: int
    bound: float
    more_needed: int
    sentence: str


@dataclass(frozen=True, slots=True)
class _Count:
    """The decisions that bear on one threshold."""

    threshold: float
    n: int
    errors: int


def suggest(
    rows: Iterable[Scored], target: float, *, lowest: float = 0.0, confidence: float = CONFIDENCE
) -> Suggestion:
    """Return the lowest threshold whose false-reply rate stays under ``target`` with this confidence.

    The false-reply rate of a threshold is the share of wrong ones among the posts that ``auto`` would answer with it.
    Thresholds under ``lowest`` (the review threshold now in force, say) are not tested.

    What is counted. A decision bears on a threshold when its post scored at least as high and a post that scored just
    that would have been put to a moderator as well, ``row.thresholds.review`` lying no higher. Otherwise decisions
    from a time of stricter review would stand for posts that nobody was asked about. A post decided more than once
    counts once, as wrong if it ever was. Where the row of tests starts depends on how many decisions there are, never
    on how they fell; stricter thresholds have too few, are not tested and never suggested.

    What is assumed. Posts to come are like the decided ones (same topics, same judge; new weights start anew), each
    decision is a post of its own, and moderators are right. Whether a card gets decided does not hang on the answer.
    A higher score is no worse than a lower one: then replies by ``auto`` that nobody decided, all of high score, only
    make the bound larger than need be. Of those, contested ones are counted; they are wrong at least as often as
    the rest. The promise is for one look: who asks every day until something passes is promised less.

    Raises BadInput when the target lies outside 0.1 % to 50 %.
    """
    if not LEAST_TARGET <= target <= MOST_TARGET:
        raise BadInput(f"The target must lie between {percent(LEAST_TARGET)} and {percent(MOST_TARGET)}.")
    counts = [count for count in _counts(rows) if count.threshold >= lowest]
    most = max(counts, key=lambda count: count.n, default=_Count(lowest, 0, 0))
    start = next((need for need in _starts(target, confidence) if need <= most.n), None)
    if start is None:
        return _too_few(most, target, confidence)
    first = next(place for place, count in enumerate(counts) if count.n >= start)
    passed = list(_passing(counts[first:], target, confidence))
    return _vouched(passed[-1], target, confidence) if passed else _refused(counts[first], target, confidence)


def _starts(target: float, confidence: float) -> Iterator[int]:
    """Yield how many decisions the row should start with: with the wished slack first, then what a small server has."""
    return (fewest_trials(errors, target, confidence) for errors in range(START_ERRORS, -1, -1))


def _passing(counts: Iterable[_Count], target: float, confidence: float) -> Iterator[_Count]:
    for count in counts:
        if count.n < fewest_trials(count.errors, target, confidence):
            return
        yield count


def _counts(rows: Iterable[Scored]) -> list[_Count]:
    """Return for each threshold, strictest first, how many decisions bear on it and how many of them were wrong."""
    steps = {is_wrong: [0] * (len(GRID) + 1) for is_wrong in (False, True)}
    for row in _one_a_post(rows):
        first, past = bisect_left(GRID, row.thresholds.review), bisect_right(GRID, row.p_asserts)
        if first < past:
            steps[bool(row.verdict)][first] += 1
            steps[bool(row.verdict)][past] -= 1
    right, wrong = (list(accumulate(steps[is_wrong])) for is_wrong in (False, True))
    return [_Count(at, right[i] + wrong[i], wrong[i]) for i, at in enumerate(GRID)][::-1]


def _one_a_post(rows: Iterable[Scored]) -> Iterable[Scored]:
    """Keep the decisions on posts that could have been answered: one a post, the worst."""
    kept: dict[int, Scored] = {}
    for row in rows:
        if row.verdict is None or not row.is_assertion:
            continue
        known = kept.get(row.post_id)
        if known is None or (row.verdict, row.p_asserts) > (known.verdict, known.p_asserts):
            kept[row.post_id] = row
    return kept.values()


def _vouched(count: _Count, target: float, confidence: float) -> Suggestion:
    bound = upper_bound(count.errors, count.n, confidence)
    sentence = (
        f"From {count.threshold:.2f} up, {count.errors} of {count.n} decided posts were wrong. With "
        f"{percent(confidence)} confidence at most {percent(bound)} of the replies there would be wrong; "
        f"your target is {percent(target)}."
    )
    return Suggestion(count.threshold, count.n, count.errors, bound, 0, sentence)


def _too_few(most: _Count, target: float, confidence: float) -> Suggestion:
    need = fewest_trials(0, target, confidence)
    sentence = (
        f"Too few decisions yet: a target of {percent(target)} takes at least {need} without a mistake, and there are "
        f"{most.n}. At least {need - most.n} more are needed."
    )
    bound = upper_bound(most.errors, most.n, confidence)
    return Suggestion(None, most.n, most.errors, bound, need - most.n, sentence)


def _refused(count: _Count, target: float, confidence: float) -> Suggestion:
    bound = upper_bound(count.errors, count.n, confidence)
    more = fewest_trials(count.errors, target, confidence) - count.n
    sentence = (
        f"No threshold can be vouched for yet: from {count.threshold:.2f} up, {count.errors} of {count.n} decided "
        f"posts were wrong, so up to {percent(bound)} of the replies may be; your target is {percent(target)}. "
        f"At least {more} more decisions without a mistake are needed, or a higher target."
    )
    return Suggestion(None, count.n, count.errors, bound, more, sentence)


def percent(rate: float) -> str:
    """Return a rate in words, rounded up to a tenth of a per cent so that no promise looks better than it is.

    >>> percent(0.0495), percent(0.02)
    ('5 %', '2 %')
    """
    return f"{math.ceil(round(rate * 1000, 6)) / 10:g} %"
