"""The stance judge: what a post does with a statement, as four probabilities for each.

A cross-encoder over a small sentence encoder; ``layout`` says how both are put before it. It neither finds the claims
(``index`` does) nor turns its scores into a probability that may be acted on (``calibration`` does). Importing this
module loads no model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.artifact import Manifest, load_artifact
from models.encoder import without_progress_bars
from models.layout import Batch, Question, is_packable, packed, paired

if TYPE_CHECKING:
    import torch

LABELS = ("asserts", "denies", "reports", "unrelated")
MAX_TOKENS = 256  # a window of 80 words with a title, a parent's opening and a claim fits
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


class StanceNetwork:
    """An encoder and a small head; a plain holder of two torch modules, shared by training and service."""

    def __init__(self, tokenizer: Any, body: Any, head: Any, max_tokens: int = MAX_TOKENS) -> None:  # noqa: ANN401 - untyped library
        """Hold the parts; ``build_network`` makes them."""
        self.tokenizer = tokenizer
        self.body = body
        self.head = head
        self.max_tokens = max_tokens
        self._lay_out = packed if is_packable(body.config.model_type) else paired

    def batch(self, questions: Sequence[Question]) -> Batch:
        """Tokenize questions; what exceeds the limit of tokens is cut from the end of the post."""
        return self._lay_out(self.tokenizer, questions, self.max_tokens)

    def logits(self, batch: Batch) -> torch.Tensor:
        """Return float32 [answers, 4], question by question.

        The head sees [CLS], the mean over the post, the mean over the statement, their difference and their product.
        """
        import torch

        hidden = self.body(**batch.inputs).last_hidden_state
        sums = batch.owners @ hidden
        means = sums / batch.owners.sum(-1, keepdim=True).clamp(min=1.0)
        rows, numbers = batch.order.unbind(1)
        post, statement = means[rows, 0], means[rows, numbers + 1]
        features = [hidden[rows, 0], post, statement, (post - statement).abs(), post * statement]
        result: torch.Tensor = self.head(torch.cat(features, dim=1))
        return result


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
    network: StanceNetwork, questions: Sequence[Question], batch_size: int = 8
) -> list[npt.NDArray[np.float32]]:
    """Return for each question float32 [statements, 4] in the order of ``LABELS``, rows summing to 1."""
    import torch

    results = [np.zeros((0, len(LABELS)), dtype=np.float32) for _ in questions]
    asked = [number for number, question in enumerate(questions) if question.statements]
    lengths = [len(questions[number].post) + sum(map(len, questions[number].statements)) for number in asked]
    network.body.eval()
    network.head.eval()
    with torch.inference_mode():
        for places in batches_by_length(lengths, batch_size):
            numbers = [asked[place] for place in places]
            logits = network.logits(network.batch([questions[number] for number in numbers]))
            rows = torch.softmax(logits.float(), dim=1).numpy()
            ends = np.cumsum([len(questions[number].statements) for number in numbers])
            for number, part in zip(numbers, np.split(rows, ends[:-1]), strict=True):
                results[number] = part
    return results


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
        manifest, state = load_artifact(folder, encoder_folder, LABELS)
        network = build_network(encoder_folder, max_tokens=manifest.max_tokens)
        restore(network, state)
        return cls(network, manifest)

    def probabilities(self, questions: Sequence[Question], batch_size: int = 8) -> list[npt.NDArray[np.float32]]:
        """Return for each question float32 [statements, 4] in the order of ``LABELS``; [] -> []."""
        return network_probabilities(self._network, questions, batch_size)
