"""Whether the judge errs alike whichever side a claim suits: wrong replies to posts that assert nothing, by side.

Sides are the corpus's own words for whom a claim flatters, split where several are named; spelling is brought together
a little, meaning is not.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from models.evaluate.slices import wrongly_flagged
from models.evaluate.stream import Screened

MOST_SIDES = 12
OTHER, NOBODY = "other sides", "nobody in particular"
_BETWEEN = re.compile(r"\s*(?:[,;/&]|\band\b)\s*")
_NOBODY = frozenset({"", "none", "nobody", "no one", "neutral"})


def sides(flatters: str) -> frozenset[str]:
    """Return the sides that a corpus entry names, in lower case.

    >>> sorted(sides("The Mali junta, Russia"))
    ['mali junta', 'russia']
    """
    parts = (
        re.sub(r"\([^)]*\)", "", part).strip().casefold().removeprefix("the ") for part in _BETWEEN.split(flatters)
    )
    named = frozenset(part.strip() for part in parts if part.strip() not in _NOBODY)
    return named or frozenset({NOBODY})


def by_side(screened: Screened, thresholds: dict[str, float]) -> dict[str, Any]:
    """Return the false-reply and false-card rates by side, and whether the worst and the best differ beyond chance."""
    quiet = [number for number, each in enumerate(screened.posts) if not each.asserted]
    named = {number: sides(screened.posts[number].claim.flatters) for number in quiet}
    counts = Counter(side for each in named.values() for side in each if side != NOBODY)
    frequent = [side for side, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_SIDES]]
    groups = {side: [number for number in quiet if side in named[number]] for side in frequent}
    groups[OTHER] = [n for n in quiet if NOBODY not in named[n] and not named[n].intersection(frequent)]
    groups[NOBODY] = [n for n in quiet if NOBODY in named[n]]
    rates = {
        side: {name: wrongly_flagged(screened, members, at) for name, at in thresholds.items()}
        for side, members in groups.items()
        if members
    }
    return {"sides": rates, "posts": len(quiet), "spread": _spread(rates, frequent)}


def _spread(rates: dict[str, dict[str, Any]], frequent: list[str]) -> dict[str, Any] | None:
    """Compare the worst with the best of the frequent sides; None with fewer than two."""
    if len(frequent) < 2:
        return None
    ranked = sorted(frequent, key=lambda side: rates[side]["reply"]["value"])
    best, worst = rates[ranked[0]]["reply"], rates[ranked[-1]]["reply"]
    return {
        "best": ranked[0],
        "worst": ranked[-1],
        "best_lies_in_worst": worst["low"] <= best["value"] <= worst["high"],
        "worst_lies_in_best": best["low"] <= worst["value"] <= best["high"],
    }
