"""The training material in memory: claims with their wordings, and posts labelled with what they do with a claim.

Reads and cleans the files; it neither splits them (``splits``) nor pairs posts with other claims (``pairs``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.errors import BadInput
from models.stance import LABELS

DATA = Path(__file__).resolve().parent.parent / "data"
FACT_STANCES = {"denial": "denies", "question": "reports", "reported": "reports", "supported-neighbour": "unrelated"}


@dataclass(frozen=True, slots=True)
class LabelledPost:
    """One post and what it does with its own claim. ``kind`` is the writer's word for how it does so."""

    text: str
    title: str | None
    stance: str
    kind: str


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """One claim with its wordings and posts. ``is_fact`` marks the claims of the starter pack.

    ``is_seed`` marks those of the pack's first part, which must be known in service and are never held out.
    """

    id: str
    text: str
    paraphrases: tuple[str, ...]
    look_alikes: tuple[str, ...]
    posts: tuple[LabelledPost, ...]
    is_fact: bool = False
    is_seed: bool = False

    @property
    def wordings(self) -> tuple[str, ...]:
        """The claim and its paraphrases."""
        return (self.text, *self.paraphrases)


def load_claims(data: Path = DATA) -> list[LabelledClaim]:
    """Return the corpus's claims, then the starter pack's, in file order. Raises BadInput on a bad line."""
    files = data_files(data)
    if not files:
        raise BadInput(f"{data} holds no training data: it should have corpus/*.jsonl and facts_claims.jsonl.")
    claims = []
    for path in files:
        read = _fact_claim if path.name == "facts_claims.jsonl" else _corpus_claim
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                claims.append(read(json.loads(line)))
            except (KeyError, ValueError, TypeError) as error:
                raise BadInput(f"{path.name}, line {number}: not a claim of the training corpus ({error}).") from error
    return claims


def data_files(data: Path = DATA) -> list[Path]:
    """Return the files that ``load_claims`` reads, in its order."""
    facts = data / "facts_claims.jsonl"
    return sorted((data / "corpus").glob("*.jsonl")) + ([facts] if facts.is_file() else [])


def _corpus_claim(row: dict[str, Any]) -> LabelledClaim:
    posts = tuple(_post(post["text"], post.get("title"), post["stance"], post["phenomenon"]) for post in row["posts"])
    return LabelledClaim(row["id"], row["claim"], tuple(row["paraphrases"]), tuple(row["look_alikes"]), posts)


def _fact_claim(row: dict[str, Any]) -> LabelledClaim:
    posts = tuple(_post(text, None, "asserts", "paraphrase") for text in row["paraphrases"])
    near = row["hard_negatives"]
    posts += tuple(_post(each["text"], None, FACT_STANCES[each["kind"]], each["kind"]) for each in near)
    return LabelledClaim(
        row["id"], row["claim"], tuple(row["paraphrases"]), (), posts, is_fact=True, is_seed=row["part"] == 1
    )


def _post(text: str, title: str | None, stance: str, kind: str) -> LabelledPost:
    if stance not in LABELS:
        raise ValueError(f"unknown stance {stance!r}")
    return LabelledPost(cleaned(text), title, stance, kind)


def cleaned(text: str) -> str:
    """Return what the models read of a text in service: the same function as the bot's."""
    from bot.core.text import clean

    return clean(text).text


def wordings(claims: list[LabelledClaim]) -> Iterator[tuple[int, str]]:
    """Yield (claim number, wording) over all claims and their paraphrases."""
    for number, claim in enumerate(claims):
        for wording in claim.wordings:
            yield number, wording
