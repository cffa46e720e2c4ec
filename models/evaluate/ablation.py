"""What each kind of evidence adds to the judge's word: the calibration fitted anew with more and more of it.

Fitted on the claims of one half of the topics and measured on the other, both ways: no topic vouches for itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from models.calibration import fit
from models.evaluate.measures import average_precision, calibration_error, recall_at
from models.evaluate.stream import Screened
from models.evidence import FEATURES
from models.train.splits import bucket

_SAID = ("asserts", "paraphrases", "best_paraphrase")
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("the judge on the claim alone", ("asserts",)),
    ("and on its paraphrases", _SAID),
    ("and similarity", (*_SAID, "similarity")),
    ("and look-alikes", (*_SAID, "similarity", "look_alike", "look_alike_cosine")),
    ("and rival claims", FEATURES),
)


def what_evidence_adds(screened: Screened) -> dict[str, Any]:
    """Return average precision, recall at 95 % precision and calibration error for each step; {} for too few posts."""
    halves = _halves(screened)
    truth = screened.is_asserted
    if any(len(set(truth[half].tolist())) < 2 for half in (halves, ~halves)):
        return {}
    return {name: _measured(screened, _crossed(screened, halves, features)) for name, features in STEPS}


def _halves(screened: Screened) -> np.ndarray:
    """Return bool [n]: whether a row's post belongs to the first half of the topics."""
    is_first = [bucket(f"half:{each.claim.topic or each.claim.id}") < 50 for each in screened.posts]
    return np.array(is_first, dtype=bool)[screened.post]


def _crossed(screened: Screened, halves: np.ndarray, features: tuple[str, ...]) -> np.ndarray:
    chances = np.zeros(len(screened.post))
    for half in (halves, ~halves):
        fitted = fit(screened.evidence[half], screened.is_asserted[half], features)
        chances[~half] = fitted.p_asserts(screened.evidence[~half])
    return chances


def _measured(screened: Screened, chances: np.ndarray) -> dict[str, float]:
    truth = screened.is_asserted
    return {
        "average_precision": average_precision(chances, truth, screened.wanted),
        "recall_at_95_precision": recall_at(chances, truth, screened.wanted, 0.95),
        "calibration_error": calibration_error(chances, truth),
    }
