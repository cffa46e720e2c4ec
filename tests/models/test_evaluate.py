"""The measurements: figures that can be checked by hand, on streams whose truth is known."""

from pathlib import Path

import numpy as np
import pytest

from bot.core.errors import BadSetting
from models.evaluate import EvaluateOptions
from models.evaluate.figures import benign_figures, figures, suggest_thresholds
from models.evaluate.measures import (
    average_precision,
    best_f1,
    calibration_error,
    curve,
    lowest_threshold,
    recall_at,
    reliability,
    share,
    wilson,
)
from models.evaluate.provenance import provenance
from tests.models.known_stream import STRANGER, known, post, screened


def test_figures_known_stream_gives_the_counted_shares() -> None:
    found = figures(known(), {"review": 0.5, "reply": 0.85})
    review, reply = found["at"]["review"], found["at"]["reply"]
    assert (review["precision"]["hits"], review["precision"]["of"]) == (1, 3)
    assert (reply["precision"]["hits"], reply["precision"]["of"]) == (1, 1)
    assert reply["recall"]["value"] == 0.5
    assert review["wrong_findings"] == {"own claim, not asserted": 1, "another claim": 1}
    flagged = {name: each["hits"] for name, each in review["wrongly_flagged_posts"].items()}
    assert flagged == {
        "asserts": 0,
        "denies": 1,
        "reports": 0,
        "unrelated": 1,
        "questions": 0,
        "true neighbours": 0,
    }
    assert found["retrieval"] == {
        "first": share(2, 3),
        "among_five": share(2, 3),
        "among_candidates": share(2, 3),
    }


def test_figures_post_that_asserts_a_second_claim_is_right_about_both() -> None:
    """A family's post carries labels for its siblings: asserting one of them is no false alarm."""
    both = post("denies", others={"sibling": "asserts"})
    stream = screened([both], [(0, "own", 0.2), (0, "sibling", 0.9)])
    at = figures(stream, {"review": 0.5, "reply": 0.8})["at"]["reply"]
    assert at["precision"] == share(1, 1)
    assert at["recall"] == share(1, 1)
    assert at["wrongly_flagged_posts"]["denies"] == share(0, 1)


def test_figures_claims_never_offered_lower_the_average_precision() -> None:
    """One of two assertions was no candidate, so even a perfect order reaches half."""
    assert figures(known(), {"review": 0.5})["average_precision"] == 0.5


def test_suggest_thresholds_reply_lies_where_precision_begins_and_review_where_cards_are_readable() -> None:
    """Recall never reaches 0.92; one of two findings above 0.6 is right, one of three below."""
    assert suggest_thresholds(known()) == {"review": 0.61, "reply": 0.81}


def test_suggest_thresholds_review_is_the_highest_with_the_wanted_recall() -> None:
    stream = screened([post("asserts"), post("denies")], [(0, "own", 0.705), (1, "own", 0.3)])
    assert suggest_thresholds(stream) == {"review": 0.31, "reply": 0.31}
    low = screened([post("asserts"), post("denies")], [(0, "own", 0.305), (1, "own", 0.7)])
    assert suggest_thresholds(low) == {"review": 0.3, "reply": 0.99}


def test_suggest_thresholds_denials_hold_reply_up_though_precision_is_reached() -> None:
    """At 0.5 precision is 0.97, yet the only denial is answered."""
    rows = [(number, "own", 0.95) for number in range(31)] + [(31, "own", 0.6)]
    stream = screened([post("asserts")] * 31 + [post("denies")], rows)
    assert suggest_thresholds(stream)["reply"] == 0.61


def test_benign_figures_a_post_with_two_findings_counts_once() -> None:
    found = benign_figures(known(), {"review": 0.05, "reply": 0.7})
    assert (found["review"]["hits"], found["reply"]["hits"]) == (3, 2)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)
def test_wilson_agrees_with_published_values(hits: int, trials: int, low: float, high: float) -> None:
    """Values from Newcombe 1998's formula, worked out apart."""
    assert wilson(hits, trials) == pytest.approx((low, high), abs=5e-4)


def test_average_precision_and_best_f1_of_a_perfect_order_are_one() -> None:
    scores, hits = np.array([0.9, 0.8, 0.1]), np.array([True, True, False])
    assert average_precision(scores, hits) == 1.0
    assert average_precision(scores, hits, wanted=4) == 0.5
    assert best_f1(scores, hits, wanted=2) == 1.0
    assert best_f1(scores, hits, wanted=4) == pytest.approx(2 / 3)
    assert best_f1(np.array([]), np.array([], dtype=bool), wanted=4) == 0.0


def test_curve_ties_are_one_point_and_recall_counts_what_was_wanted() -> None:
    scores, hits = np.array([0.9, 0.5, 0.5]), np.array([True, True, False])
    assert curve(scores, hits, wanted=4) == [[0.25, 1.0, 0.9], [0.5, pytest.approx(2 / 3), 0.5]]
    assert recall_at(scores, hits, 4, 0.95) == 0.25
    assert recall_at(scores, ~hits, 4, 0.95) == 0.0
    assert len(curve(np.arange(1000) / 1000, np.ones(1000, dtype=bool), 1000)) == 200


def test_lowest_threshold_ties_are_not_cut_apart() -> None:
    """A threshold at 0.5 flags both rows with 0.5, so it must answer for both."""
    assert lowest_threshold(np.array([0.9, 0.5, 0.5]), np.array([True, True, False]), 0.9) == 0.9
    assert lowest_threshold(np.array([0.5, 0.5]), np.array([True, False]), 0.9) is None


def test_calibration_error_of_shares_that_fit_is_nothing() -> None:
    chances = np.repeat([0.25, 0.75], 4)
    hits = np.array([True, False, False, False, True, True, True, False])
    assert calibration_error(chances, hits) == 0.0
    assert reliability(chances, hits)[0] == {"rows": 4, "said": 0.25, "came_true": 0.25}
    assert calibration_error(np.ones(4), np.zeros(4, dtype=bool)) == 1.0


def test_provenance_names_versions_and_the_commit_of_a_checkout() -> None:
    origin = provenance()
    assert origin["versions"]["torch"]
    assert origin["commit"] is None or len(origin["commit"]) == 40


def test_evaluate_training_split_or_nothing_to_measure_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="dev or test"):
        EvaluateOptions(out=tmp_path, split="train")
    with pytest.raises(BadSetting, match="Nothing is left"):
        EvaluateOptions(out=tmp_path, figures=False)


def test_stream_post_near_equal_claims_are_not_wanted() -> None:
    each = post("asserts", others={"twin": "asserts"})
    assert each.asserted == {"own", "twin"}
    assert each.stance_towards(STRANGER) == "unrelated"
