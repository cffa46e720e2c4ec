"""Examples from public sets whose licences allow weights trained on them to be shipped; the sets stay outside.

Only named sets are read, whatever else lies in the folder.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.stance import LABELS
from models.train.examples import UNRELATED, Asked, Example

# File -> part that is used -> licence; goes into the manifest and the model card.
LICENCES = {
    "argkp2021": {"ArgKP-2021 key points": "CDLA-Sharing-1.0"},
    "nli_small": {"negated MNLI, SNLI and RTE": "MIT", "Fool Me Twice": "Apache-2.0"},
    "dnc_factuality": {"megaveridicality": "MIT"},
}
OWN_LICENCE = {"the project's corpus and the starter pack's claims": "Apache-2.0"}
NLI_LABELS = {"entailment": "asserts", "contradiction": "denies", "neutral": "unrelated"}
PUBLIC_WEIGHT = 0.7  # other genres, other guidelines: they teach matching and negation, not tone
LONGEST_TEXT = 500  # characters; Fool Me Twice has long evidence that would slow every batch
MOST_KEY_POINTS = 6  # key points an argument is judged against at once


def public_files(datasets: Path) -> list[Path]:
    """Return the files that are read, those that exist."""
    return [path for name in LICENCES if (path := datasets / f"{name}.jsonl.gz").is_file()]


def load_public(datasets: Path) -> dict[str, list[Example]]:
    """Return training examples by set name; a set that is not in the folder is left out."""
    readers = {"argkp2021": _key_points, "nli_small": _nli, "dnc_factuality": _veridicality}
    names = {path.name.removesuffix(".jsonl.gz"): path for path in public_files(datasets)}
    return {name: list(readers[name](_rows(path))) for name, path in names.items()}


def licences(public: dict[str, list[Example]]) -> dict[str, str]:
    """Return the licence of everything a run learned from, by name."""
    return OWN_LICENCE | {part: licence for name in public for part, licence in LICENCES[name].items()}


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [row for line in lines if (row := json.loads(line)).get("split") == "train"]


def _asked(statement: str, stance: str) -> Asked:
    return Asked(statement, LABELS.index(stance), PUBLIC_WEIGHT)


def _with_strangers(examples: list[Example]) -> Iterator[Example]:
    """Yield each example with the statement of another of the set, which it does not touch."""
    rng = random.Random("public")  # noqa: S311 - sampling, no secret
    for example in examples:
        stranger = rng.choice(examples).asked[0].statement
        is_other = stranger != example.asked[0].statement
        extra = (Asked(stranger, UNRELATED, PUBLIC_WEIGHT / 2),) if is_other else ()
        yield Example(example.post, example.asked + extra)


def _key_points(rows: list[dict[str, Any]]) -> Iterator[Example]:
    """Yield each argument with key points of its topic, some of which it makes."""
    by_argument: dict[str, list[Asked]] = {}
    for row in rows:
        stance = "asserts" if row["label"] == "match" else "unrelated"
        by_argument.setdefault(row["text"], []).append(_asked(row["claim"], stance))
    for text, asked in by_argument.items():
        made_first = sorted(asked, key=lambda each: each.label)
        yield Example(text, tuple(made_first[:MOST_KEY_POINTS]))


def _nli(rows: list[dict[str, Any]]) -> Iterator[Example]:
    examples = [
        Example(row["text"], (_asked(row["claim"], NLI_LABELS[row["label"]]),))
        for row in rows
        if row["set"].startswith(("negated-", "FoolMeTwice"))
        and row["label"] in NLI_LABELS
        and len(row["text"]) <= LONGEST_TEXT
    ]
    yield from _with_strangers(examples)


def _veridicality(rows: list[dict[str, Any]]) -> Iterator[Example]:
    """Yield "someone V-ed that X" against X: asserted, denied (not-X follows) or merely reported."""
    rows = [row for row in rows if row["subset"] == "megaveridicality"]
    denied = {row["text"] for row in rows if " didn't " in row["claim"] and row["label"] == "entailed"}
    for row in rows:
        if " didn't " in row["claim"] or " might " in row["claim"]:
            continue
        stance = "asserts" if row["label"] == "entailed" else "denies" if row["text"] in denied else "reports"
        yield Example(row["text"], (_asked(row["claim"], stance),))
