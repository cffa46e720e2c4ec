"""Which claims train the judge, which tune it and which only test it: by rule, never by hand.

Claims of one topic stay together, and so do those that say nearly the same: a held-out claim is new to the judge in its
words and in its subject. The share of a split is of topics, so it is near 80/10/10, not exact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from models.train.corpus import LabelledClaim

SPLITS = ("train", "dev", "test")
SAME_COSINE = 0.80  # two wordings this near are taken as one claim written twice
DEV_BUCKETS = range(80, 90)
TEST_BUCKETS = range(90, 100)


def groups(nearness: npt.NDArray[np.float32], threshold: float = SAME_COSINE) -> list[int]:
    """Return each claim's group (its smallest member) where ``nearness[i, j] >= threshold`` joins i and j."""
    return joined(len(nearness), np.argwhere(np.triu(nearness >= threshold, k=1)).tolist())


def joined(count: int, links: Iterable[Sequence[int]]) -> list[int]:
    """Return each item's group, named by its smallest member, where every link (i, j) puts i and j together.

    >>> joined(4, [(0, 2), (2, 3)])
    [0, 1, 0, 0]
    """
    parent = list(range(count))

    def root(item: int) -> int:
        while parent[item] != item:
            item = parent[item]
        return item

    for left, right in links:
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    return [root(item) for item in range(count)]


def bucket(name: str) -> int:
    """Return a number from 0 to 99 that depends on the name alone.

    >>> bucket("nato-promise") == bucket("nato-promise")
    True
    """
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % 100


def split_of(members: Sequence[LabelledClaim]) -> str:
    """Return the split of claims that stay together, by their first topic.

    A group with a claim of the starter pack's first part always trains; one with another pack claim may tune but
    is never kept for the test, since the product should know its own pack.
    """
    number = bucket(min(claim.topic or claim.id for claim in members))
    if any(claim.is_seed for claim in members):
        return "train"
    if number in DEV_BUCKETS:
        return "dev"
    if number in TEST_BUCKETS and not any(claim.is_fact for claim in members):
        return "test"
    return "train"


def assign(claims: Sequence[LabelledClaim], nearness: npt.NDArray[np.float32]) -> list[str]:
    """Return each claim's split; ``nearness`` is float32 [n, n], the best cosine between two claims' wordings."""
    first: dict[str, int] = {}
    links = [(first.setdefault(claim.topic or claim.id, number), number) for number, claim in enumerate(claims)]
    links += list(enumerate(groups(nearness)))
    group = joined(len(claims), links)
    members: dict[int, list[LabelledClaim]] = {}
    for number, claim in enumerate(claims):
        members.setdefault(group[number], []).append(claim)
    return [split_of(members[group[number]]) for number in range(len(claims))]
