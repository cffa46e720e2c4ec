"""The trained retriever: its layers go onto the encoder they were trained on, and onto no other."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.core.errors import ArtifactInvalid
from models.artifact import FORMAT_VERSION, Manifest, file_sha256, save_weights
from models.encoder import SentenceEncoder, load_parts
from models.loading import ModelOptions, load_encoder
from models.retriever import is_trained, load_retriever, trained_layers
from tests.models.tiny_models import tiny_artifact, tiny_encoder

TEXTS = ["They blew up the dam.", "No gas was sold in March."]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tiny_encoder(tmp_path / "encoder", layers=3)


@pytest.fixture
def layers(base: Path) -> dict[str, Any]:
    """Trained layers that differ from the encoder's own, exact in half precision."""
    import torch

    torch.manual_seed(4)
    own = trained_layers(load_parts(base)[1])
    return {name: (tensor + 0.2 * torch.randn(tensor.shape)).half().float() for name, tensor in own.items()}


def write(folder: Path, base: Path, state: dict[str, Any]) -> Path:
    """Write a retriever's folder."""
    digest = save_weights(folder, state)
    Manifest(FORMAT_VERSION, file_sha256(base / "model.safetensors"), digest, [], 0, 0).write(folder)
    return folder


def test_is_trained_only_the_upper_layers_are() -> None:
    names = [
        "embeddings.word_embeddings.weight",
        "embeddings.LayerNorm.weight",
        "encoder.layer.0.output.dense.weight",
        "encoder.layer.1.attention.self.query.bias",
        "encoder.layer.2.attention.self.query.bias",
        "encoder.layer.10.output.dense.weight",
        "pooler.dense.weight",
    ]
    assert [name for name in names if is_trained(name)] == names[4:6]


def test_trained_layers_of_a_small_encoder_are_those_from_the_third_on(layers: dict[str, Any]) -> None:
    assert {name.split(".")[2] for name in layers} == {"2"}


def test_load_retriever_encodes_with_the_trained_layers_in_place(
    tmp_path: Path, base: Path, layers: dict[str, Any]
) -> None:
    plain, expected = SentenceEncoder.load(base), SentenceEncoder.load(base)
    expected.put(layers)
    loaded = load_retriever(write(tmp_path / "retriever", base, layers), base)
    assert np.allclose(loaded.encode(TEXTS), expected.encode(TEXTS), atol=1e-6)
    assert not np.allclose(loaded.encode(TEXTS), plain.encode(TEXTS), atol=1e-3)


def test_load_retriever_of_another_encoder_is_refused_in_a_sentence(
    tmp_path: Path, base: Path, layers: dict[str, Any]
) -> None:
    """Layers on foreign word vectors would load without a word and find nothing."""
    other = tiny_encoder(tmp_path / "other", seed=9, layers=3)
    with pytest.raises(ArtifactInvalid, match="trained on another encoder") as refused:
        load_retriever(write(tmp_path / "retriever", base, layers), other)
    assert "\n" not in str(refused.value)


def test_load_retriever_altered_weights_are_refused(tmp_path: Path, base: Path, layers: dict[str, Any]) -> None:
    folder = write(tmp_path / "retriever", base, layers)
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ArtifactInvalid, match="cut short or altered"):
        load_retriever(folder, base)


def test_load_retriever_of_a_judges_folder_is_refused(tmp_path: Path, base: Path) -> None:
    tiny_artifact(tmp_path / "stance", base)
    with pytest.raises(ArtifactInvalid, match="other labels"):
        load_retriever(tmp_path / "stance", base)


def test_put_foreign_weights_are_refused_and_none_is_taken(base: Path, layers: dict[str, Any]) -> None:
    encoder = SentenceEncoder.load(base)
    before = encoder.encode(TEXTS)
    name = next(iter(layers))
    for foreign in ({"encoder.layer.9.output.dense.weight": layers[name]}, {name: layers[name].flatten()[:3]}):
        with pytest.raises(ArtifactInvalid, match=f"do not fit the encoder: {next(iter(foreign))}"):
            encoder.put(layers | foreign)
        assert np.array_equal(encoder.encode(TEXTS), before)


def test_load_encoder_own_encoder_has_no_retriever_unless_one_is_named(
    tmp_path: Path, base: Path, layers: dict[str, Any]
) -> None:
    """The shipped layers fit the packaged encoder only."""
    plain = load_encoder(ModelOptions(encoder_folder=base))
    assert np.array_equal(plain.encode(TEXTS), SentenceEncoder.load(base).encode(TEXTS))
    folder = write(tmp_path / "retriever", base, layers)
    trained = load_encoder(ModelOptions(encoder_folder=base, retriever_folder=folder))
    assert not np.allclose(trained.encode(TEXTS), plain.encode(TEXTS), atol=1e-3)
