"""The posts of a stream cut by what they are like, and how the judge does on each part.

Two questions: is a post that asserts nothing left alone (by stance and by kind), and are assertions found alike in long
posts and short ones, in every register and region.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bot.core.text import word_count
from models.evaluate.measures import calibration_error, share
from models.evaluate.stream import Screened, StreamPost
from models.stance import LABELS

NEIGHBOURS = frozenset(
    {
        "neighbour",
        "number-changed",
        "actor-changed",
        "cause-changed",
        "direction-reversed",
        "weaker",
        "supported-neighbour",
    }
)
QUESTIONS = frozenset({"question", "asking-sources", "slang-question", "quote-question"})
LENGTHS = ((12, "under 12 words"), (40, "12-39 words"), (80, "40-79 words"))
LONGEST = "80 words and more"
MOST_REGIONS = 12
MOST_KINDS = 40
OTHER = "the rest"


def length_of(each: StreamPost) -> str:
    """Return the name of a post's length slice."""
    words = word_count(each.post.text)
    return next((name for limit, name in LENGTHS if words < limit), LONGEST)


def stance_slices(screened: Screened) -> dict[str, list[int]]:
    """Return the numbers of the posts of each stance towards their own claim, and of questions and true neighbours."""
    slices = {label: members(screened, [label]) for label in LABELS}
    slices["questions"] = _of_kinds(screened, QUESTIONS)
    slices["true neighbours"] = _of_kinds(screened, NEIGHBOURS)
    return slices


def members(screened: Screened, stances: Sequence[str]) -> list[int]:
    """Return the numbers of the posts with one of these stances towards their own claim."""
    return [number for number, each in enumerate(screened.posts) if each.post.stance in stances]


def _of_kinds(screened: Screened, kinds: frozenset[str]) -> list[int]:
    return [
        number
        for number, each in enumerate(screened.posts)
        if each.post.kind in kinds and each.post.stance != "asserts"
    ]


def wrongly_flagged(screened: Screened, chosen: Sequence[int], threshold: float) -> dict[str, float]:
    """Return the share of the chosen posts that get any wrong finding at a threshold."""
    is_wrong = (screened.p_asserts >= threshold) & ~screened.is_asserted
    return share(len(set(screened.post[is_wrong].tolist()).intersection(chosen)), len(chosen))


def sliced(screened: Screened, thresholds: dict[str, float]) -> dict[str, dict[str, Any]]:
    """Return, for each way to cut the stream and each part of it, precision and recall at the thresholds."""
    cuts: dict[str, Callable[[StreamPost], str]] = {
        "length": length_of,
        "register": lambda each: each.post.register,
        "phenomenon": _kept(screened, lambda each: each.post.kind, MOST_KINDS),
        "region": _kept(screened, lambda each: each.claim.region.casefold() or "starter pack", MOST_REGIONS),
        "world": lambda each: "invented" if each.claim.is_fictional else "real",
        "title": lambda each: "with a title" if each.post.title else "without a title",
        "parent": lambda each: "answers a message" if each.post.parent else "answers no message",
    }
    found = {name: _by(screened, thresholds, key) for name, key in cuts.items()}
    lengths = (*(name for _, name in LENGTHS), LONGEST)
    return found | {"length": {name: found["length"][name] for name in lengths if name in found["length"]}}


def _kept(screened: Screened, key: Callable[[StreamPost], str], most: int) -> Callable[[StreamPost], str]:
    """Return a key that gives all but the most frequent values one name."""
    frequent = {name for name, _ in Counter(map(key, screened.posts)).most_common(most)}
    return lambda each: key(each) if key(each) in frequent else OTHER


def _by(screened: Screened, thresholds: dict[str, float], key: Callable[[StreamPost], str]) -> dict[str, Any]:
    names = [key(each) for each in screened.posts]
    return {
        name: _part(screened, thresholds, np.array([each == name for each in names], dtype=bool))
        for name, _ in Counter(names).most_common()
    }


def _part(screened: Screened, thresholds: dict[str, float], is_in: np.ndarray) -> dict[str, Any]:
    rows = is_in[screened.post]
    wanted = sum(len(each.asserted) for each, is_chosen in zip(screened.posts, is_in, strict=True) if is_chosen)
    truth, chances = screened.is_asserted[rows], screened.p_asserts[rows]
    part: dict[str, Any] = {"posts": int(is_in.sum()), "calibration_error": calibration_error(chances, truth)}
    for name, threshold in thresholds.items():
        flagged = chances >= threshold
        hits = int((flagged & truth).sum())
        part[name] = {
            "precision": share(hits, int(flagged.sum())),
            "recall": share(hits, wanted),
            "wrong_posts": wrongly_flagged(screened, np.flatnonzero(is_in).tolist(), threshold),
        }
    return part
