"""Training of the judge and the retriever from the project's own corpus and, where a folder is named, public sets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from models.train.options import TrainOptions

__all__ = ["TrainOptions", "train", "train_part"]


def train(options: TrainOptions, say: Callable[[str], None] = lambda _: None) -> Path:
    """Train a stance judge and return the folder with its weights, manifest and model card.

    Takes about an hour on two cores. Stopped, it goes on with ``resume``. ``say`` hears of each stage. Raises
    BadInput for bad data or a checkpoint of other options, ArtifactInvalid for an unusable encoder.
    """
    from models.train.run import train as run_training  # later, since measuring, which it ends with, reads this folder

    return run_training(options, say)


def train_part(options: TrainOptions, part: str, say: Callable[[str], None] = lambda _: None) -> Path:
    """Train the ``stance`` judge or the ``retriever``, which heeds of the options folders, minutes and seed."""
    if part == "stance":
        return train(options, say)
    from models.train.retriever import RetrieverRecipe
    from models.train.retriever_run import train_retriever

    recipe = RetrieverRecipe(seed=options.seed)
    if options.max_minutes is not None:
        recipe = RetrieverRecipe(seed=options.seed, minutes=options.max_minutes)
    return train_retriever(options, recipe, say)
