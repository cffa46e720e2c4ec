"""The figures of one screened stream: what the product promises, with intervals, against a cosine alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.evaluate.measures import average_precision, best_f1, calibration_error, lowest_threshold, share
from models.evaluate.stream import Screened
from models.stance import LABELS

REPLY_PRECISION = 0.95
REVIEW_PRECISION = 0.60
FALLBACK = {"review": 0.5, "reply": 0.9}  # where a stream is too small to reach the wanted precision


def suggest_thresholds(screened: Screened) -> dict[str, float]:
    """Return the lowest thresholds whose precision on a dev stream is what each is for, rounded up to 0.01."""
    found = {
        "review": lowest_threshold(screened.p_asserts, screened.is_asserted, REVIEW_PRECISION),
        "reply": lowest_threshold(screened.p_asserts, screened.is_asserted, REPLY_PRECISION),
    }
    rounded = {name: FALLBACK[name] if at is None else float(np.ceil(at * 100) / 100) for name, at in found.items()}
    return {"review": max(0.01, min(rounded["review"], rounded["reply"])), "reply": max(0.01, rounded["reply"])}


def figures(screened: Screened, thresholds: dict[str, float]) -> dict[str, Any]:
    """Return all figures of a stream at the given thresholds, ready for JSON."""
    truth = screened.is_asserted
    return {
        "posts": len(screened.posts),
        "findings": len(screened.post),
        "at": {name: _at(screened, threshold) for name, threshold in thresholds.items()},
        "average_precision": average_precision(screened.p_asserts, truth),
        "best_f1": best_f1(screened.p_asserts, truth, screened.wanted),
        "calibration_error": calibration_error(screened.p_asserts, truth),
        "cosine_baseline": {
            "average_precision": average_precision(screened.similarity, truth),
            "best_f1": best_f1(screened.similarity, truth, screened.wanted),
        },
        "own_claim_stance_accuracy": _stance_accuracy(screened),
        "retrieval": _retrieval(screened),
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
    wrong = set(screened.post[flagged & ~screened.is_asserted].tolist())
    places = {label: [n for n, each in enumerate(screened.posts) if each.post.stance == label] for label in LABELS}
    return {
        "threshold": threshold,
        "precision": share(hits, int(flagged.sum())),
        "recall": share(hits, screened.wanted),
        "wrongly_flagged_posts": {
            label: share(len(wrong.intersection(numbers)), len(numbers)) for label, numbers in places.items()
        },
        "wrong_findings": {
            "own claim, not asserted": int((flagged & screened.is_own & ~screened.is_asserted).sum()),
            "another claim": int((flagged & ~screened.is_own).sum()),
        },
    }


def _stance_accuracy(screened: Screened) -> dict[str, Any]:
    """Return how often the likeliest stance towards the own claim is right, by true stance."""
    stances = np.array([screened.posts[post].post.stance for post in screened.post])
    said = np.array(LABELS)[screened.probabilities.argmax(1)] if len(stances) else stances
    return {
        label: share(int((said[mask] == label).sum()), int(mask.sum()))
        for label in LABELS
        for mask in [screened.is_own & (stances == label)]
    }


def _retrieval(screened: Screened) -> dict[str, Any]:
    """Return how often the own claim comes first, and at all, among the candidates of posts that are about it."""
    about = [n for n, each in enumerate(screened.posts) if each.post.stance != "unrelated"]
    ranks = {}
    for number in about:
        rows = np.flatnonzero(screened.post == number)
        own = screened.similarity[rows][screened.is_own[rows]]
        if len(own):
            ranks[number] = int((screened.similarity[rows] > own[0]).sum()) + 1
    first = sum(rank == 1 for rank in ranks.values())
    return {"first": share(first, len(about)), "among_five": share(len(ranks), len(about))}
