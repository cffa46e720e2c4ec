"""The measurements: figures that can be checked by hand, on streams whose truth is known."""

import json
from pathlib import Path

import numpy as np
import pytest

from bot.core.domain import Thresholds
from bot.core.errors import BadSetting
from models.evaluate import EvaluateOptions, evaluate
from models.evaluate.figures import benign_figures, figures, suggest_thresholds
from models.evaluate.measures import average_precision, best_f1, calibration_error, lowest_threshold, share, wilson
from models.evaluate.provenance import provenance
from models.evaluate.stream import Screened, StreamPost
from models.train.corpus import LabelledPost
from tests.models.tiny_corpus import tiny_data
from tests.models.tiny_models import tiny_artifact, tiny_encoder


def screened() -> Screened:
    """Four posts: asserted and found, asserted and missed, denied but flagged, flagged for a stranger's claim."""
    stances = ("asserts", "asserts", "denies", "unrelated")
    posts = [StreamPost(LabelledPost("text", None, stance, "plain"), "own") for stance in stances]
    return Screened(
        posts=posts,
        post=np.array([0, 0, 2, 3]),
        probabilities=np.array(
            [[0.9, 0.1, 0, 0], [0.1, 0, 0, 0.9], [0.8, 0.2, 0, 0], [0.6, 0, 0, 0.4]], dtype=np.float32
        ),
        similarity=np.array([0.9, 0.5, 0.7, 0.4], dtype=np.float32),
        p_asserts=np.array([0.9, 0.1, 0.8, 0.6]),
        is_own=np.array([True, False, True, False]),
    )


def test_figures_known_stream_gives_the_counted_shares() -> None:
    found = figures(screened(), {"review": 0.5, "reply": 0.85})
    review, reply = found["at"]["review"], found["at"]["reply"]
    assert (review["precision"]["hits"], review["precision"]["of"]) == (1, 3)
    assert (reply["precision"]["hits"], reply["precision"]["of"]) == (1, 1)
    assert reply["recall"]["value"] == 0.5
    assert review["wrong_findings"] == {"own claim, not asserted": 1, "another claim": 1}
    assert {name: each["hits"] for name, each in review["wrongly_flagged_posts"].items()} == {
        "asserts": 0,
        "denies": 1,
        "reports": 0,
        "unrelated": 1,
    }
    assert found["retrieval"]["first"]["hits"] == 2
    assert found["retrieval"]["among_five"] == share(2, 3)


def test_suggest_thresholds_lie_where_the_precision_begins() -> None:
    assert suggest_thresholds(screened()) == {"review": 0.9, "reply": 0.9}


def test_benign_figures_a_post_with_two_findings_counts_once() -> None:
    found = benign_figures(screened(), {"review": 0.05, "reply": 0.7})
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
    assert best_f1(scores, hits, wanted=2) == 1.0
    assert best_f1(scores, hits, wanted=4) == pytest.approx(2 / 3)
    assert best_f1(np.array([]), np.array([], dtype=bool), wanted=4) == 0.0


def test_lowest_threshold_ties_are_not_cut_apart() -> None:
    """A threshold at 0.5 flags both rows with 0.5, so it must answer for both."""
    assert lowest_threshold(np.array([0.9, 0.5, 0.5]), np.array([True, True, False]), 0.9) == 0.9
    assert lowest_threshold(np.array([0.5, 0.5]), np.array([True, False]), 0.9) is None


def test_calibration_error_of_shares_that_fit_is_nothing() -> None:
    chances = np.repeat([0.25, 0.75], 4)
    assert calibration_error(chances, np.array([True, False, False, False, True, True, True, False])) == 0.0
    assert calibration_error(np.ones(4), np.zeros(4, dtype=bool)) == 1.0


def test_provenance_names_versions_and_the_commit_of_a_checkout() -> None:
    origin = provenance()
    assert origin["versions"]["torch"]
    assert origin["commit"] is None or len(origin["commit"]) == 40


def test_evaluate_training_split_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="dev or test"):
        EvaluateOptions(out=tmp_path, split="train")


def test_evaluate_small_corpus_writes_both_reports(tmp_path: Path) -> None:
    encoder = tiny_encoder(tmp_path / "encoder")
    tiny_artifact(tmp_path / "stance", encoder)
    data, thresholds = tiny_data(tmp_path / "data"), Thresholds(0.5, 0.6)
    options = EvaluateOptions(tmp_path / "out", "test", data, tmp_path / "stance", encoder, thresholds)
    steps: list[tuple[int, int]] = []
    report = evaluate(options, lambda done, of: steps.append((done, of)))
    written = json.loads((tmp_path / "out" / "report.json").read_text())
    assert written["thresholds"] == report.thresholds == {"review": 0.5, "reply": 0.6}
    assert written["streams"]["open"]["posts"] == 20
    assert "weights" in (tmp_path / "out" / "report.md").read_text()
    assert "reply 0.60: precision" in report.summary()
    assert steps[-1][0] == steps[-1][1]
