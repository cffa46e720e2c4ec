"""The core figures of one screened stream, small enough for a manifest: what the product promises, with intervals."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.evaluate.measures import average_precision, best_f1, calibration_error, share
from models.evaluate.slices import members, stance_slices, wrongly_flagged
from models.evaluate.stream import Screened
from models.stance import LABELS

REPLY_PRECISION = 0.95
REVIEW_RECALL = 0.92
REVIEW_PRECISION = 0.35  # of three cards one should be about an assertion, or moderators stop reading them
MOST_WRONG_REPLIES = 0.02
GUARDED = ("denies", "reports", "unrelated")  # whose wrong replies hold the reply threshold up
GRID = np.arange(1, 100) / 100
POINTS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
FALLBACK = {"review": 0.5, "reply": 0.99}  # where a stream never reaches the wanted precision: say next to nothing


def suggest_thresholds(screened: Screened) -> dict[str, float]:
    """Return the thresholds for a dev stream, multiples of 0.01.

    ``reply``: the lowest at which precision is at least 0.95 and at most 2 % of the posts that deny, report or are
    unrelated get a wrong reply. ``review``: the highest at which recall is at least 0.92, if precision is at least 0.35
    there, else the lowest at which it is; never above ``reply``.
    """
    precision, recall = _along(screened)
    worst = [_wrong_share(screened, members(screened, [label])) for label in GUARDED]
    is_reply = (precision >= REPLY_PRECISION) & (np.max(worst, axis=0) <= MOST_WRONG_REPLIES)
    reply = float(GRID[is_reply][0]) if is_reply.any() else FALLBACK["reply"]
    is_readable, is_wide = precision >= REVIEW_PRECISION, recall >= REVIEW_RECALL
    if is_wide.any() and is_readable[is_wide][-1]:
        review = float(GRID[is_wide][-1])
    else:
        review = float(GRID[is_readable][0]) if is_readable.any() else reply
    return {"review": min(review, reply), "reply": reply}


def _along(screened: Screened) -> tuple[np.ndarray, np.ndarray]:
    """Return precision and recall at each threshold of the grid, 0 where nothing is flagged."""
    flagged = screened.p_asserts[None, :] >= GRID[:, None]
    hits = (flagged & screened.is_asserted).sum(axis=1)
    return hits / np.maximum(flagged.sum(axis=1), 1), hits / max(screened.wanted, 1)


def _wrong_share(screened: Screened, chosen: list[int]) -> np.ndarray:
    """Return, at each threshold of the grid, the share of the chosen posts with a wrong finding."""
    worst = np.zeros(len(screened.posts))
    np.maximum.at(worst, screened.post[~screened.is_asserted], screened.p_asserts[~screened.is_asserted])
    result: np.ndarray = (worst[chosen][None, :] >= GRID[:, None]).sum(axis=1) / max(len(chosen), 1)
    return result


def points(screened: Screened) -> list[dict[str, float]]:
    """Return precision and recall at a few thresholds: what an admin would get by moving the lines."""
    precision, recall = _along(screened)
    places = [int(np.argmin(np.abs(GRID - threshold))) for threshold in POINTS]
    return [
        {"threshold": float(GRID[at]), "precision": float(precision[at]), "recall": float(recall[at])} for at in places
    ]


def figures(screened: Screened, thresholds: dict[str, float]) -> dict[str, Any]:
    """Return the core figures of a stream at the given thresholds, ready for JSON."""
    truth = screened.is_asserted
    return {
        "posts": len(screened.posts),
        "findings": len(screened.post),
        "at": {name: _at(screened, threshold) for name, threshold in thresholds.items()},
        "points": points(screened),
        "average_precision": average_precision(screened.p_asserts, truth, screened.wanted),
        "best_f1": best_f1(screened.p_asserts, truth, screened.wanted),
        "calibration_error": calibration_error(screened.p_asserts, truth),
        "cosine_baseline": {
            "average_precision": average_precision(screened.similarity, truth, screened.wanted),
            "best_f1": best_f1(screened.similarity, truth, screened.wanted),
        },
        "own_claim_stance_accuracy": _stance_accuracy(screened),
        "retrieval": _candidates(screened),
    }


def benign_figures(screened: Screened, thresholds: dict[str, float]) -> dict[str, Any]:
    """Return the share of posts with any finding at each threshold, in a stream where none is due."""
    return {
        name: share(len(set(screened.post[screened.p_asserts >= threshold].tolist())), len(screened.posts))
        for name, threshold in thresholds.items()
    }


def _at(screened: Screened, threshold: float) -> dict[str, Any]:
    """Return precision and recall over (post, claim), and how many posts of each stance were wrongly flagged."""
    flagged = screened.p_asserts >= threshold
    hits = int((flagged & screened.is_asserted).sum())
    return {
        "threshold": threshold,
        "precision": share(hits, int(flagged.sum())),
        "recall": share(hits, screened.wanted),
        "wrongly_flagged_posts": {
            name: wrongly_flagged(screened, chosen, threshold) for name, chosen in stance_slices(screened).items()
        },
        "wrong_findings": {
            "own claim, not asserted": int((flagged & screened.is_own & ~screened.is_asserted).sum()),
            "another claim": int((flagged & ~screened.is_own & ~screened.is_asserted).sum()),
        },
    }


def _stance_accuracy(screened: Screened) -> dict[str, Any]:
    """Return how often the likeliest stance towards the own claim is right, by true stance."""
    said = screened.probabilities.argmax(1)
    return {
        label: share(int((said[mask] == number).sum()), int(mask.sum()))
        for number, label in enumerate(LABELS)
        for mask in [screened.is_own & (screened.label == number)]
    }


def _candidates(screened: Screened) -> dict[str, Any]:
    """Return how often the own claim comes first, and at all, among the candidates of posts that are about it."""
    about = [n for n, each in enumerate(screened.posts) if each.post.stance != "unrelated"]
    ranks = {}
    for number in about:
        rows = np.flatnonzero(screened.post == number)
        own = screened.similarity[rows][screened.is_own[rows]]
        if len(own):
            ranks[number] = int((screened.similarity[rows] > own[0]).sum()) + 1
    within = {name: sum(rank <= most for rank in ranks.values()) for name, most in (("first", 1), ("among_five", 5))}
    return {name: share(hits, len(about)) for name, hits in (within | {"among_candidates": len(ranks)}).items()}
