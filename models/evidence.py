"""What speaks for and against a finding: the judge's word on the claim, its paraphrases and look-alikes, and nearness.

A claim is more than its sentence. A curator's paraphrases are further chances to recognise it, and what was listed as
near but different is a warning. Which of these count, and how much, is fitted on dev (``calibration``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import astuple, dataclass, fields, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
SMALLEST = 1e-4  # a probability nearer to 0 or 1 than this carries no more evidence


@dataclass(frozen=True, slots=True)
class Evidence:
    """The numbers behind one finding; a probability that the post asserts the claim is fitted on them.

    ``asserts``: log-odds that the post asserts the claim's sentence. ``paraphrases``: the mean of the same over the
    nearest paraphrases, ``best_paraphrase`` the highest: a curator's wordings differ in tone, and one is enough.
    ``similarity``: cosine of the nearest wording. ``look_alike``: by how much the log-odds for the nearest look-alike
    exceed those for the claim. ``look_alike_cosine``: by how much it is nearer. ``rival``: by how much the log-odds of
    another claim in the same words exceed. These three are 0 where they do not exceed. ``lead``: by how much the claim
    is nearer than the nearest other one in the same words; below 0 where another is nearer, 0 where there is none.
    """

    asserts: float
    paraphrases: float
    best_paraphrase: float
    similarity: float
    look_alike: float = 0.0
    look_alike_cosine: float = 0.0
    rival: float = 0.0
    lead: float = 0.0

    @property
    def strength(self) -> float:
        """How strongly the post asserts the claim in its own or its best wording, in log-odds."""
        return (self.asserts + self.best_paraphrase) / 2


FEATURES = tuple(each.name for each in fields(Evidence))
SIGNS = {name: -1 if name in ("look_alike", "look_alike_cosine", "rival") else 1 for name in FEATURES}
"""+1: more of it makes an assertion likelier; -1: less likely. A fit that says otherwise has found noise."""


def matrix(evidence: Sequence[Evidence]) -> Floats:
    """Return float64 [n, features] in the order of ``FEATURES``."""
    return np.array([astuple(each) for each in evidence], dtype=np.float64).reshape(-1, len(FEATURES))


def log_odds(probability: float) -> float:
    """Return ln(p / (1 - p)), kept within what a probability can tell.

    >>> log_odds(0.5)
    0.0
    """
    inside = min(max(probability, SMALLEST), 1.0 - SMALLEST)
    return float(np.log(inside) - np.log1p(-inside))


def weigh(
    claim: float, paraphrases: Sequence[float], look_alikes: Sequence[float], similarity: float, look_alike_lead: float
) -> Evidence:
    """Return the evidence of one reading, without rivals: assert probabilities and two cosines in, log-odds out.

    Without paraphrases their place is taken by the claim itself, so that nothing speaks for or against.
    """
    own = log_odds(claim)
    said = [log_odds(each) for each in paraphrases] or [own]
    found = Evidence(own, float(np.mean(said)), max(said), similarity, look_alike_cosine=max(0.0, look_alike_lead))
    warning = max((log_odds(each) - found.strength for each in look_alikes), default=0.0)
    return replace(found, look_alike=max(0.0, warning))


def among_rivals(evidence: Sequence[Evidence], places: Sequence[Hashable]) -> list[Evidence]:
    """Return the evidence with ``rival`` and ``lead``; readings of the same place are of the same words."""
    together: dict[Hashable, list[Evidence]] = defaultdict(list)
    for each, place in zip(evidence, places, strict=True):
        together[place].append(each)
    return [_compared(each, together[place]) for each, place in zip(evidence, places, strict=True)]


def _compared(each: Evidence, together: Sequence[Evidence]) -> Evidence:
    strongest = max(other.strength for other in together)
    nearest = max((other.similarity for other in together if other is not each), default=each.similarity)
    return replace(each, rival=strongest - each.strength, lead=each.similarity - nearest)
