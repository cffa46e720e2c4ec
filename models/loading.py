"""Opens the judge from its folders, or stands in for it: a bot without weights starts, stays silent and says why.

The only place that names the concrete models together; it downloads nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np

from bot.core.domain import Claim, Finding, Reading
from bot.core.errors import ArtifactInvalid, ScreenerUnavailable
from bot.core.text import CleanText
from models.artifact import ENCODER_WEIGHTS, Manifest, file_sha256
from models.batching import BatchedScreener, BatchOptions
from models.calibration import Calibration
from models.encoder import SentenceEncoder, packaged_folder, without_progress_bars
from models.evidence import Evidence, matrix
from models.layout import Question
from models.retriever import load_retriever
from models.screener import PairScreener, ScreenerOptions
from models.stance import StanceJudge

SHIPPED_STANCE = Path(__file__).parent / "weights" / "stance"
SHIPPED_RETRIEVER = Path(__file__).parent / "weights" / "retriever"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Where the models are and how they run; every default is what is shipped.

    ``encoder_folder``: None for the packaged encoder. ``retriever_folder``: layers trained for searching; None for the
    shipped ones on the packaged encoder, and for none on another. ``stance_base``: the encoder folder that the stance
    weights were trained on; None for ``encoder_folder`` where the weights' manifest names it, else the packaged one.
    ``threads``: processor threads for torch, None for one a core.
    """

    encoder_folder: Path | None = None
    encoder_sha256: str | None = None
    retriever_folder: Path | None = None
    stance_folder: Path = SHIPPED_STANCE
    stance_base: Path | None = None
    threads: int | None = None
    screening: ScreenerOptions = field(default_factory=ScreenerOptions)
    batching: BatchOptions = field(default_factory=BatchOptions)


@dataclass(frozen=True, slots=True)
class Models:
    """The loaded models, for the commands that use one alone."""

    encoder: SentenceEncoder
    judge: StanceJudge
    calibration: Calibration


def load_models(options: ModelOptions | None = None) -> Models:
    """Load and try out the models. Takes a second or two; call it off the event loop.

    Raises ArtifactInvalid where a folder is missing, damaged or of another size than stated.
    """
    options = options or ModelOptions()
    _set_threads(options.threads)
    encoder = load_encoder(options)
    try:
        with without_progress_bars():
            judge = StanceJudge.load(options.stance_folder, _stance_base(options))
        calibration = Calibration.from_dict(judge.manifest.calibration)
        _try_out(judge, calibration)
    except ScreenerUnavailable:
        raise
    except Exception as error:  # damaged weights fail in many ways, all of them mean the same here
        raise ArtifactInvalid(
            f"The stance model in {options.stance_folder} cannot be loaded ({type(error).__name__}): install it again."
        ) from error
    return Models(encoder, judge, calibration)


def load_encoder(options: ModelOptions | None = None) -> SentenceEncoder:
    """Load the encoder that claims are searched with, trained layers in place where there are some for it.

    Raises ArtifactInvalid.
    """
    options = options or ModelOptions()
    layers = options.retriever_folder or (SHIPPED_RETRIEVER if options.encoder_folder is None else None)
    if layers is None:
        return SentenceEncoder.load(options.encoder_folder, options.encoder_sha256)
    return load_retriever(layers, options.encoder_folder, options.encoder_sha256)


def load_pair_screener(options: ModelOptions | None = None) -> PairScreener:
    """Load the synchronous screener, without claims. Raises ArtifactInvalid."""
    options = options or ModelOptions()
    models = load_models(options)
    return PairScreener(models.encoder, models.judge, models.calibration, options.screening)


def load_screener(options: ModelOptions | None = None) -> BatchedScreener | UnavailableScreener:
    """Load the screener for the bot; without usable models, one that says why in place of it."""
    options = options or ModelOptions()
    try:
        return BatchedScreener(load_pair_screener(options), options.batching)
    except ScreenerUnavailable as error:
        _log.error("starting without a judge: %s", error)
        return UnavailableScreener(str(error))


class UnavailableScreener:
    """The ``Screener`` port without a judge: every call says why, so that the bot can start and stay silent."""

    def __init__(self, problem: str) -> None:
        """Take the sentence to show."""
        self._problem = problem

    async def __aenter__(self) -> Self:
        """Return itself; nothing to open."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to close."""

    @property
    def problem(self) -> str:
        """Why there is no judge."""
        return self._problem

    async def load_claims(self, claims: Sequence[Claim]) -> None:
        """Keep none: the notes can be read all the same, and whoever asks for a judgement is told."""

    async def assess(
        self,
        text: CleanText,
        *,
        title: str | None = None,
        parent: str | None = None,
        among: frozenset[str] | None = None,
    ) -> tuple[Finding, ...]:
        """Raise ScreenerUnavailable."""
        raise ScreenerUnavailable(self._problem)

    async def examine(
        self,
        text: CleanText,
        *,
        title: str | None = None,
        parent: str | None = None,
        among: frozenset[str] | None = None,
    ) -> tuple[Reading, ...]:
        """Raise ScreenerUnavailable."""
        raise ScreenerUnavailable(self._problem)

    async def assess_with(self, claims: Sequence[Claim], text: CleanText) -> tuple[Finding, ...]:
        """Raise ScreenerUnavailable."""
        raise ScreenerUnavailable(self._problem)

    async def suggest(self, question: str, top: int = 3, *, among: frozenset[str] | None = None) -> tuple[Finding, ...]:
        """Raise ScreenerUnavailable."""
        raise ScreenerUnavailable(self._problem)

    async def close(self) -> None:
        """Nothing to close."""


def _stance_base(options: ModelOptions) -> Path:
    own = options.encoder_folder
    if options.stance_base is not None:
        return options.stance_base
    if own is not None and Manifest.read(options.stance_folder).encoder_sha256 == file_sha256(own / ENCODER_WEIGHTS):
        return own
    return packaged_folder()


def _set_threads(threads: int | None) -> None:
    import torch

    if threads is not None:
        torch.set_num_threads(threads)


def _try_out(judge: StanceJudge, calibration: Calibration) -> None:
    """Judge one pair: weights full of NaN, or with other outputs, load without a word."""
    scores = judge.probabilities([Question("They say so.", ("It is so.",))])[0]
    if scores.shape != (1, 4) or not np.isfinite(scores).all() or abs(float(scores.sum()) - 1.0) > 1e-3:
        raise ArtifactInvalid("The stance model gives no usable probabilities: install it again.")
    chance = float(calibration.p_asserts(matrix([Evidence(0.0, 0.0, 0.0, 0.5)]))[0])
    if not 0.0 <= chance <= 1.0:
        raise ArtifactInvalid("The stance model's calibration is damaged: install it again.")
