"""The errors of a stream, worst first, with the words they stand on: the list to read before anything is changed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from models.evaluate.stream import Screened
from models.stance import LABELS

MOST_ERRORS = 40
MOST_CLAIMS = 20


def false_alarms(screened: Screened, review: float) -> list[dict[str, Any]]:
    """Return the wrong findings at or above review by falling probability."""
    rows = np.flatnonzero((screened.p_asserts >= review) & ~screened.is_asserted)
    ranked = sorted(rows.tolist(), key=lambda row: -screened.p_asserts[row])
    return [_entry(screened, int(row)) for row in ranked[:MOST_ERRORS]]


def misses(screened: Screened, review: float) -> list[dict[str, Any]]:
    """Return the assertions below review by rising probability, first those whose claim was no candidate at all."""
    rows = _rows(screened)
    missed = [(place, rows.get(place)) for place in _wanted(screened)]
    below = [(place, row) for place, row in missed if row is None or screened.p_asserts[row] < review]
    below.sort(key=lambda item: -1.0 if item[1] is None else float(screened.p_asserts[item[1]]))
    return [
        _entry(screened, row) if row is not None else _unseen(screened, *place) for place, row in below[:MOST_ERRORS]
    ]


def by_claim(screened: Screened, review: float) -> list[dict[str, Any]]:
    """Return the claims with most errors at review: false alarms on them and assertions of them that were missed."""
    is_flagged = screened.p_asserts >= review
    alarms = Counter(screened.claim[row] for row in np.flatnonzero(is_flagged & ~screened.is_asserted))
    rows = _rows(screened)
    wanted = _wanted(screened)
    missed = Counter(claim for post, claim in wanted if (row := rows.get((post, claim))) is None or not is_flagged[row])
    asserted = Counter(claim for _, claim in wanted)
    worst = sorted((alarms + missed).items(), key=lambda item: (-item[1], item[0]))[:MOST_CLAIMS]
    return [
        {"claim": claim, "false_alarms": alarms[claim], "missed": missed[claim], "asserted": asserted[claim]}
        for claim, _ in worst
    ]


def _wanted(screened: Screened) -> list[tuple[int, str]]:
    return [(number, claim) for number, each in enumerate(screened.posts) for claim in sorted(each.asserted)]


def _rows(screened: Screened) -> dict[tuple[int, str], int]:
    return {
        (post, claim): row for row, (post, claim) in enumerate(zip(screened.post.tolist(), screened.claim, strict=True))
    }


def _entry(screened: Screened, row: int) -> dict[str, Any]:
    each = screened.posts[int(screened.post[row])]
    start, end = screened.span[row].tolist()
    return {
        "text": each.post.text,
        "title": each.post.title,
        "parent": each.post.parent,
        "phenomenon": each.post.kind,
        "span": each.post.text[start:end],
        "claim": screened.claim[row],
        "truth": LABELS[int(screened.label[row])],
        "p_asserts": float(screened.p_asserts[row]),
        "similarity": float(screened.similarity[row]),
        "probabilities": [float(value) for value in screened.probabilities[row]],
    }


def _unseen(screened: Screened, post: int, claim: str) -> dict[str, Any]:
    """Return an assertion whose claim was not among the candidates: nothing was judged."""
    each = screened.posts[post]
    return {
        "text": each.post.text,
        "title": each.post.title,
        "parent": each.post.parent,
        "phenomenon": each.post.kind,
        "span": "",
        "claim": claim,
        "truth": "asserts",
        "p_asserts": None,
        "similarity": None,
        "probabilities": None,
    }
