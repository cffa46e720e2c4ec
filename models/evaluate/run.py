"""One evaluation from files to a report in JSON and Markdown. It measures; it changes no model and no setting."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from models.artifact import Manifest, file_sha256
from models.encoder import SentenceEncoder
from models.evaluate.figures import FALLBACK, benign_figures, figures
from models.evaluate.options import EvaluateOptions
from models.evaluate.provenance import provenance
from models.evaluate.report import Report, markdown
from models.evaluate.stream import SplitStreams, screen, split_streams
from models.loading import SHIPPED_STANCE, ModelOptions, load_pair_screener
from models.screener import PairScreener
from models.train.corpus import data_files, load_claims
from models.train.nearness import claim_nearness


def evaluate(options: EvaluateOptions, progress: Callable[[int, int], None] = lambda done, of: None) -> Report:
    """Measure the model in a folder and write ``report.json`` and ``report.md`` into ``options.out``.

    ``progress`` is told how many posts of how many are screened. Raises ArtifactInvalid, BadInput.
    """
    claims = load_claims(options.data)
    folder = options.stance or SHIPPED_STANCE
    screener = load_pair_screener(
        ModelOptions(stance_folder=folder, encoder_folder=options.encoder, stance_base=options.encoder)
    )
    manifest = Manifest.read(folder)
    thresholds = _thresholds(options, manifest)
    nearness = claim_nearness(claims, SentenceEncoder.load(options.encoder))
    streams = split_streams(claims, nearness, options.split, options.max_posts)
    report = Report(
        options.split,
        thresholds,
        measure_split(screener, streams, thresholds, progress),
        {path.name: file_sha256(path) for path in data_files(options.data)},
        manifest.weights_sha256,
        manifest.seed,
        provenance(),
    )
    write(report, options.out)
    return report


def measure_split(
    screener: PairScreener,
    streams: SplitStreams,
    thresholds: dict[str, float],
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> dict[str, dict[str, Any]]:
    """Return the figures of a split's two streams; the screener keeps the second stream's claims."""
    total = len(streams.posts) + len(streams.benign)
    screener.load_claims(streams.store)
    open_stream = screen(screener, streams.posts, lambda done: progress(done, total))
    benign = measure_benign(screener, streams, thresholds, lambda done: progress(len(streams.posts) + done, total))
    return {"open": figures(open_stream, thresholds), "benign": benign}


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


def write(report: Report, out: Path) -> None:
    """Write a report for machines and for people."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "report.json").write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")
    (out / "report.md").write_text(markdown(report), encoding="utf-8")
