"""Figures from scores and truths: pure functions over arrays; they know neither posts nor models."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.floating]
Truths = npt.NDArray[np.bool_]
Z_95 = 1.959963984540054


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share; (0, 1) where nothing was tried.

    >>> [round(bound, 3) for bound in wilson(19, 20)]
    [0.764, 0.991]
    """
    if trials == 0:
        return 0.0, 1.0
    share, square = hits / trials, Z_95**2
    middle = share + square / (2 * trials)
    spread = Z_95 * math.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    scale = 1 + square / trials
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def share(hits: int, trials: int) -> dict[str, float]:
    """Return a share with its counts and interval, as reports keep it; the share of nothing is 0."""
    low, high = wilson(hits, trials)
    return {"value": hits / trials if trials else 0.0, "low": low, "high": high, "hits": hits, "of": trials}


def average_precision(scores: Scores, is_hit: Truths, wanted: int | None = None) -> float:
    """Return the mean precision at each hit, best scores first; 0.0 without hits.

    ``wanted`` counts all that should be found, where some were never offered: each of those adds a precision of 0.

    >>> average_precision(np.array([0.9, 0.8, 0.1]), np.array([True, False, True]))
    0.8333333333333333
    """
    if not is_hit.any():
        return 0.0
    hits = is_hit[np.argsort(-scores, kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].sum()) / (wanted or int(is_hit.sum()))


def best_f1(scores: Scores, is_hit: Truths, wanted: int) -> float:
    """Return the highest F1 over all thresholds; ``wanted`` counts all that should be found, offered or not."""
    if not len(scores) or not wanted:
        return 0.0
    hits = np.cumsum(is_hit[np.argsort(-scores, kind="stable")])
    return float((2 * hits / (np.arange(1, len(hits) + 1) + wanted)).max())


def curve(scores: Scores, is_hit: Truths, wanted: int, most: int = 200) -> list[list[float]]:
    """Return at most ``most`` points [recall, precision, score] of the precision-recall curve, best scores first.

    >>> curve(np.array([0.9, 0.8]), np.array([True, False]), 2)
    [[0.5, 1.0, 0.9], [0.5, 0.5, 0.8]]
    """
    if not len(scores) or not wanted:
        return []
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(is_hit[order])
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    kept = ends[np.unique(np.linspace(0, len(ends) - 1, most).round().astype(int))]
    return [[float(hits[at] / wanted), float(hits[at] / (at + 1)), float(ranked[at])] for at in kept]


def recall_at(scores: Scores, is_hit: Truths, wanted: int, precision: float) -> float:
    """Return the recall at the lowest score at which the wanted precision holds; 0.0 where it never does."""
    threshold = lowest_threshold(scores, is_hit, precision)
    if threshold is None or not wanted:
        return 0.0
    return float((is_hit & (scores >= threshold)).sum()) / wanted


def reliability(probabilities: Scores, is_hit: Truths, bins: int = 10) -> list[dict[str, float]]:
    """Return, for each equal-width bin with rows, how many they are, what was said and what came true."""
    place = np.minimum((probabilities * bins).astype(int), bins - 1)
    return [
        {
            "rows": int((place == each).sum()),
            "said": float(probabilities[place == each].mean()),
            "came_true": float(is_hit[place == each].mean()),
        }
        for each in np.unique(place)
    ]


def calibration_error(probabilities: Scores, is_hit: Truths, bins: int = 10) -> float:
    """Return the expected calibration error over equal-width bins; 0.0 for no rows."""
    table = reliability(probabilities, is_hit, bins)
    return float(sum(row["rows"] * abs(row["said"] - row["came_true"]) for row in table) / max(len(probabilities), 1))


def lowest_threshold(probabilities: Scores, is_hit: Truths, precision: float) -> float | None:
    """Return the lowest score at or above which the wanted precision holds, None where it never does.

    >>> lowest_threshold(np.array([0.9, 0.8, 0.7]), np.array([True, True, False]), 0.95)
    0.8
    """
    order = np.argsort(-probabilities, kind="stable")
    ranked, hits = probabilities[order], np.cumsum(is_hit[order])
    is_last_of_ties = np.append(ranked[1:] != ranked[:-1], True)
    good = np.flatnonzero((hits / np.arange(1, len(hits) + 1) >= precision) & is_last_of_ties)
    return float(ranked[good[-1]]) if len(good) else None
