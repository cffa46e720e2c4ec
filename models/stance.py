"""The stance judge: what a post does with a claim, as four probabilities for each (text, claim) pair.

A cross-encoder over a small sentence encoder. It neither finds the claims (``index`` does) nor turns its scores
into a probability that may be acted on (``calibration`` does). Importing this module loads no model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.artifact import Manifest, load_artifact
from models.encoder import encodable, without_progress_bars

if TYPE_CHECKING:
    import torch

LABELS = ("asserts", "denies", "reports", "unrelated")
MAX_TOKENS = 224  # a window of 110 words with a title and a claim fits; the longest training pair has 146
PARENT_CHARACTERS = 200  # enough for the sentence that a short reply refers to
HEAD_WIDTH = 256


def pair_text(text: str, title: str | None = None, parent: str | None = None) -> str:
    """Return the post side of a pair: the thread's title before the text, the parent message's opening after it.

    Training, evaluation and screening all use this function. The parent comes last because a pair that is too
    long loses the end of its post side.

    >>> pair_text("It was them.", "Who cut the cable?", None)
    'Who cut the cable? It was them.'
    """
    parts = [text.strip()]
    if title and title.strip():
        head = title.strip()
        parts.insert(0, head if head[-1] in ".?!:;" else f"{head}.")
    if parent and parent.strip():
        parts.append(f"[in reply to: {' '.join(parent.split())[:PARENT_CHARACTERS]}]")
    return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Batch:
    """One padded batch: token tensors for the encoder and, per token, 1.0 where it belongs to post or claim."""

    inputs: dict[str, torch.Tensor]
    post: torch.Tensor
    claim: torch.Tensor


class StanceNetwork:
    """An encoder and a small head; a plain holder of two torch modules, shared by training and service."""

    def __init__(self, tokenizer: Any, body: Any, head: Any, max_tokens: int = MAX_TOKENS) -> None:  # noqa: ANN401 - untyped library
        """Hold the parts; ``build_network`` makes them."""
        self.tokenizer = tokenizer
        self.body = body
        self.head = head
        self.max_tokens = max_tokens

    def batch(self, pairs: Sequence[tuple[str, str]]) -> Batch:
        """Tokenize pairs, the post cut first where both do not fit."""
        import torch

        encoded = self.tokenizer(
            [encodable(post) for post, _ in pairs],
            [encodable(claim) for _, claim in pairs],
            truncation="longest_first",
            max_length=self.max_tokens,
            padding=True,
            return_tensors="pt",
        )
        sides = np.array(
            [[-1 if side is None else side for side in one.sequence_ids] for one in encoded.encodings], dtype=np.int64
        )
        side_of_token = torch.from_numpy(sides)
        return Batch(dict(encoded), (side_of_token == 0).float(), (side_of_token == 1).float())

    def logits(self, batch: Batch) -> torch.Tensor:
        """Return float32 [n, 4]: [CLS], the mean of either side, their difference and product, through the head."""
        import torch

        hidden = self.body(**batch.inputs).last_hidden_state
        post, claim = _mean(hidden, batch.post), _mean(hidden, batch.claim)
        features = torch.cat([hidden[:, 0], post, claim, (post - claim).abs(), post * claim], dim=1)
        result: torch.Tensor = self.head(features)
        return result


def _mean(hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    weights = mask.unsqueeze(-1)
    return (hidden * weights).sum(1) / weights.sum(1).clamp(min=1.0)


def build_network(encoder_folder: Path, *, max_tokens: int = MAX_TOKENS, dropout: float = 0.1) -> StanceNetwork:
    """Return a network on the encoder in a folder, its head freshly initialised (seed torch before)."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    local = {"local_files_only": True, "trust_remote_code": False}
    with without_progress_bars():
        tokenizer = AutoTokenizer.from_pretrained(str(encoder_folder), **local)
        body = AutoModel.from_pretrained(str(encoder_folder), **local, use_safetensors=True, dtype=torch.float32)
    width = int(body.config.hidden_size)
    head = torch.nn.Sequential(
        torch.nn.Dropout(dropout),
        torch.nn.Linear(5 * width, HEAD_WIDTH),
        torch.nn.GELU(),
        torch.nn.Dropout(dropout),
        torch.nn.Linear(HEAD_WIDTH, len(LABELS)),
    )
    return StanceNetwork(tokenizer, body, head, max_tokens)


def is_frozen(name: str) -> bool:
    """Tell whether a body parameter stays as the base encoder has it, or is unused, so that it need not be shipped."""
    return "word_embeddings" in name or "position_embeddings" in name or name.startswith("pooler.")


def trained_state(network: StanceNetwork) -> dict[str, torch.Tensor]:
    """Return the weights that training changes, named ``body.*`` and ``head.*``."""
    body = {f"body.{name}": tensor for name, tensor in network.body.named_parameters() if not is_frozen(name)}
    head = {f"head.{name}": tensor for name, tensor in network.head.named_parameters()}
    return {name: tensor.detach() for name, tensor in (body | head).items()}


def restore(network: StanceNetwork, state: dict[str, torch.Tensor]) -> None:
    """Put trained weights into a network. Raises KeyError when one is missing, RuntimeError on a wrong shape."""
    import torch

    with torch.no_grad():
        for prefix, module in (("body", network.body), ("head", network.head)):
            for name, parameter in module.named_parameters():
                if prefix == "body" and is_frozen(name):
                    continue
                source = state[f"{prefix}.{name}"]
                if source.shape != parameter.shape:
                    raise RuntimeError(f"{prefix}.{name} has shape {tuple(source.shape)}")
                parameter.copy_(source.to(parameter.dtype))


def batches_by_length(lengths: Sequence[int], batch_size: int) -> Iterator[list[int]]:
    """Yield row numbers in batches of like length, longest first, so that little padding is computed."""
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]


def network_probabilities(
    network: StanceNetwork, pairs: Sequence[tuple[str, str]], batch_size: int = 32
) -> npt.NDArray[np.float32]:
    """Return float32 [n, 4] in the order of ``LABELS``, rows summing to 1; [] -> [0, 4]."""
    import torch

    result = np.zeros((len(pairs), len(LABELS)), dtype=np.float32)
    network.body.eval()
    network.head.eval()
    with torch.inference_mode():
        for rows in batches_by_length([len(post) + len(claim) for post, claim in pairs], batch_size):
            logits = network.logits(network.batch([pairs[row] for row in rows]))
            result[rows] = torch.softmax(logits.float(), dim=1).numpy()
    return result


class StanceJudge:
    """The trained judge, ready to be asked. Not to be called from two threads at once."""

    def __init__(self, network: StanceNetwork, manifest: Manifest) -> None:
        """Wrap a network whose weights are in place; ``load`` is the usual way."""
        self._network = network
        self.manifest = manifest

    @classmethod
    def load(cls, folder: Path, encoder_folder: Path) -> StanceJudge:
        """Load the artifact in ``folder`` onto the encoder it was trained on.

        Raises ArtifactInvalid, with one sentence, when a file is missing, cut short or altered, when the format is
        not this version's, or when another encoder lies in ``encoder_folder``.
        """
        manifest, state = load_artifact(folder, encoder_folder)
        network = build_network(encoder_folder, max_tokens=manifest.max_tokens)
        restore(network, state)
        return cls(network, manifest)

    def probabilities(self, pairs: Sequence[tuple[str, str]], batch_size: int = 32) -> npt.NDArray[np.float32]:
        """Return float32 [n, 4] in the order of ``LABELS`` for (post text, claim) pairs; [] -> [0, 4]."""
        return network_probabilities(self._network, pairs, batch_size)
