"""Measurements of the judge on claims it was not trained on: figures by one command from fixed sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from models.evaluate.options import EvaluateOptions

if TYPE_CHECKING:
    from models.evaluate.report import Report

__all__ = ["EvaluateOptions", "evaluate"]


def evaluate(options: EvaluateOptions, progress: Callable[[int, int], None] = lambda done, of: None) -> Report:
    """Measure the model in a folder and write ``report.json`` and ``report.md`` into ``options.out``.

    ``progress`` is told how many posts of how many are screened. Raises ArtifactInvalid, BadInput.
    """
    from models.evaluate.run import evaluate as measure  # later, since training measures and measuring reads its data

    return measure(options, progress)
