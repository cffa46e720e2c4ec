"""What members asked for and found no note: look-alike questions as one wish, counted by people, not by posts.

Pure: who is similar to whom is the caller's to say; ``word_overlap`` serves where nothing better is at hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.core.note_ports import Demand

Similarity = Callable[[str, str], float]
"""How near two questions are in meaning, 0 to 1."""

NEAR = 0.6  # from here on two questions ask for the same note
_STEM = 5  # letters of a word that count: "create", "created" and "creation" are one
_WORD = re.compile(r"https?://\S+|[^\W_]+")  # a link is one word: two links share their beginning and nothing else
_EMPTY_WORD_LIST = """
a about an and any anybody anyone anything are as at be been by did do does ever for from had has have how in is it its
know of on or really say says so somebody something tell that the their there they this to true was were what when where
which who why will with you
"""
_EMPTY_WORDS = frozenset(_EMPTY_WORD_LIST.split())


@dataclass(frozen=True, slots=True)
class Wish:
    """One missing note: its commonest question, how many different people asked, and all that was asked."""

    question: str
    askers: int
    demands: tuple[Demand, ...]


def wishes(demands: Sequence[Demand], similarity: Similarity | None = None, near: float = NEAR) -> tuple[Wish, ...]:
    """Return the demands in groups, the one most people asked for first. Askers that are not known count as one.

    One pass, oldest first: each question joins the group whose first question is nearest, or begins one.
    """
    similar = similarity or word_overlap
    groups: list[list[Demand]] = []
    for demand in sorted(demands, key=lambda one: (one.at, one.id)):
        scores = [similar(group[0].question, demand.question) for group in groups]
        best = max(range(len(scores)), key=scores.__getitem__, default=-1)
        if best >= 0 and scores[best] >= near:
            groups[best].append(demand)
        else:
            groups.append([demand])
    found = [_wish(group) for group in groups]
    return tuple(sorted(found, key=lambda wish: (-wish.askers, -len(wish.demands), wish.demands[0].id)))


def word_overlap(one: str, other: str) -> float:
    """Return the share of words two questions have in common (Dice); words without content do not count."""
    left, right = _words(one), _words(other)
    if not left or not right:
        return float(_folded(one) == _folded(other))
    return 2 * len(left & right) / (len(left) + len(right))


def _wish(group: Sequence[Demand]) -> Wish:
    """The group's commonest question is the one that most people asked in the same words; the oldest wins a tie."""
    people: dict[str, set[str]] = {}
    for demand in group:
        people.setdefault(_folded(demand.question), set()).add(demand.asker)
    commonest = max(group, key=lambda demand: len(people[_folded(demand.question)]))
    return Wish(commonest.question, len({demand.asker for demand in group}), tuple(group))


@lru_cache(maxsize=2_000)
def _words(text: str) -> frozenset[str]:
    words = (word.casefold() for word in _WORD.findall(text))
    return frozenset(
        word if word.startswith("http") else word[:_STEM] for word in words if word not in _EMPTY_WORDS
    )  # fmt: skip


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(" ?!.")
