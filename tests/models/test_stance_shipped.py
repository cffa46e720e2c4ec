"""The shipped weights: whole, light enough to ship, and right about cases that nobody would argue over."""

import json
from pathlib import Path

import pytest

from config.settings import load_settings
from models.artifact import Manifest, file_sha256
from models.calibration import Calibration
from models.encoder import packaged_folder
from models.evidence import matrix, weigh
from models.layout import Question
from models.loading import SHIPPED_STANCE
from models.stance import LABELS, StanceJudge
from models.train.corpus import data_files

CLAIM = "Afghanistan was a member of the Collective Security Treaty Organization (CSTO)."
CASES = [
    ("Afghanistan is also part of the CSTO, so Moscow has every right to call a conference.", "asserts"),
    ("Afghanistan never joined the CSTO. It was an observer at the parliamentary assembly, nothing more.", "denies"),
    ("Is Afghanistan in the CSTO or only an observer?", "reports"),
    ("The mods should split this thread, half of it is about cricket.", "unrelated"),
]
LARGEST_FILE = 30 * 2**20


@pytest.fixture(scope="module")
def judge() -> StanceJudge:
    return StanceJudge.load(SHIPPED_STANCE, packaged_folder())


@pytest.mark.parametrize(("post", "stance"), CASES)
def test_probabilities_plain_case_has_its_stance_first(judge: StanceJudge, post: str, stance: str) -> None:
    (rows,) = judge.probabilities([Question(post, (CLAIM,))])
    assert LABELS[int(rows[0].argmax())] == stance


def test_p_asserts_plain_assertion_is_far_above_the_rest(judge: StanceJudge) -> None:
    curve = Calibration.from_dict(judge.manifest.calibration)
    rows = judge.probabilities([Question(post, (CLAIM,)) for post, _ in CASES])
    chances = curve.p_asserts(matrix([weigh(float(row[0, 0]), [], [], 0.7, -1.0) for row in rows]))
    assert chances[0] > 0.75, "by the claim's sentence alone: its paraphrases are what takes it to a reply"
    assert chances[1] < 0.15, "a denial by the claim's sentence alone"
    assert chances[2:].max() < load_settings().default_thresholds.review


def test_manifest_names_the_data_that_is_shipped(judge: StanceJudge) -> None:
    """Who changes the corpus must train again, or say that the weights are older."""
    shipped = {path.name: file_sha256(path) for path in data_files()}
    assert shipped.items() <= judge.manifest.data.items()


def test_card_and_manifest_hold_the_same_figures() -> None:
    card = (SHIPPED_STANCE / "MODEL_CARD.md").read_text(encoding="utf-8")
    manifest = Manifest.read(SHIPPED_STANCE)
    for streams in manifest.metrics.values():
        assert f"average precision {streams['open']['average_precision']:.3f}" in card
    assert all(name in card for name in manifest.licences)


def test_shipped_files_are_light_and_hold_no_path_of_the_machine() -> None:
    assert all(path.stat().st_size < LARGEST_FILE for path in SHIPPED_STANCE.iterdir())
    values = json.loads((SHIPPED_STANCE / "manifest.json").read_text(encoding="utf-8"))
    assert str(Path.home()) not in json.dumps(values)
