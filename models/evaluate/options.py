"""What one evaluation measures, and with which thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.core.domain import Thresholds
from bot.core.errors import BadSetting
from models.train.corpus import DATA


@dataclass(frozen=True)
class EvaluateOptions:
    """What to measure. ``split`` is ``dev`` or ``test``; look at ``test`` once, when nothing is left to choose.

    ``stance`` None takes the shipped weights, ``encoder`` None the packaged encoder, ``thresholds`` None those in the
    model's manifest; ``max_posts`` is for trials.
    """

    out: Path
    split: str = "dev"
    data: Path = DATA
    stance: Path | None = None
    encoder: Path | None = None
    thresholds: Thresholds | None = None
    max_posts: int | None = None

    def __post_init__(self) -> None:
        """Refuse to report figures on what the model was trained on as if they were a measurement."""
        if self.split not in ("dev", "test"):
            raise BadSetting("The split to evaluate is dev or test: figures on training claims mean nothing.")
