"""The calibration: probabilities that rise with the evidence and mean what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import ArtifactInvalid
from models.calibration import Calibration, fit
from models.evaluate.measures import calibration_error

CURVE = Calibration(-1.0, 0.8, 2.0)
chances = st.floats(0.0, 1.0, width=32)


def rows(asserts: np.ndarray) -> np.ndarray:
    rest = (1.0 - asserts) / 3.0
    return np.column_stack([asserts, rest, rest, rest]).astype(np.float32)


@given(low=chances, high=chances, similarity=st.floats(-1.0, 1.0))
def test_p_asserts_a_higher_score_never_lowers_it(low: float, high: float, similarity: float) -> None:
    low, high = sorted((low, high))
    first, second = CURVE.p_asserts(rows(np.array([low, high])), np.full(2, similarity))
    assert 0.0 <= first <= second <= 1.0


def test_p_asserts_no_rows_is_empty() -> None:
    assert CURVE.p_asserts(np.zeros((0, 4)), np.zeros(0)).shape == (0,)


def test_fit_overconfident_scores_are_brought_to_the_truth() -> None:
    """Scores of a judge that is far too sure are squeezed until the shares fit."""
    rng = np.random.default_rng(0)
    truth = rng.random(4000)
    happened = rng.random(4000) < truth
    odds = np.log(truth / (1 - truth)) * 3
    claimed = rows(1 / (1 + np.exp(-odds)))
    similarity = rng.random(4000)
    curve = fit(claimed, similarity, happened)
    assert curve.score == pytest.approx(1 / 3, abs=0.04)
    assert calibration_error(curve.p_asserts(claimed, similarity), happened) < 0.02
    assert calibration_error(claimed[:, 0], happened) > 0.1


def test_fit_similarity_that_speaks_against_is_left_out() -> None:
    rng = np.random.default_rng(1)
    happened = rng.random(500) < 0.5
    scores = rows(np.clip(0.5 + 0.3 * (happened - 0.5) + 0.1 * rng.standard_normal(500), 0.01, 0.99))
    assert fit(scores, 1.0 - happened, happened).similarity == 0.0


def test_fit_separable_rows_stay_finite() -> None:
    happened = np.array([True] * 20 + [False] * 20)
    curve = fit(rows(np.where(happened, 1.0, 0.0)), np.ones(40), happened)
    assert np.isfinite([curve.bias, curve.score, curve.similarity]).all()


def test_fit_one_outcome_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="not"):
        fit(rows(np.array([0.2, 0.4])), np.zeros(2), np.array([True, True]))


def test_from_dict_what_to_dict_gave_comes_back() -> None:
    assert Calibration.from_dict(CURVE.to_dict()) == CURVE


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"bias": 0.0, "score": -1.0, "similarity": 0.0},
        {"bias": "x", "score": 1.0, "similarity": 0.0},
        {"bias": float("nan"), "score": 1.0, "similarity": 0.0},
    ],
)
def test_from_dict_unusable_values_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ArtifactInvalid, match="calibration"):
        Calibration.from_dict(values)
