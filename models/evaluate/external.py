"""Retrieval as ``footnote match`` does it, on sets that the project did not write: CheckThat! 2022, Propaganda Diary.

Needs a folder with the files of the datasets' README; they are never shipped and nothing is trained on them.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from bot.core.domain import Claim
from bot.core.errors import BadInput
from models.artifact import file_sha256
from models.encoder import TextEncoder
from models.evaluate.measures import share
from models.pipelines import match

CHECKTHAT, DIARY = "checkthat2022", "propaganda_diary"
Ranking = Sequence[tuple[str, float]]


def external_figures(folder: Path, encoder: TextEncoder, max_posts: int | None = None) -> dict[str, Any]:
    """Return the figures of both sets. Raises BadInput where a file is missing or is not what it should be."""
    return {
        CHECKTHAT: checkthat(folder, encoder, max_posts),
        DIARY: diary(folder, encoder, max_posts),
        "files": {path.name: file_sha256(path) for path in _paths(folder)},
    }


def checkthat(folder: Path, encoder: TextEncoder, max_posts: int | None = None) -> dict[str, Any]:
    """Return mean average precision at 1 and at 5 on dev_test; a claim's title counts as a paraphrase of it."""
    claims = [
        Claim(row["id"], row["text"], (row["title"],) if row.get("title") else ())
        for row in _rows(folder, f"{CHECKTHAT}.claims")
    ]
    queries = [row for row in _rows(folder, f"{CHECKTHAT}.queries") if row["split"] == "dev_test"]
    return _measured(encoder, claims, queries[:max_posts])


def diary(folder: Path, encoder: TextEncoder, max_posts: int | None = None) -> dict[str, Any]:
    """Return the same for the quotes of both splits that assert a narrative."""
    claims = [Claim(row["id"], row["text"]) for row in _rows(folder, f"{DIARY}.claims")]
    queries = [row for row in _rows(folder, f"{DIARY}.queries") if row["label"] == "assert"]
    return _measured(encoder, claims, queries[:max_posts])


def _measured(encoder: TextEncoder, claims: list[Claim], queries: list[dict[str, Any]]) -> dict[str, Any]:
    found = match(encoder, claims, [row["text"] for row in queries], top=10)
    golds = [frozenset(row["gold"]) for row in queries]
    return {
        "claims": len(claims),
        "queries": len(queries),
        "MAP@1": mean_average_precision(found, golds, 1),
        "MAP@5": mean_average_precision(found, golds, 5),
        "R@10": share(sum(any(i in gold for i, _ in top) for top, gold in zip(found, golds, strict=True)), len(golds)),
    }


def mean_average_precision(found: Sequence[Ranking], golds: Sequence[Collection[str]], depth: int) -> float:
    """Return the mean over queries of the average precision within a depth, as CheckThat! counts it.

    >>> mean_average_precision([[("a", 0.9), ("b", 0.8)]], [{"b"}], 5)
    0.5
    """
    total = 0.0
    for ranking, gold in zip(found, golds, strict=True):
        hits = [place for place, (claim, _) in enumerate(ranking[:depth], start=1) if claim in gold]
        total += sum(number / place for number, place in enumerate(hits, start=1)) / max(min(len(gold), depth), 1)
    return total / max(len(golds), 1)


def _paths(folder: Path) -> list[Path]:
    return [folder / f"{name}.{part}.jsonl.gz" for name in (CHECKTHAT, DIARY) for part in ("claims", "queries")]


def _rows(folder: Path, name: str) -> list[dict[str, Any]]:
    path = folder / f"{name}.jsonl.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    except (OSError, ValueError, EOFError) as error:
        raise BadInput(f"{path} cannot be read: name the folder that holds the public sets.") from error
