"""Retrieval alone and stance alone, as pure functions: what ``footnote match`` and ``footnote stance`` run.

Both read texts as the bot does: cleaned, cut into passages and windows, with disguises undone beside the original.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.core.domain import Claim, StanceScores
from bot.core.folding import fold
from bot.core.text import clean
from models.encoder import TextEncoder, encodable
from models.index import ClaimIndex
from models.layout import Question
from models.screener import Judge
from models.stance import pair_text
from models.windows import cut


@dataclass(frozen=True, slots=True)
class StancePair:
    """A post and a claim; ``context`` is the message the post answers, where known."""

    text: str
    claim: str
    context: str | None = None


def match(
    encoder: TextEncoder, claims: Sequence[Claim], queries: Sequence[str], top: int = 10
) -> list[list[tuple[str, float]]]:
    """Return, for each query, up to ``top`` (claim id, cosine), best first; () for a query without words.

    A query of several sentences counts by its nearest sentence or as a whole, whichever is nearer.
    """
    index = ClaimIndex.build(claims, encoder)
    texts = [_readings(query) for query in queries]
    flat = list(dict.fromkeys(text for group in texts for text in group))
    nearness = dict(zip(flat, index.similarities(encoder.encode(flat)), strict=True))
    return [_ranked([nearness[text] for text in group], index, top) for group in texts]


def stance(judge: Judge, pairs: Sequence[StancePair]) -> list[StanceScores]:
    """Return the four probabilities for each pair, in order; a post without words is ``unrelated``.

    Of a long or disguised post the reading that most asserts the claim counts, as in screening.
    """
    questions = [
        [Question(pair_text(text, None, pair.context), (encodable(pair.claim),)) for text in _windows(pair.text)]
        for pair in pairs
    ]
    rows = iter(judge.probabilities([question for group in questions for question in group]))
    return [_strongest([next(rows)[0].tolist() for _ in group]) for group in questions]


def _strongest(rows: list[list[float]]) -> StanceScores:
    if not rows:
        return StanceScores(0.0, 0.0, 0.0, 1.0)
    return StanceScores(*max(rows, key=lambda row: row[0]))


def _readings(query: str) -> list[str]:
    """Return what stands for a query: its passages, its windows, and either with disguises undone."""
    passages = cut(clean(query))
    texts = [sentence.text for sentence in passages.sentences] + [window.text for window in passages.windows]
    return list(dict.fromkeys([*texts, *map(fold, texts)]))


def _windows(text: str) -> list[str]:
    texts = [window.text for window in cut(clean(text)).windows]
    return list(dict.fromkeys([*texts, *map(fold, texts)]))


def _ranked(rows: Sequence[np.ndarray], index: ClaimIndex, top: int) -> list[tuple[str, float]]:
    if not rows:
        return []
    nearest = np.max(rows, axis=0)
    order = np.argsort(-nearest, kind="stable")[: max(top, 0)]
    return [(index.claims[int(i)].id, float(nearest[i])) for i in order]
