"""The files of ``footnote match`` and ``footnote stance``: retrieval alone and stance alone.

Reads queries and pairs, hands them to a pure function of ``models.pipelines``, and writes TREC run lines or JSON Lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.domain import Claim, StanceScores
from bot.core.errors import BadInput
from bot.jsonl import Line, read_all, writing, writing_text

RUN_NAME = "footnote"
PAIRS_AT_ONCE = 64
MOST_RANKS = 1000

Matcher = Callable[[Sequence[Claim], Sequence[str], int], list[list[tuple[str, float]]]]
"""Claims, queries and how many to rank -> for each query (claim id, cosine), best first."""

Progress = Callable[[int, int], None]
"""Told how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Query:
    """One text to find claims for."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One post and one claim; ``context`` is the post answered, where given."""

    id: str
    text: str
    claim: str
    context: str | None = None


def read_queries(source: str) -> list[Query]:
    """Return the queries of a JSON Lines file or standard input (``-``). Raises BadInput."""
    return [Query(_run_id(line), line.text("text")) for line in read_all(source, what="queries")]


def read_pairs(source: str) -> list[Pair]:
    """Return the pairs of a JSON Lines file or standard input (``-``). Raises BadInput."""
    return [
        Pair(line.id(), line.text("text"), line.text("claim"), line.optional_text("context"))
        for line in read_all(source, what="pairs")
    ]


def match_file(match: Matcher, claims: Sequence[Claim], queries: Sequence[Query], out: str, *, top: int = 10) -> int:
    """Rank the claims for each query into a TREC run file or standard output (``-``); returns how many lines.

    Raises BadInput, also for a claim id with a space in it, which a run file cannot hold.
    """
    if not 1 <= top <= MOST_RANKS:
        raise BadInput(f"--top must lie between 1 and {MOST_RANKS}.")
    for claim in claims:
        if any(character.isspace() for character in claim.id):
            raise BadInput(f'The claim id "{claim.id}" holds a space, which a run file cannot hold.')
    found = match(claims, [query.text for query in queries], top)
    with writing_text(out) as write:
        for query, ranked in zip(queries, found, strict=True):
            for rank, (claim_id, score) in enumerate(ranked[:top], start=1):
                write(f"{query.id} Q0 {claim_id} {rank} {score:.4f} {RUN_NAME}\n")
    return sum(len(ranked[:top]) for ranked in found)


def stance_file(
    stance: Callable[[Sequence[Pair]], list[StanceScores]],
    pairs: Sequence[Pair],
    out: str,
    *,
    progress: Progress | None = None,
) -> int:
    """Write the four probabilities of each pair as JSON Lines, in order; returns how many pairs."""
    with writing(out) as write:
        for start in range(0, len(pairs), PAIRS_AT_ONCE):
            part = pairs[start : start + PAIRS_AT_ONCE]
            for pair, scores in zip(part, stance(part), strict=True):
                write(_stance_row(pair, scores))
            if progress is not None:
                progress(start + len(part), len(pairs))
    return len(pairs)


def _stance_row(pair: Pair, scores: StanceScores) -> dict[str, object]:
    rounded = {name: round(getattr(scores, name), 6) for name in ("denies", "reports", "unrelated")}
    # Rounding must not cost the sum: what is left over goes to the first of the four.
    return {"id": pair.id, "asserts": round(max(0.0, 1.0 - sum(rounded.values())), 6), **rounded}


def _run_id(line: Line) -> str:
    value = line.id()
    if any(character.isspace() for character in value):
        line.refuse('"id" holds a space, which a run file cannot hold')
    return value
