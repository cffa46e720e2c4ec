"""The model folder: what is written can be loaded, and anything that does not match is refused in one sentence."""

import json
from pathlib import Path

import pytest

from bot.core.errors import ArtifactInvalid
from models.artifact import Manifest, load_artifact
from models.calibration import Calibration
from models.stance import LABELS, StanceJudge, is_frozen
from tests.models.tiny_models import tiny_artifact, tiny_encoder


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    encoder = tiny_encoder(tmp_path / "encoder")
    tiny_artifact(tmp_path / "stance", encoder)
    return tmp_path / "stance", encoder


def edit_manifest(folder: Path, **changes: object) -> None:
    path = folder / "manifest.json"
    values = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({name: value for name, value in values.items() if value is not None}))


def test_load_artifact_what_was_saved_comes_back(folders: tuple[Path, Path]) -> None:
    manifest, state = load_artifact(*folders, LABELS)
    assert manifest.calibration == Calibration(bias=0.1).to_dict()
    assert "head.1.weight" in state
    assert not any(is_frozen(name.removeprefix("body.")) for name in state)


def test_load_artifact_weights_are_single_precision(folders: tuple[Path, Path]) -> None:
    """Stored in half precision, computed in single: CPUs have no fast half arithmetic."""
    import torch

    _, state = load_artifact(*folders, LABELS)
    assert {tensor.dtype for tensor in state.values()} == {torch.float32}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"format_version": 1}, "format 1, and this version of Footnote reads format 2"),
        ({"format_version": None}, "format None"),
        ({"weights_sha256": "0" * 64}, "cut short or altered"),
        ({"weights_sha256": None}, "lacks an entry"),
        ({"labels": ["asserts", "reports", "denies", "unrelated"]}, "labels"),
        ({"encoder_sha256": "0" * 64}, "another encoder"),
    ],
)
def test_load_altered_manifest_is_refused(folders: tuple[Path, Path], changes: dict[str, object], word: str) -> None:
    edit_manifest(folders[0], **changes)
    with pytest.raises(ArtifactInvalid, match=word) as refused:
        StanceJudge.load(*folders)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["model.safetensors", "manifest.json"])
def test_load_missing_file_is_refused_by_name(folders: tuple[Path, Path], name: str) -> None:
    (folders[0] / name).unlink()
    with pytest.raises(ArtifactInvalid, match=name):
        StanceJudge.load(*folders)


@pytest.mark.parametrize("name", ["model.safetensors", "manifest.json"])
def test_load_truncated_file_is_refused(folders: tuple[Path, Path], name: str) -> None:
    path = folders[0] / name
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ArtifactInvalid, match="cut short or altered"):
        StanceJudge.load(*folders)


@pytest.mark.parametrize("content", ["[]", '"text"', "null"])
def test_load_manifest_that_is_no_object_is_refused(folders: tuple[Path, Path], content: str) -> None:
    (folders[0] / "manifest.json").write_text(content)
    with pytest.raises(ArtifactInvalid, match="format None"):
        StanceJudge.load(*folders)


def test_load_on_another_encoder_is_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    other = tiny_encoder(tmp_path / "other", seed=9)
    with pytest.raises(ArtifactInvalid, match="another encoder"):
        StanceJudge.load(folders[0], other)


def test_manifest_entries_of_a_later_release_are_ignored(folders: tuple[Path, Path]) -> None:
    edit_manifest(folders[0], novelty=1)
    assert Manifest.read(folders[0]).max_tokens == 160


def test_load_artifact_labels_other_than_the_readers_are_refused(folders: tuple[Path, Path]) -> None:
    """A retriever has no labels, so a judge's folder in its place is named as such."""
    with pytest.raises(ArtifactInvalid, match="other labels than none"):
        load_artifact(*folders, ())
