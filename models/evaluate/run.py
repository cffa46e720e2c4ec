"""One evaluation from files to a report in JSON and Markdown. It measures; it changes no model and no setting."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from models.artifact import ENCODER_WEIGHTS, Manifest, file_sha256
from models.encoder import SentenceEncoder
from models.evaluate.analysis import analysis, comparison
from models.evaluate.baselines import Lesson
from models.evaluate.evasion_suite import evasion_figures
from models.evaluate.external import external_figures
from models.evaluate.figures import FALLBACK, benign_figures, figures
from models.evaluate.leak import tone_alone
from models.evaluate.options import EvaluateOptions
from models.evaluate.page import markdown
from models.evaluate.plots import draw
from models.evaluate.provenance import provenance
from models.evaluate.report import Report, merged
from models.evaluate.stream import Screened, SplitStreams, screen, split_streams
from models.loading import load_models
from models.screener import PairScreener
from models.train.corpus import data_files, load_claims
from models.train.nearness import Matrix, claim_nearness
from models.train.splits import assign

Progress = Callable[[int, int], None]


class Subject:
    """What is measured and on what; everything dear is made when first asked for. It measures nothing itself."""

    def __init__(self, options: EvaluateOptions) -> None:
        """Load the model and the data."""
        self.options = options
        self.manifest = Manifest.read(options.models.stance_folder)
        self.claims = load_claims(options.data)
        self.models = load_models(options.models)
        parts = (self.models.encoder, self.models.judge, self.models.calibration)
        self.screener = PairScreener(*parts, options.models.screening)
        self.thresholds = _thresholds(options, self.manifest)

    @cached_property
    def frozen(self) -> SentenceEncoder:
        """The encoder that the judge was trained on: it decides the splits, as in training, and feeds the baselines."""
        own = self.options.models.encoder_folder
        is_base = own is not None and file_sha256(own / ENCODER_WEIGHTS) == self.manifest.encoder_sha256
        return SentenceEncoder.load(own if is_base else self.options.models.stance_base)

    @cached_property
    def nearness(self) -> Matrix:
        """Float32 [claims, claims]."""
        return claim_nearness(self.claims, self.frozen)

    @cached_property
    def splits(self) -> list[str]:
        """Each claim's split."""
        return assign(self.claims, self.nearness)

    @cached_property
    def streams(self) -> SplitStreams:
        """The streams of the split that is measured."""
        return split_streams(self.claims, self.nearness, self.options.split, self.options.max_posts)

    @cached_property
    def lesson(self) -> Lesson:
        """What a baseline may learn from."""
        train = [number for number, name in enumerate(self.splits) if name == "train"]
        return Lesson.of(self.claims, self.nearness, train)


def evaluate(options: EvaluateOptions, progress: Progress = lambda done, of: None) -> Report:
    """Measure the model in a folder and write ``report.json``, ``report.md`` and its pictures into ``options.out``.

    What a report there says of other parts of the same model on the same posts is kept.
    ``progress`` is told how many posts of how many are screened. Raises ArtifactInvalid, BadInput.
    """
    source = provenance()  # now: the working tree may change while it measures
    subject = Subject(options)
    streams, parts = _measured(subject, progress) if options.figures else ({}, {})
    parts |= _further(subject, progress)
    report = Report(
        options.split,
        subject.thresholds,
        streams,
        {path.name: file_sha256(path) for path in data_files(options.data)},
        subject.manifest.weights_sha256,
        subject.manifest.seed,
        source,
        parts,
        options.max_posts,
    )
    older = read(options.out)
    report = merged(report, older) if older else report
    write(report, options.out)
    return report


def _measured(subject: Subject, progress: Progress) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the core figures of both streams and all parts of the open one."""
    streams, thresholds = subject.streams, subject.thresholds
    seen = screen_open(subject.screener, streams, progress)
    parts = analysis(seen, thresholds)
    parts |= comparison(seen, streams.store, subject.models.encoder, subject.frozen, subject.lesson)
    benign = _benign(subject.screener, streams, thresholds, progress)
    return {"open": figures(seen, thresholds), "benign": benign}, parts


def _further(subject: Subject, progress: Progress) -> dict[str, Any]:
    """Return the parts that are measured on request only."""
    options, parts = subject.options, {}
    if options.evasion:
        subject.screener.load_claims(subject.streams.store)
        review = subject.thresholds["review"]
        seed = subject.manifest.seed
        parts["evasion"] = evasion_figures(subject.screener, subject.streams.posts, review, seed, progress)
    if options.leak:
        parts["leak"] = tone_alone(subject.claims, subject.splits, subject.frozen, options.split)
    if options.datasets:
        parts["external"] = external_figures(options.datasets, subject.models.encoder, options.max_posts)
    return parts


def measure_split(
    screener: PairScreener,
    streams: SplitStreams,
    thresholds: dict[str, float],
    progress: Progress = lambda done, of: None,
) -> dict[str, dict[str, Any]]:
    """Return the core figures of a split's two streams; the screener keeps the second stream's claims."""
    seen = screen_open(screener, streams, progress)
    return {"open": figures(seen, thresholds), "benign": _benign(screener, streams, thresholds, progress)}


def screen_open(screener: PairScreener, streams: SplitStreams, progress: Progress = lambda done, of: None) -> Screened:
    """Screen a split's posts against every claim; the screener keeps the claims."""
    total = len(streams.posts) + len(streams.benign)
    screener.load_claims(streams.store)
    return screen(screener, streams.posts, lambda done: progress(done, total))


def _benign(
    screener: PairScreener, streams: SplitStreams, thresholds: dict[str, float], progress: Progress
) -> dict[str, Any]:
    before = len(streams.posts)
    total = before + len(streams.benign)
    return measure_benign(screener, streams, thresholds, lambda done: progress(before + done, total))


def measure_benign(
    screener: PairScreener,
    streams: SplitStreams,
    thresholds: dict[str, float],
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, Any]:
    """Return how many posts about none of the pack's claims are flagged when the pack alone is loaded."""
    screener.load_claims(streams.pack)
    return benign_figures(screen(screener, streams.benign, progress), thresholds)


def _thresholds(options: EvaluateOptions, manifest: Manifest) -> dict[str, float]:
    if options.thresholds is None:
        return FALLBACK | manifest.thresholds
    return {"review": options.thresholds.review, "reply": options.thresholds.reply}


def read(out: Path) -> Report | None:
    """Return the report that lies in a folder, None where there is none that this version could have written."""
    try:
        return Report(**json.loads((out / "report.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write(report: Report, out: Path) -> None:
    """Write a report for machines and for people, its pictures beside it."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "report.json").write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")
    pictures = draw(out, report.streams | report.parts)
    (out / "report.md").write_text(markdown(report, pictures), encoding="utf-8")
