"""One training run from files to a model folder: train, calibrate on dev, measure on dev, write what it is.

It never looks at the test split: ``footnote evaluate --split test`` does, once, when nothing is left to choose.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from models.artifact import FORMAT_VERSION, Manifest, file_sha256, load_artifact, save_weights
from models.calibration import Calibration, fit
from models.encoder import SentenceEncoder
from models.evaluate.figures import figures, suggest_thresholds
from models.evaluate.provenance import provenance
from models.evaluate.stream import screen, split_streams
from models.loading import ModelOptions, load_encoder
from models.screener import PairScreener
from models.stance import LABELS, StanceJudge, build_network, restore, trained_state
from models.train.card import write_card
from models.train.examples import Example
from models.train.loop import Schedule, Trainer, run
from models.train.material import Material, epoch_batches, prepare, public_batches
from models.train.options import TrainOptions
from models.train.probe import probe, probe_examples
from models.train.public import licences

PROBE_EVERY = 400  # steps

Say = Callable[[str], None]


def train(options: TrainOptions, say: Say = lambda _: None) -> Path:
    """Do what ``models.train.train`` promises."""
    say("Reading the data and comparing it in the base encoder.")
    source = provenance()  # now: the working tree may change while the run lasts
    material = prepare(options)
    with _bar() as draw:
        trainer = fit_network(material, options, draw)
    say("Calibrating and measuring on dev.")
    training = _training(trainer) | source
    manifest = _raw_manifest(trainer, material, save_weights(options.out, trained_state(trainer.network)), training)
    manifest.write(options.out)
    manifest = measured(options.out, material, manifest, retriever_for(options))
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
    if options.start:
        restore(network, load_artifact(options.start, material.encoder_folder, LABELS)[1])
    schedule, steps = plan(material, options)
    trainer = Trainer(network, options, steps)
    if options.resume:
        trainer.load(options.checkpoint_folder)
    sample = probe_examples(material)

    def after_step(trainer: Trainer) -> None:
        if trainer.progress.step % PROBE_EVERY == 0:
            seen = probe(trainer.network, sample)
            trainer.progress.history.append({"step": float(trainer.progress.step)} | seen)
        report(trainer)

    run(trainer, schedule, after_step)
    return trainer


def plan(material: Material, options: TrainOptions) -> tuple[Schedule, int]:
    """Return what is learned when, the public sets first, and how many steps it is at most.

    A judge to go on from has learned the public sets before: then the corpus comes at once.
    """
    corpus = options.epochs * len(epoch_batches(material, options, 0))
    share = 0.0 if options.start else options.public_first
    first = public_batches(material, options, round(corpus * share / (1 - share)))
    lead = 1 if first else 0

    def batches(epoch: int) -> list[list[Example]]:
        return first if epoch < lead else epoch_batches(material, options, epoch - lead)

    def ends(epoch: int) -> float:
        return share if epoch < lead else 1.0

    return Schedule(batches, options.epochs + lead, ends), len(first) + corpus


def retriever_for(options: TrainOptions) -> SentenceEncoder:
    """Return the encoder that finds candidates in service: the retriever where one fits, else the base encoder."""
    return load_encoder(ModelOptions(encoder_folder=options.encoder, retriever_folder=options.retriever))


def measured(folder: Path, material: Material, manifest: Manifest, encoder: SentenceEncoder) -> Manifest:
    """Return the manifest with calibration, suggested thresholds and the figures, all of dev."""
    judge = StanceJudge.load(folder, material.encoder_folder)
    streams = split_streams(material.claims, material.nearness.claims, "dev")
    raw = PairScreener(encoder, judge, Calibration())
    raw.load_claims(streams.store)
    seen = screen(raw, streams.posts)
    calibration = fit(seen.evidence, seen.is_asserted)
    seen = replace(seen, p_asserts=calibration.p_asserts(seen.evidence))
    thresholds = suggest_thresholds(seen)
    metrics = {"dev": {"open": figures(seen, thresholds)}}
    return replace(manifest, calibration=calibration.to_dict(), thresholds=thresholds, metrics=metrics)


def _raw_manifest(trainer: Trainer, material: Material, weights_sha256: str, training: dict[str, Any]) -> Manifest:
    options = trainer.options
    return Manifest(
        format_version=FORMAT_VERSION,
        encoder_sha256=file_sha256(material.encoder_folder / "model.safetensors"),
        weights_sha256=weights_sha256,
        labels=list(LABELS),
        max_tokens=trainer.network.max_tokens,
        seed=options.seed,
        training=training,
        data=material.hashes,
        licences=licences(material.public),
        calibration=Calibration().to_dict(),
    )


def _training(trainer: Trainer) -> dict[str, Any]:
    """Return what a run was: its options without folders, how far it went, and when."""
    chosen = {name: value for name, value in asdict(trainer.options).items() if not isinstance(value, Path)}
    progress = {name: value for name, value in vars(trainer.progress).items() if name != "batch"}
    finished = time.strftime("%Y-%m-%d", time.gmtime())
    return {"options": chosen, "progress": progress, "finished_on": finished}


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
