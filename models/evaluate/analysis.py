"""All that one screened stream can tell beside its core figures, as the parts of a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bot.core.domain import Claim
from models.encoder import TextEncoder
from models.evaluate.ablation import what_evidence_adds
from models.evaluate.baselines import Lesson, compared
from models.evaluate.measures import calibration_error, reliability
from models.evaluate.mistakes import by_claim, false_alarms, misses
from models.evaluate.outcome import outcome_figures
from models.evaluate.retrieval import retrieval_figures
from models.evaluate.slices import LENGTHS, LONGEST, length_of, sliced
from models.evaluate.stream import Screened
from models.evaluate.symmetry import by_side


def analysis(screened: Screened, thresholds: dict[str, float]) -> dict[str, Any]:
    """Return the parts that need no further model: policy, reliability, evidence, slices, symmetry, errors."""
    review = thresholds["review"]
    return {
        "outcome": outcome_figures(screened, thresholds),
        "reliability": reliability_slices(screened),
        "evidence": what_evidence_adds(screened),
        "slices": sliced(screened, thresholds),
        "symmetry": by_side(screened, thresholds),
        "by_claim": by_claim(screened, review),
        "false_alarms": false_alarms(screened, review),
        "misses": misses(screened, review),
    }


def comparison(
    screened: Screened, store: Sequence[Claim], retriever: TextEncoder, frozen: TextEncoder, lesson: Lesson
) -> dict[str, Any]:
    """Return the parts that encode texts anew: baselines on ``frozen``, ranks by the bot's own ``retriever``."""
    return {
        "baselines": compared(screened, store, frozen, lesson),
        "retrieval": retrieval_figures(screened.posts, store, retriever),
    }


def reliability_slices(screened: Screened) -> dict[str, Any]:
    """Return reliability and calibration error over all findings and by the post's length."""
    lengths = np.array([length_of(each) for each in screened.posts], dtype=object)[screened.post]
    masks = {"all": np.ones(len(screened.post), dtype=bool)}
    masks |= {name: lengths == name for name in (*(name for _, name in LENGTHS), LONGEST)}
    return {
        name: {
            "rows": int(mask.sum()),
            "calibration_error": calibration_error(screened.p_asserts[mask], screened.is_asserted[mask]),
            "bins": reliability(screened.p_asserts[mask], screened.is_asserted[mask]),
        }
        for name, mask in masks.items()
    }
