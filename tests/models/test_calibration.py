"""The calibration: probabilities that rise with the evidence and mean what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import ArtifactInvalid
from models.calibration import Calibration, fit
from models.evaluate.measures import calibration_error
from models.evidence import FEATURES, SIGNS, Evidence, Floats, matrix

numbers = st.floats(-20.0, 20.0)
sizes = st.floats(0.0, 5.0)
CURVE = Calibration(-1.0, {name: 0.5 * SIGNS[name] for name in FEATURES})
PLACE = {name: place for place, name in enumerate(FEATURES)}


def columns(count: int, **values: Floats) -> Floats:
    """Return evidence in which only the named features say anything."""
    rows = np.zeros((count, len(FEATURES)))
    for name, column in values.items():
        rows[:, PLACE[name]] = column
    return rows


def logistic(odds: Floats) -> Floats:
    return 1 / (1 + np.exp(-odds))


@given(
    weights=st.tuples(*[sizes] * len(FEATURES)),
    row=st.tuples(*[numbers] * len(FEATURES)),
    feature=st.sampled_from(FEATURES),
    more=st.floats(0.0, 20.0),
)
def test_p_asserts_any_curve_rises_with_what_speaks_for_and_falls_with_what_speaks_against(
    weights: tuple[float, ...], row: tuple[float, ...], feature: str, more: float
) -> None:
    curve = Calibration(0.3, {name: SIGNS[name] * size for name, size in zip(FEATURES, weights, strict=True)})
    rows = np.array([row, row])
    rows[1, PLACE[feature]] += more
    before, after = curve.p_asserts(rows)
    assert 0.0 <= before <= 1.0
    assert (after - before) * SIGNS[feature] >= 0.0


def test_p_asserts_plain_calibration_takes_the_judge_at_its_word() -> None:
    rows = matrix([Evidence(float(np.log(9)), 3.0, 3.0, 0.9, 2.0, 1.0, 4.0)])
    assert Calibration().p_asserts(rows) == pytest.approx([0.9])


def test_p_asserts_no_rows_is_empty() -> None:
    assert CURVE.p_asserts(matrix([])).shape == (0,)


def test_p_asserts_no_evidence_overflows() -> None:
    rows = columns(2, asserts=np.array([1e6, -1e6]))
    assert CURVE.p_asserts(rows) == pytest.approx([1.0, 0.0])


def test_fit_overconfident_scores_are_brought_to_the_truth() -> None:
    """Scores of a judge that is far too sure are squeezed until the shares fit."""
    rng = np.random.default_rng(0)
    truth = rng.random(4000)
    happened = rng.random(4000) < truth
    claimed = np.log(truth / (1 - truth)) * 3
    rows = columns(4000, asserts=claimed, similarity=rng.random(4000))
    curve = fit(rows, happened)
    assert curve.weights["asserts"] == pytest.approx(1 / 3, abs=0.04)
    assert calibration_error(curve.p_asserts(rows), happened) < 0.02
    assert calibration_error(logistic(claimed), happened) > 0.1


@pytest.mark.parametrize("feature", FEATURES)
def test_fit_feature_that_speaks_the_wrong_way_is_left_out(feature: str) -> None:
    """On dev a warning may go with assertions by chance; in service it would then reward look-alikes."""
    rng = np.random.default_rng(1)
    happened = rng.random(500) < 0.5
    other = "paraphrases" if feature == "asserts" else "asserts"
    telling = happened + rng.standard_normal(500)
    curve = fit(columns(500, **{other: telling, feature: -SIGNS[feature] * telling**3}), happened)
    assert curve.weights[feature] == 0.0
    assert curve.weights[other] > 0.5


def test_fit_two_features_that_speak_the_wrong_way_both_go_and_the_good_one_stays() -> None:
    rng = np.random.default_rng(2)
    happened = rng.random(800) < 0.5
    noise = rng.standard_normal((3, 800))
    rows = columns(
        800, asserts=2 * happened + noise[0], rival=happened + noise[1], look_alike_cosine=happened + noise[2]
    )
    kept = {name for name, weight in fit(rows, happened).weights.items() if weight}
    assert kept == {"asserts"}


@pytest.mark.parametrize("features", [("asserts",), ("asserts", "rival"), ("similarity",)])
def test_fit_only_the_named_features_get_a_weight(features: tuple[str, ...]) -> None:
    rng = np.random.default_rng(3)
    happened = rng.random(500) < 0.5
    telling = np.outer(happened, [SIGNS[name] for name in FEATURES])
    rows = telling + rng.standard_normal(telling.shape)
    weights = fit(rows, happened, features).weights
    assert {name for name, weight in weights.items() if weight} == set(features)


def test_fit_without_features_gives_everything_the_base_rate() -> None:
    happened = np.array([True] * 10 + [False] * 30)
    curve = fit(columns(40, asserts=np.arange(40.0)), happened, ())
    assert set(curve.weights.values()) == {0.0}
    assert curve.p_asserts(matrix([])).shape == (0,)
    assert curve.p_asserts(columns(1)) == pytest.approx([0.25], abs=1e-3)


def test_fit_separable_rows_stay_finite() -> None:
    happened = np.array([True] * 20 + [False] * 20)
    curve = fit(columns(40, asserts=np.where(happened, 9.2, -9.2), similarity=np.ones(40)), happened)
    assert np.isfinite([curve.bias, *curve.weights.values()]).all()
    assert ((curve.p_asserts(columns(2, asserts=np.array([9.2, -9.2]))) > 0.5) == [True, False]).all()


def test_fit_one_outcome_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="not"):
        fit(columns(2, asserts=np.array([0.2, 0.4])), np.array([True, True]))


def test_from_dict_what_to_dict_gave_comes_back() -> None:
    assert Calibration.from_dict(CURVE.to_dict()) == CURVE
    assert Calibration.from_dict(Calibration().to_dict()) == Calibration()


@pytest.mark.parametrize(
    "changes",
    [
        {"asserts": -1.0},
        {"look_alike": 0.1},
        {"rival": 2.0},
        {"bias": "x"},
        {"bias": float("nan")},
        {"similarity": float("inf")},
        {"paraphrases": None},
    ],
)
def test_from_dict_unusable_values_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ArtifactInvalid, match="calibration"):
        Calibration.from_dict(CURVE.to_dict() | changes)


@pytest.mark.parametrize("values", [{}, {"bias": 0.0, "score": 1.0, "similarity": 0.0}])
def test_from_dict_parameters_of_an_older_release_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ArtifactInvalid, match="calibration"):
        Calibration.from_dict(values)
