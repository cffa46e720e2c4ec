"""The model folder: trained weights and a manifest that says what they are; anything that does not match is refused.

The folder holds only what training changed. The word embeddings stay in the base encoder, so the manifest names that
encoder by hash and another one under the same weights is an error, not a worse result.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.core.errors import ArtifactInvalid

if TYPE_CHECKING:
    import torch

FORMAT_VERSION = 2  # 2: several statements a question, and a calibration over evidence
WEIGHTS = "model.safetensors"
MANIFEST = "manifest.json"
ENCODER_WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class Manifest:
    """What a model folder says of itself. All hashes are sha256 in hex."""

    format_version: int
    encoder_sha256: str
    weights_sha256: str
    labels: list[str]
    max_tokens: int
    seed: int
    training: dict[str, Any] = field(default_factory=dict)  # steps, options, commit, machine, versions
    data: dict[str, str] = field(default_factory=dict)  # file -> sha256
    licences: dict[str, str] = field(default_factory=dict)  # set -> licence
    metrics: dict[str, Any] = field(default_factory=dict)  # split -> figures
    calibration: dict[str, float] = field(default_factory=dict)  # fields of calibration.Calibration
    thresholds: dict[str, float] = field(default_factory=dict)  # suggested review and reply

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read and check a manifest. Raises ArtifactInvalid."""
        path = folder / MANIFEST
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ArtifactInvalid(f"The model folder {folder} has no {MANIFEST}.") from error
        except (OSError, ValueError) as error:
            raise ArtifactInvalid(f"The model's {path} cannot be read: it is cut short or altered.") from error
        return cls._checked(values, folder)

    @classmethod
    def _checked(cls, values: Any, folder: Path) -> Manifest:  # noqa: ANN401 - whatever JSON held
        version = values.get("format_version") if isinstance(values, dict) else None
        if version != FORMAT_VERSION:
            raise ArtifactInvalid(
                f"The model in {folder} has format {version}, and this version of Footnote reads format "
                f"{FORMAT_VERSION}: train it again or install the release it came with."
            )
        names = {each.name for each in fields(cls)}
        try:
            return cls(**{name: value for name, value in values.items() if name in names})
        except TypeError as error:
            raise ArtifactInvalid(f"The model's {MANIFEST} in {folder} lacks an entry ({error}).") from error

    def write(self, folder: Path) -> None:
        """Write the manifest as readable JSON, replacing an older one in one step."""
        temporary = folder / f".{MANIFEST}.new"
        temporary.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        temporary.replace(folder / MANIFEST)


def file_sha256(path: Path) -> str:
    """Return a file's sha256 in hex, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def save_weights(folder: Path, state: dict[str, torch.Tensor]) -> str:
    """Write weights in half precision and return the file's sha256. Half a bit in 2048 is below training's noise."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    halves = {name: tensor.to(torch.float16).contiguous().cpu() for name, tensor in state.items()}
    temporary = folder / f".{WEIGHTS}.new"
    save_file(halves, temporary)
    temporary.chmod(0o644)  # safetensors keeps its files from other users; an installed bot may run as another one
    temporary.replace(folder / WEIGHTS)
    return file_sha256(folder / WEIGHTS)


def load_artifact(
    folder: Path, encoder_folder: Path, labels: tuple[str, ...]
) -> tuple[Manifest, dict[str, torch.Tensor]]:
    """Return a checked manifest and its weights as float32 tensors; ``labels`` are those the reader expects.

    Raises ArtifactInvalid.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    manifest = Manifest.read(folder)
    if tuple(manifest.labels) != labels:
        raise ArtifactInvalid(f"The model in {folder} has other labels than {', '.join(labels) or 'none'}.")
    _require_hash(folder / WEIGHTS, manifest.weights_sha256, "The model's weights")
    _require_encoder(encoder_folder, manifest)
    try:
        state = load_file(folder / WEIGHTS)
    except SafetensorError as error:
        raise ArtifactInvalid(f"The model's weights in {folder} are not a safetensors file.") from error
    return manifest, {name: tensor.to(torch.float32) for name, tensor in state.items()}


def _require_hash(path: Path, expected: str, what: str) -> None:
    if not path.is_file():
        raise ArtifactInvalid(f"{what} are missing: there is no {path}.")
    if file_sha256(path) != expected:
        raise ArtifactInvalid(f"{what} in {path} are not those of the manifest: the file is cut short or altered.")


def _require_encoder(folder: Path, manifest: Manifest) -> None:
    path = folder / ENCODER_WEIGHTS
    if not path.is_file():
        raise ArtifactInvalid(f"The encoder's weights are missing: there is no {path}.")
    if file_sha256(path) != manifest.encoder_sha256:
        raise ArtifactInvalid(
            f"The model was trained on another encoder than the one in {folder}: "
            "use the encoder named in its manifest, or train on this one."
        )
