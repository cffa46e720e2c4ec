"""From the evidence on a finding to one probability that the post asserts the claim.

A logistic curve with few parameters, fitted on dev claims alone and saved in the manifest. It is monotone: evidence for
an assertion never lowers the result, evidence against it never raises it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bot.core.errors import ArtifactInvalid
from models.evidence import FEATURES, SIGNS, Floats

FIT_STEPS = 50
RIDGE = 1e-2  # keeps the slopes finite where dev separates perfectly


def _plain() -> dict[str, float]:
    """Return the weights of an uncalibrated judge: its own word on the claim."""
    return {name: float(name == "asserts") for name in FEATURES}


@dataclass(frozen=True)
class Calibration:
    """``p = sigmoid(bias + sum of weight * evidence)``, a weight for each of ``evidence.FEATURES``."""

    bias: float = 0.0
    weights: Mapping[str, float] = field(default_factory=_plain)

    def __post_init__(self) -> None:
        """Refuse a curve that would fall where the evidence rises."""
        values = np.array([self.bias, *self.weights.values()], dtype=np.float64)
        is_monotone = all(self.weights.get(name, 0.0) * SIGNS[name] >= 0 for name in FEATURES)
        if set(self.weights) != set(FEATURES) or not np.isfinite(values).all() or not is_monotone:
            raise ArtifactInvalid("The model's calibration is not usable: a weight is missing or of the wrong sign.")

    def p_asserts(self, evidence: Floats) -> Floats:
        """Return float64 [n] in (0, 1) for evidence [n, features]; [] -> [0]."""
        return _sigmoid(self.bias + evidence @ np.array([self.weights[name] for name in FEATURES]))

    def to_dict(self) -> dict[str, float]:
        """Return the parameters as the manifest keeps them."""
        return {"bias": self.bias, **self.weights}

    @classmethod
    def from_dict(cls, values: Mapping[str, float]) -> Calibration:
        """Return the calibration that a manifest holds. Raises ArtifactInvalid when a parameter is missing."""
        try:
            return cls(float(values["bias"]), {name: float(values[name]) for name in FEATURES})
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactInvalid(f"The model's manifest holds no usable calibration ({error}).") from error


def fit(evidence: Floats, is_asserted: npt.NDArray[np.bool_], features: Sequence[str] = FEATURES) -> Calibration:
    """Fit on labelled rows: evidence [n, features], truth [n]; only the named features get a weight.

    A feature whose weight would have the wrong sign is left out, the worst first. Raises ValueError unless both
    outcomes occur.
    """
    if is_asserted.all() or not is_asserted.any():
        raise ValueError("Calibration needs pairs that are asserted and pairs that are not.")
    kept = [number for number, name in enumerate(FEATURES) if name in features]
    while True:
        columns = np.column_stack([np.ones(len(evidence)), evidence[:, kept]])
        bias, *weights = _newton(columns, is_asserted).tolist()
        wrong = [weight * SIGNS[FEATURES[number]] for number, weight in zip(kept, weights, strict=True)]
        if min(wrong, default=0.0) >= 0:
            found = {FEATURES[number]: weight for number, weight in zip(kept, weights, strict=True)}
            return Calibration(bias, {name: found.get(name, 0.0) for name in FEATURES})
        del kept[int(np.argmin(wrong))]


def _newton(columns: Floats, is_asserted: npt.NDArray[np.bool_]) -> Floats:
    """Return the ridge-penalised maximum-likelihood weights."""
    weights = np.zeros(columns.shape[1])
    penalty = RIDGE * np.eye(columns.shape[1])
    for _ in range(FIT_STEPS):
        predicted = _sigmoid(columns @ weights)
        slope = columns.T @ (predicted - is_asserted) + penalty @ weights
        curvature = (columns * (predicted * (1 - predicted))[:, None]).T @ columns + penalty
        step = np.linalg.solve(curvature, slope)
        weights -= step
        if np.abs(step).max() < 1e-10:
            break
    return weights


def _sigmoid(value: Floats) -> Floats:
    result: Floats = 1.0 / (1.0 + np.exp(-np.clip(value, -700, 700)))
    return result
