"""From the judge's four raw probabilities and a search cosine to one probability that a post asserts a claim.

A logistic curve with few parameters, fitted on dev claims alone and saved in the manifest. It is monotone: a higher
assert score never lowers the result, and neither does a higher similarity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from bot.core.errors import ArtifactInvalid

Floats = npt.NDArray[np.float64]
SMALLEST = 1e-6  # a float32 probability below this carries no more evidence
FIT_STEPS = 50
RIDGE = 1e-2  # keeps the slopes finite where dev separates perfectly


def _logit(probability: Floats) -> Floats:
    inside = np.clip(probability, SMALLEST, 1.0 - SMALLEST)
    result: Floats = np.log(inside) - np.log1p(-inside)
    return result


def _features(probabilities: npt.NDArray[np.floating], similarity: npt.NDArray[np.floating]) -> Floats:
    asserts = _logit(np.asarray(probabilities, dtype=np.float64)[:, 0])
    return np.column_stack([np.ones(len(asserts)), asserts, np.asarray(similarity, dtype=np.float64)])


@dataclass(frozen=True)
class Calibration:
    """``p = sigmoid(bias + score * logit(asserts) + similarity * cosine)``."""

    bias: float = 0.0
    score: float = 1.0
    similarity: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a curve that would fall where the evidence rises."""
        if not np.isfinite([self.bias, self.score, self.similarity]).all() or self.score <= 0 or self.similarity < 0:
            raise ArtifactInvalid("The model's calibration is not usable: a slope is negative or not a number.")

    def p_asserts(self, probabilities: npt.NDArray[np.floating], similarity: npt.NDArray[np.floating]) -> Floats:
        """Return float64 [n] in (0, 1) for judge rows [n, 4] and cosines [n]; [] -> [0]."""
        total = _features(probabilities, similarity) @ np.array([self.bias, self.score, self.similarity])
        return _sigmoid(total)

    def to_dict(self) -> dict[str, float]:
        """Return the parameters as the manifest keeps them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, float]) -> Calibration:
        """Return the calibration that a manifest holds. Raises ArtifactInvalid when a parameter is missing."""
        try:
            return cls(*(float(values[name]) for name in ("bias", "score", "similarity")))
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactInvalid(f"The model's manifest holds no usable calibration ({error}).") from error


def fit(
    probabilities: npt.NDArray[np.floating], similarity: npt.NDArray[np.floating], is_asserted: npt.NDArray[np.bool_]
) -> Calibration:
    """Fit on labelled rows: judge rows [n, 4], cosines [n], truth [n]. A slope that would be negative is left out.

    Raises ValueError unless both outcomes occur.
    """
    if is_asserted.all() or not is_asserted.any():
        raise ValueError("Calibration needs pairs that are asserted and pairs that are not.")
    features = _features(probabilities, similarity)
    bias, score, cosine = _newton(features, is_asserted)
    if cosine < 0:
        (bias, score), cosine = _newton(features[:, :2], is_asserted), 0.0
    return Calibration(float(bias), max(float(score), 1e-3), float(cosine))


def _newton(features: Floats, is_asserted: npt.NDArray[np.bool_]) -> Floats:
    """Return the ridge-penalised maximum-likelihood weights."""
    weights = np.zeros(features.shape[1])
    penalty = RIDGE * np.eye(features.shape[1])
    for _ in range(FIT_STEPS):
        predicted = _sigmoid(features @ weights)
        slope = features.T @ (predicted - is_asserted) + penalty @ weights
        curvature = (features * (predicted * (1 - predicted))[:, None]).T @ features + penalty
        step = np.linalg.solve(curvature, slope)
        weights -= step
        if np.abs(step).max() < 1e-10:
            break
    return weights


def _sigmoid(value: Floats) -> Floats:
    result: Floats = 1.0 / (1.0 + np.exp(-np.clip(value, -700, 700)))
    return result
