"""What the corpus holds, counted, and how well its second reader agreed: the figures of the datasheet."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from models.stance import LABELS
from models.train.corpus import DATA, LabelledClaim

SECOND_READER = DATA / "second_reader.jsonl"


def row(name: str, claims: Sequence[LabelledClaim]) -> str:
    """Return one line of the datasheet's table: claims, posts, posts of each stance, labels towards further claims."""
    posts = [post for claim in claims for post in claim.posts]
    stances = Counter(post.stance for post in posts)
    further = sum(len(post.others) for post in posts)
    counts = [len(claims), len(posts), *(stances[label] for label in LABELS), further]
    return f"| {name} | " + " | ".join(f"{count:,}" for count in counts) + " |"


def rows(claims: Sequence[LabelledClaim]) -> list[str]:
    """Return the datasheet's table: single claims, families, and both; the starter pack's claims are not counted."""
    own = [claim for claim in claims if not claim.is_fact]
    single, families = ([claim for claim in own if claim.is_family is kind] for kind in (False, True))
    return [row("single claims", single), row("families of near claims", families), row("all", own)]


def agreement(path: Path = SECOND_READER) -> tuple[int, float, float]:
    """Return how many pairs a second reader labelled, the share of equal labels, and Cohen's kappa."""
    pairs = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return len(pairs), _share(pairs), kappa([(pair["written"], pair["read"]) for pair in pairs])


def _share(pairs: Sequence[dict[str, str]]) -> float:
    return sum(pair["written"] == pair["read"] for pair in pairs) / len(pairs)


def kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Return Cohen's kappa of two readers (Cohen 1960): agreement beyond what their label shares give by chance.

    >>> round(kappa([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")]), 2)
    0.5
    """
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(first[label] * second[label] for label in first) / len(pairs) ** 2
    return (sum(one == other for one, other in pairs) / len(pairs) - chance) / (1 - chance)
