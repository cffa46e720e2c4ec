"""A real encoder folder and a real model folder, too small to be any good: random weights, milliseconds to load."""

import shutil
from pathlib import Path

from models.artifact import FORMAT_VERSION, Manifest, file_sha256, save_weights
from models.calibration import Calibration
from models.encoder import packaged_folder
from models.stance import LABELS, build_network, trained_state


def tiny_encoder(folder: Path, seed: int = 0, layers: int = 1) -> Path:
    """Write a BERT of 64 dimensions with the packaged encoder's vocabulary and large random word vectors.

    Texts that share few words are far apart in it, as in a real encoder.
    """
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    config = BertConfig(
        hidden_size=64,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=256,
    )
    model = BertModel(config)
    torch.nn.init.normal_(model.embeddings.word_embeddings.weight)
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        shutil.copy(packaged_folder() / name, folder / name)
    return folder


def tiny_artifact(folder: Path, encoder: Path, seed: int = 1) -> Manifest:
    """Write an untrained stance model for an encoder folder, with its manifest."""
    import torch

    torch.manual_seed(seed)
    digest = save_weights(folder, trained_state(build_network(encoder)))
    manifest = Manifest(
        format_version=FORMAT_VERSION,
        encoder_sha256=file_sha256(encoder / "model.safetensors"),
        weights_sha256=digest,
        labels=list(LABELS),
        max_tokens=160,
        seed=seed,
        calibration=Calibration(bias=0.1).to_dict(),
    )
    manifest.write(folder)
    return manifest
