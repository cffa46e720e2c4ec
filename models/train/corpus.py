"""The training material in memory: claims with their wordings, and posts labelled with what they do with a claim.

Reads and cleans the files; it neither splits them (``splits``) nor puts posts beside other claims (``examples``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.core.errors import BadInput
from models.stance import LABELS

DATA = Path(__file__).resolve().parent.parent / "data"
FACT_STANCES = {"denial": "denies", "question": "reports", "reported": "reports", "supported-neighbour": "unrelated"}


@dataclass(frozen=True, slots=True)
class LabelledPost:
    """One post and what it does with its own claim; ``others`` says what it does with further claims, by their ids.

    ``kind`` is the writer's word for how it does so, ``register`` for how it sounds. ``parent`` is the message it
    answers.
    """

    text: str
    title: str | None
    stance: str
    kind: str
    register: str = "unmarked"
    parent: str | None = None
    others: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """One claim with its wordings and posts. ``is_fact`` marks the claims of the starter pack.

    ``topic`` names the affair it belongs to: claims of one topic are never on both sides of a split. ``is_family``
    tells that its posts were labelled against every claim of its topic. ``is_seed`` marks the pack's first part, which
    must be known in service and is never held out. ``flatters`` and ``hostile_to`` serve the symmetry figures alone.
    """

    id: str
    text: str
    paraphrases: tuple[str, ...]
    look_alikes: tuple[str, ...]
    posts: tuple[LabelledPost, ...]
    is_fact: bool = False
    is_seed: bool = False
    topic: str = ""
    is_family: bool = False
    is_fictional: bool = False
    region: str = ""
    flatters: str = ""
    hostile_to: str = ""

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
    return LabelledClaim(
        row["id"],
        row["claim"],
        tuple(row["paraphrases"]),
        tuple(row["look_alikes"]),
        tuple(_post(post) for post in row["posts"]),
        topic=row.get("topic", row["id"]),
        is_family=row.get("is_family", False),
        is_fictional=row.get("fictional", False),
        region=row.get("region", ""),
        flatters=row.get("flatters", ""),
        hostile_to=row.get("hostile_to", ""),
    )


def _fact_claim(row: dict[str, Any]) -> LabelledClaim:
    rows = [{"text": text, "stance": "asserts", "phenomenon": "paraphrase"} for text in row["paraphrases"]]
    rows += [
        {"text": near["text"], "stance": FACT_STANCES[near["kind"]], "phenomenon": near["kind"]}
        for near in row["hard_negatives"]
    ]
    return LabelledClaim(
        row["id"],
        row["claim"],
        tuple(row["paraphrases"]),
        (),
        tuple(_post(each) for each in rows),
        is_fact=True,
        is_seed=row["part"] == 1,
        topic=row.get("topic", row["id"]),
    )


def _post(row: dict[str, Any]) -> LabelledPost:
    others = row.get("others", {})
    for stance in (row["stance"], *others.values()):
        if stance not in LABELS:
            raise ValueError(f"unknown stance {stance!r}")
    parent = row.get("parent")
    return LabelledPost(
        cleaned(row["text"]),
        row.get("title"),
        row["stance"],
        row["phenomenon"],
        row.get("register", "unmarked"),
        cleaned(parent) if parent else None,
        others,
    )


def cleaned(text: str) -> str:
    """Return what the models read of a text in service: the same function as the bot's."""
    from bot.core.text import clean

    return clean(text).text


def wordings(claims: list[LabelledClaim]) -> Iterator[tuple[int, str]]:
    """Yield (claim number, wording) over all claims and their paraphrases."""
    for number, claim in enumerate(claims):
        for wording in claim.wordings:
            yield number, wording
