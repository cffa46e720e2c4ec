"""Training of the stance judge from the project's own corpus and, where a folder is named, public sets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from models.train.options import TrainOptions

__all__ = ["TrainOptions", "train"]


def train(options: TrainOptions, say: Callable[[str], None] = lambda _: None) -> Path:
    """Train a stance judge and return the folder with its weights, manifest and model card.

    Takes about an hour on two cores. Stopped, it goes on with ``resume``. ``say`` hears of each stage. Raises
    BadInput for bad data or a checkpoint of other options, ArtifactInvalid for an unusable encoder.
    """
    from models.train.run import train as run_training  # later, since measuring, which it ends with, reads this folder

    return run_training(options, say)
