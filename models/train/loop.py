"""The training loop: steps, checkpoints and taking a stopped run up again.

It knows examples, not where they come from.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.core.errors import BadInput
from models.stance import StanceNetwork, is_frozen, restore, trained_state
from models.train.examples import NOT_ASSERTED, Asked, Example
from models.train.options import TrainOptions

if TYPE_CHECKING:
    import torch

WARM_UP = 0.06  # share of the run in which the learning rate rises
LABEL_SMOOTHING = 0.03  # some labels of near posts are open to argument
WEIGHT_DECAY = 0.01
CLIP_NORM = 1.0


@dataclass
class Progress:
    """Where a run stands; saved with each checkpoint."""

    step: int = 0
    epoch: int = 0
    batch: int = 0
    seconds: float = 0.0
    pairs: int = 0
    loss: float = 0.0  # running mean over about 50 steps
    history: list[dict[str, float]] = field(default_factory=list)


def rate(done: float) -> float:
    """Return the share of the full learning rate at a share of the run: up, then straight down to 0.

    >>> rate(0.0), rate(WARM_UP), rate(1.0)
    (0.0, 1.0, 0.0)
    """
    return min(done / WARM_UP, max(0.0, (1.0 - done) / (1.0 - WARM_UP)))


class Trainer:
    """One network, its optimizer and how far it is."""

    def __init__(self, network: StanceNetwork, options: TrainOptions, steps: int) -> None:
        """Freeze the word embeddings and set up AdamW with a higher rate for the fresh head."""
        import torch

        self.network, self.options, self.steps = network, options, steps
        self.progress = Progress()
        for name, parameter in network.body.named_parameters():
            parameter.requires_grad = not is_frozen(name)
        self._rates = (options.learning_rate, options.head_learning_rate)
        body = [parameter for parameter in network.body.parameters() if parameter.requires_grad]
        groups = [{"params": body}, {"params": list(network.head.parameters())}]
        self._optimizer = torch.optim.AdamW(groups, lr=options.learning_rate, weight_decay=WEIGHT_DECAY)

    @property
    def done(self) -> float:
        """The share of the run that is behind, by steps or by time, whichever is further."""
        by_time = self.progress.seconds / (60 * self.options.max_minutes) if self.options.max_minutes else 0.0
        return min(1.0, max(self.progress.step / self.steps, by_time))

    def step(self, batch: Sequence[Example]) -> None:
        """Learn from one batch."""
        import torch

        began = time.perf_counter()
        for group, full in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = full * max(rate(self.done), 0.01)
        self.network.body.train()
        self.network.head.train()
        logits = self.network.logits(self.network.batch([example.question for example in batch]))
        asked = [each for example in batch for each in example.asked]
        loss = loss_of(logits, asked)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([p for g in self._optimizer.param_groups for p in g["params"]], CLIP_NORM)
        self._optimizer.step()
        self._optimizer.zero_grad()
        self._count(len(asked), loss.item(), time.perf_counter() - began)

    def _count(self, pairs: int, loss: float, seconds: float) -> None:
        progress = self.progress
        progress.loss = loss if progress.step == 0 else 0.98 * progress.loss + 0.02 * loss
        progress.step += 1
        progress.batch += 1
        progress.pairs += pairs
        progress.seconds += seconds

    def save(self, folder: Path) -> None:
        """Write a checkpoint, replacing the one before in one step."""
        import torch

        folder.mkdir(parents=True, exist_ok=True)
        state = {
            "weights": trained_state(self.network),
            "optimizer": self._optimizer.state_dict(),
            "progress": vars(self.progress),
            "random": torch.get_rng_state(),
            "run": _run_key(self.options),
        }
        torch.save(state, folder / "state.new")
        (folder / "state.new").replace(folder / "state.pt")

    def load(self, folder: Path) -> None:
        """Take up the run that a checkpoint holds. Raises BadInput when it is missing or of other options."""
        import torch

        path = folder / "state.pt"
        if not path.is_file():
            raise BadInput(f"There is no checkpoint to resume in {folder}.")
        state: dict[str, Any] = torch.load(path, weights_only=True)
        if state["run"] != _run_key(self.options):
            raise BadInput(f"The checkpoint in {folder} is of a run with other options: start anew or give the same.")
        restore(self.network, state["weights"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.progress = Progress(**state["progress"])
        torch.set_rng_state(state["random"])


def loss_of(logits: torch.Tensor, asked: Sequence[Asked]) -> torch.Tensor:
    """Return the weighted mean loss: cross-entropy, or -ln(1 - p) where only ``asserts`` is known to be wrong."""
    import torch

    labels = torch.tensor([each.label for each in asked])
    weights = torch.tensor([each.weight for each in asked])
    is_known = labels != NOT_ASSERTED
    known = torch.nn.functional.cross_entropy(
        logits, labels.clamp(min=0), reduction="none", label_smoothing=LABEL_SMOOTHING
    )
    others = torch.logsumexp(logits, dim=1) - torch.logsumexp(logits[:, 1:], dim=1)
    return (torch.where(is_known, known, others) * weights).sum() / weights.sum()


def _run_key(options: TrainOptions) -> list[float]:
    """Return the options that fix which batch comes when."""
    limit = -1 if options.max_examples is None else options.max_examples
    return [options.seed, options.batch_size, options.public_first, options.public_share, options.epochs, limit]


@dataclass(frozen=True)
class Schedule:
    """What is learned when.

    ``batches(epoch)`` must be deterministic; ``ends(epoch)`` is the share of the run by which that epoch is left.
    """

    batches: Callable[[int], list[list[Example]]]
    epochs: int
    ends: Callable[[int], float] = lambda epoch: 1.0


def run(trainer: Trainer, schedule: Schedule, after_step: Callable[[Trainer], None]) -> None:
    """Train from where the trainer stands to its end, saving every so often; ``after_step`` draws or measures."""
    options, progress = trainer.options, trainer.progress
    while progress.epoch < schedule.epochs and trainer.done < 1.0:
        batches, end = schedule.batches(progress.epoch), schedule.ends(progress.epoch)
        while progress.batch < len(batches) and trainer.done < end:
            trainer.step(batches[progress.batch])
            after_step(trainer)
            if progress.step % options.checkpoint_every == 0:
                trainer.save(options.checkpoint_folder)
        if trainer.done < 1.0:
            progress.epoch, progress.batch = progress.epoch + 1, 0
    trainer.save(options.checkpoint_folder)
