"""The settings of a training run, with what each costs and when it is ignored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.core.errors import BadSetting
from models.train.corpus import DATA


@dataclass(frozen=True)
class TrainOptions:
    """One training run of the stance judge.

    ``datasets`` names a folder with public sets; None trains on the project's own corpus alone, and ``public_share``
    is then ignored. ``encoder`` names a Hugging Face encoder folder; None takes the packaged one. ``retriever`` names
    the folder of a trained retriever, which offers the claims that calibration is fitted on; None takes the shipped
    one, and none where ``encoder`` is another. ``start`` names the folder of a trained judge to go on from, for longer
    or on other data; None begins with the encoder, and only then do the public sets come first. ``max_minutes`` lets
    the learning rate reach zero by then, whatever the machine; None runs all ``epochs``, and only then do two runs on
    one machine agree. ``batch_size`` counts posts, each with several claims. The first ``public_first`` of the run
    goes to the public sets, then the corpus follows with ``public_share`` of them mixed in. ``threads`` 0 takes one a
    core.
    """

    out: Path
    data: Path = DATA
    datasets: Path | None = None
    encoder: Path | None = None
    retriever: Path | None = None
    start: Path | None = None
    epochs: int = 2
    max_minutes: float | None = None
    batch_size: int = 16
    learning_rate: float = 2e-4
    head_learning_rate: float = 5e-4
    public_first: float = 0.1
    public_share: float = 0.05
    seed: int = 20261123
    checkpoint_every: int = 200
    resume: bool = False
    threads: int = 0
    max_examples: int | None = None  # an epoch's posts at most; for trials and tests

    def __post_init__(self) -> None:
        """Refuse settings that cannot train."""
        if self.epochs < 1 or self.batch_size < 1 or self.checkpoint_every < 1:
            raise BadSetting("Epochs, batch size and checkpoint interval must be at least 1.")
        if not 0.0 <= self.public_share <= 0.5 or not 0.0 <= self.public_first <= 0.5:
            raise BadSetting("The public sets' shares must lie between 0 and 0.5.")
        if self.learning_rate <= 0 or self.head_learning_rate <= 0:
            raise BadSetting("Learning rates must be above 0.")

    @property
    def checkpoint_folder(self) -> Path:
        """Where a stopped run can be taken up again."""
        return self.out / "checkpoint"
