"""What one evaluation measures, and with which thresholds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bot.core.domain import Thresholds
from bot.core.errors import BadSetting
from models.loading import ModelOptions
from models.train.corpus import DATA


@dataclass(frozen=True)
class EvaluateOptions:
    """What to measure. ``split`` is ``dev`` or ``test``; look at ``test`` once, when nothing is left to choose.

    ``models``: where they are and how widely they look, as the bot is told; ``thresholds`` None takes those in the
    judge's manifest; ``max_posts`` is for trials. ``figures``: the judge on the split, with baselines and error lists.
    ``evasion``: disguised posts of the split. ``leak``: what tone alone gives away. ``datasets``: retrieval on the
    public sets in that folder, None for none.
    """

    out: Path
    split: str = "dev"
    data: Path = DATA
    models: ModelOptions = field(default_factory=ModelOptions)
    thresholds: Thresholds | None = None
    max_posts: int | None = None
    figures: bool = True
    evasion: bool = False
    leak: bool = False
    datasets: Path | None = None

    def __post_init__(self) -> None:
        """Refuse to report figures on what the model was trained on as if they were a measurement."""
        if self.split not in ("dev", "test"):
            raise BadSetting("The split to evaluate is dev or test: figures on training claims mean nothing.")
        if not (self.figures or self.evasion or self.leak or self.datasets):
            raise BadSetting("Nothing is left to measure: ask for figures, evasion, leak or public sets.")
