"""The trained retriever: the packaged sentence encoder with the few layers that training changed.

Its folder holds those layers alone and a manifest that names the encoder they belong on. Judges no stance.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.artifact import load_artifact
from models.encoder import SentenceEncoder, packaged_folder

if TYPE_CHECKING:
    import torch

FIRST_TRAINED_LAYER = 2  # of six; the lower ones stay, so that the weights fit beside the judge's into a small download


def is_trained(name: str) -> bool:
    """Tell whether a parameter of a BERT encoder belongs to a layer that training changes.

    >>> is_trained("encoder.layer.5.output.dense.weight"), is_trained("embeddings.LayerNorm.weight")
    (True, False)
    """
    parts = name.split(".")
    return parts[:2] == ["encoder", "layer"] and int(parts[2]) >= FIRST_TRAINED_LAYER


def trained_layers(model: Any) -> dict[str, torch.Tensor]:  # noqa: ANN401 - untyped library
    """Return the weights that training changes, by name."""
    return {name: tensor.detach() for name, tensor in model.named_parameters() if is_trained(name)}


def load_retriever(
    folder: Path, encoder_folder: Path | None = None, encoder_sha256: str | None = None
) -> SentenceEncoder:
    """Load the encoder, the packaged one without ``encoder_folder``, with the trained layers of ``folder`` in place.

    Raises ArtifactInvalid where a file is missing or altered, or where the layers were trained on another encoder.
    """
    encoder = SentenceEncoder.load(encoder_folder, encoder_sha256)
    _, state = load_artifact(folder, encoder_folder or packaged_folder(), labels=())
    encoder.put(state)
    return encoder
