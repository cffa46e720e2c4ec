"""Pairs from public sets whose licences allow weights trained on them to be shipped; the sets stay outside.

Only named sets are read, whatever else lies in the folder.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.stance import LABELS
from models.train.pairs import Pair

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


def public_files(datasets: Path) -> list[Path]:
    """Return the files that are read, those that exist."""
    return [path for name in LICENCES if (path := datasets / f"{name}.jsonl.gz").is_file()]


def load_public(datasets: Path) -> dict[str, list[Pair]]:
    """Return training pairs by set name; a set that is not in the folder is left out."""
    readers = {"argkp2021": _key_points, "nli_small": _nli, "dnc_factuality": _veridicality}
    names = {path.name.removesuffix(".jsonl.gz"): path for path in public_files(datasets)}
    return {name: list(readers[name](_rows(path))) for name, path in names.items()}


def licences(public: dict[str, list[Pair]]) -> dict[str, str]:
    """Return the licence of everything a run learned from, by name."""
    return OWN_LICENCE | {part: licence for name in public for part, licence in LICENCES[name].items()}


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [row for line in lines if (row := json.loads(line)).get("split") == "train"]


def _pair(row: dict[str, Any], stance: str) -> Pair:
    return Pair(row["text"], row["claim"], LABELS.index(stance), PUBLIC_WEIGHT)


def _key_points(rows: list[dict[str, Any]]) -> Iterator[Pair]:
    for row in rows:
        yield _pair(row, "asserts" if row["label"] == "match" else "unrelated")


def _nli(rows: list[dict[str, Any]]) -> Iterator[Pair]:
    for row in rows:
        is_allowed = row["set"].startswith(("negated-", "FoolMeTwice"))
        if is_allowed and row["label"] in NLI_LABELS and len(row["text"]) <= LONGEST_TEXT:
            yield _pair(row, NLI_LABELS[row["label"]])


def _veridicality(rows: list[dict[str, Any]]) -> Iterator[Pair]:
    """Yield "someone V-ed that X" against X: asserted, denied (not-X follows) or merely reported."""
    rows = [row for row in rows if row["subset"] == "megaveridicality"]
    denied = {row["text"] for row in rows if " didn't " in row["claim"] and row["label"] == "entailed"}
    for row in rows:
        if " didn't " in row["claim"] or " might " in row["claim"]:
            continue
        if row["label"] == "entailed":
            yield _pair(row, "asserts")
        else:
            yield _pair(row, "denies" if row["text"] in denied else "reports")
