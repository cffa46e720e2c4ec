"""Assertions that are found as written, disguised and screened again: how many are still found, and what folding costs.

A bot that judges one message at a time cannot see a claim split over two; the better half counts.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bot.core.text import clean
from models.evaluate.evasion import ATTACKS, attacked, halves
from models.evaluate.measures import share
from models.evaluate.stream import CHUNK_POSTS, StreamPost, request_for
from models.screener import AssessRequest, PairScreener

MOST_POSTS = 200
MOST_TRIED = 300  # assertions screened as written to find those
SPLIT_IN_TWO = "split over two messages"
Report = Callable[[int, int], None]
Wanted = tuple[AssessRequest, str]


def evasion_figures(
    screener: PairScreener,
    posts: Sequence[StreamPost],
    review: float,
    seed: int = 0,
    report: Report = lambda done, of: None,
) -> dict[str, Any]:
    """Return what each attack does to at most 200 assertions found as written, and what folding does to clean posts.

    The screener must hold the claims. ``report`` is told how many attacks of how many are done.
    """
    asserting = [each for each in posts if each.post.stance == "asserts"]
    random.Random(seed).shuffle(asserting)  # noqa: S311 - sampling, no secret
    asserting = asserting[:MOST_TRIED]
    as_written = chances(screener, [(request_for(each.post), each.claim.id) for each in asserting])
    found = [(each, p) for each, p in zip(asserting, as_written, strict=True) if p >= review][:MOST_POSTS]
    targets = [each for each, _ in found]
    before = [p for _, p in found]
    attacks: dict[str, Any] = {}
    for number, name in enumerate(ATTACKS, start=1):
        disguised = [(_disguised(each, name, seed), each.claim.id) for each in targets]
        attacks[name] = _effect(before, chances(screener, disguised), review)
        report(number, len(ATTACKS))
    attacks[SPLIT_IN_TWO] = _effect(before, _in_two(screener, targets), review)
    return {
        "posts": len(targets),
        "review": review,
        "attacks": attacks,
        "all": _over_all(attacks),
        "folding_on_clean_text": folding_cost(screener, [each for each in posts if not each.asserted], review),
    }


def chances(screener: PairScreener, wanted: Sequence[Wanted]) -> list[float]:
    """Return each post's probability of asserting a claim; 0.0 where the claim is no candidate."""
    result: list[float] = []
    for start in range(0, len(wanted), CHUNK_POSTS):
        chunk = wanted[start : start + CHUNK_POSTS]
        for (_, claim), examined in zip(chunk, screener.examine_batch([request for request, _ in chunk]), strict=True):
            result.append(max((each.finding.p_asserts for each in examined if each.claim.id == claim), default=0.0))
    return result


def folding_cost(screener: PairScreener, posts: Sequence[StreamPost], review: float) -> dict[str, Any]:
    """Return how many clean posts that assert nothing are flagged as the bot reads them, and read as written alone.

    Only posts whose words change when disguises are undone are screened: all others read the same both ways.
    """
    changed = [each for each in posts if screener.vocabulary.is_disguised(clean(each.post.text).text)]
    as_written = screener.with_options(replace(screener.options, undo_disguises=False))
    return {
        "posts": len(posts),
        "changed_by_folding": len(changed),
        "flagged_with_folding": _flagged(screener, changed, review),
        "flagged_without_folding": _flagged(as_written, changed, review),
    }


def _flagged(screener: PairScreener, posts: Sequence[StreamPost], review: float) -> int:
    found = screener.examine_batch([request_for(each.post) for each in posts]) if posts else []
    return sum(
        any(one.finding.p_asserts >= review and one.claim.id not in each.same for one in examined)
        for each, examined in zip(posts, found, strict=True)
    )


def _disguised(each: StreamPost, name: str, seed: int) -> AssessRequest:
    text = attacked(name, each.post.text, each.claim.wordings, seed)
    return replace(request_for(each.post), text=clean(text))


def _in_two(screener: PairScreener, targets: Sequence[StreamPost]) -> list[float]:
    """Return the probability of the better of two halves, each judged alone; the second has no title and no parent."""
    cuts = [halves(each.post.text) for each in targets]
    first = [replace(request_for(each.post), text=clean(cut[0])) for each, cut in zip(targets, cuts, strict=True)]
    second = [AssessRequest(clean(cut[1])) for cut in cuts]
    ids = [each.claim.id for each in targets]
    halved = (chances(screener, list(zip(requests, ids, strict=True))) for requests in (first, second))
    return [max(pair) for pair in zip(*halved, strict=True)]


def _effect(before: Sequence[float], after: Sequence[float], review: float) -> dict[str, Any]:
    return {
        "still_found": share(sum(p >= review for p in after), len(after)),
        "mean_before": sum(before) / max(len(before), 1),
        "mean_after": sum(after) / max(len(after), 1),
    }


def _over_all(attacks: dict[str, Any]) -> dict[str, Any]:
    """Return the share still found over all attacks on one message, and over all with the split one."""
    single = [each["still_found"] for name, each in attacks.items() if name != SPLIT_IN_TWO]
    every = [each["still_found"] for each in attacks.values()]
    return {
        name: share(sum(int(each["hits"]) for each in group), sum(int(each["of"]) for each in group))
        for name, group in (("attacks on one message", single), ("all attacks", every))
    }
