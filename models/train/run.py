"""One training run from files to a model folder: train, calibrate on dev, measure, write what it is.

The test split is measured once, at the very end, when nothing is left to choose.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from models.artifact import FORMAT_VERSION, Manifest, file_sha256, save_weights
from models.calibration import Calibration, fit
from models.encoder import SentenceEncoder
from models.evaluate.figures import figures, suggest_thresholds
from models.evaluate.provenance import provenance
from models.evaluate.run import measure_benign, measure_split
from models.evaluate.stream import screen, split_streams
from models.screener import PairScreener
from models.stance import LABELS, StanceJudge, build_network, trained_state
from models.train.card import write_card
from models.train.loop import Trainer, run
from models.train.material import Material, epoch_batches, prepare
from models.train.options import TrainOptions
from models.train.probe import probe, probe_pairs
from models.train.public import licences

PROBE_EVERY = 400  # steps

Say = Callable[[str], None]


def train(options: TrainOptions, say: Say = lambda _: None) -> Path:
    """Do what ``models.train.train`` promises."""
    say("Reading the data and comparing it in the base encoder.")
    material = prepare(options)
    with _bar() as draw:
        trainer = fit_network(material, options, draw)
    say("Calibrating on dev and measuring on dev and test.")
    manifest = _raw_manifest(trainer, material, save_weights(options.out, trained_state(trainer.network)))
    manifest.write(options.out)
    manifest = measured(options.out, material, manifest, SentenceEncoder.load(options.encoder))
    manifest.write(options.out)
    write_card(options.out, manifest)
    return options.out


def fit_network(material: Material, options: TrainOptions, report: Callable[[Trainer], None]) -> Trainer:
    """Train, or take up a stopped run, and return the trainer with its network."""
    import torch

    torch.manual_seed(options.seed)
    if options.threads:
        torch.set_num_threads(options.threads)
    network = build_network(material.encoder_folder)
    steps = options.epochs * len(epoch_batches(material, options, 0))
    trainer = Trainer(network, options, steps)
    if options.resume:
        trainer.load(options.checkpoint_folder)
    sample = probe_pairs(material)

    def after_step(trainer: Trainer) -> None:
        if trainer.progress.step % PROBE_EVERY == 0:
            seen = probe(trainer.network, sample)
            trainer.progress.history.append({"step": float(trainer.progress.step)} | seen)
        report(trainer)

    run(trainer, lambda epoch: epoch_batches(material, options, epoch), after_step)
    return trainer


def measured(folder: Path, material: Material, manifest: Manifest, encoder: SentenceEncoder) -> Manifest:
    """Return the manifest with calibration, suggested thresholds and the figures of dev and, last, test."""
    judge = StanceJudge.load(folder, material.encoder_folder)
    streams = {split: split_streams(material.claims, material.nearness.claims, split) for split in ("dev", "test")}
    raw = PairScreener(encoder, judge, Calibration())
    raw.load_claims(streams["dev"].store)
    seen = screen(raw, streams["dev"].posts)
    calibration = fit(seen.probabilities, seen.similarity, seen.is_asserted)
    seen = replace(seen, p_asserts=calibration.p_asserts(seen.probabilities, seen.similarity))
    thresholds = suggest_thresholds(seen)
    screener = PairScreener(encoder, judge, calibration)
    metrics = {
        "dev": {"open": figures(seen, thresholds), "benign": measure_benign(screener, streams["dev"], thresholds)},
        "test": measure_split(screener, streams["test"], thresholds),
    }
    return replace(manifest, calibration=calibration.to_dict(), thresholds=thresholds, metrics=metrics)


def _raw_manifest(trainer: Trainer, material: Material, weights_sha256: str) -> Manifest:
    options = trainer.options
    return Manifest(
        format_version=FORMAT_VERSION,
        encoder_sha256=file_sha256(material.encoder_folder / "model.safetensors"),
        weights_sha256=weights_sha256,
        labels=list(LABELS),
        max_tokens=trainer.network.max_tokens,
        seed=options.seed,
        training=_training(trainer),
        data=material.hashes,
        licences=licences(material.public),
        calibration=Calibration().to_dict(),
    )


def _training(trainer: Trainer) -> dict[str, Any]:
    """Return what a run was: its options without folders, how far it went, and where it ran."""
    chosen = {name: value for name, value in asdict(trainer.options).items() if not isinstance(value, Path)}
    progress = {name: value for name, value in vars(trainer.progress).items() if name != "batch"}
    finished = time.strftime("%Y-%m-%d", time.gmtime())
    return {"options": chosen, "progress": progress, "finished_on": finished} | provenance()


@contextmanager
def _bar() -> Iterator[Callable[[Trainer], None]]:
    """Draw a progress bar on standard error, with the loss and the pairs a second."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("starting", total=1.0)

        def draw(trainer: Trainer) -> None:
            progress = trainer.progress
            speed = progress.pairs / max(progress.seconds, 1e-9)
            words = f"step {progress.step}, loss {progress.loss:.3f}, {speed:.0f} pairs/s"
            bar.update(task, completed=trainer.done, description=words)

        yield draw
