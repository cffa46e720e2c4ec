"""``footnote train``, ``evaluate`` and ``bench``: making and measuring the stance judge."""

from __future__ import annotations

import json
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

MOST_EPOCHS = 20  # a run with a time limit ends by time, unless the corpus is tiny


class Part(StrEnum):
    """What is trained."""

    STANCE = "stance"
    RETRIEVER = "retriever"


def training(app: typer.Typer) -> None:
    """Add ``footnote train``."""

    @app.command()
    def train(
        out: Annotated[Path, typer.Option(help="Folder for the new weights; never the shipped ones by accident.")],
        part: Annotated[Part, typer.Option(help="The judge, or the retriever that offers it claims.")] = Part.STANCE,
        datasets: Annotated[
            Path | None, typer.Option(help="Folder of public sets; none: our own corpus alone.")
        ] = None,
        start: Annotated[Path | None, typer.Option(help="Trained judge to go on from; none: the bare encoder.")] = None,
        max_minutes: Annotated[
            float | None, typer.Option(help="Finish within this time; without, two rounds of the corpus.")
        ] = None,
        seed: Annotated[
            int | None, typer.Option(help="Another order of the posts and other claims beside them.")
        ] = None,
        resume: Annotated[
            bool, typer.Option("--resume", help="Go on from the last checkpoint in OUT (judge).")
        ] = False,
    ) -> None:
        """Train the stance judge, calibrate it on dev, and save it with its manifest; or train the retriever.

        The base encoder and the retriever are those that the settings name, as they will be used.

        Example: footnote train --out build/stance --max-minutes 60
        """
        from config.settings import load_settings
        from models.train import TrainOptions, train_part

        settings = load_settings()
        options = TrainOptions(
            out=out,
            datasets=datasets,
            encoder=settings.encoder_dir,
            retriever=settings.retriever_dir,
            start=start,
            epochs=2 if max_minutes is None else MOST_EPOCHS,
            max_minutes=max_minutes,
            resume=resume,
            seed=TrainOptions.seed if seed is None else seed,
        )
        folder = train_part(options, part.value, lambda text: typer.echo(text, err=True))
        typer.echo(f"Saved {folder}. Set FOOTNOTE_PATHS__{part.name}_DIR to it to use it.")


def evaluation(app: typer.Typer) -> None:
    """Add ``footnote evaluate`` and ``footnote bench``."""
    _bench(app)

    @app.command()
    def evaluate(
        split: Annotated[str, typer.Option(help="dev or test; look at test once, at the end.")] = "dev",
        out: Annotated[Path, typer.Option(help="Folder for report.json, report.md and its pictures.")] = Path(
            "reports"
        ),
        stance_dir: Annotated[Path | None, typer.Option(help="Other weights than those the settings name.")] = None,
        max_posts: Annotated[
            int | None, typer.Option(min=1, help="Measure on no more posts than this: trials.")
        ] = None,
        evasion: Annotated[bool, typer.Option("--evasion", help="Measure on disguised posts.")] = False,
        leak: Annotated[bool, typer.Option("--leak", help="Measure what tone gives away, the claim unseen.")] = False,
        retrieval: Annotated[Path | None, typer.Option(help="Measure the search on the public sets in here.")] = None,
    ) -> None:
        """Measure the judge on a fixed split and write a report with its figures, machine, versions and data hashes.

        With --evasion, --leak or --retrieval only those are measured, and added to a report of the same model in OUT.

        Example: footnote evaluate --split dev --out reports
        """
        from bot.app import model_options
        from bot.offline import progress
        from config.settings import load_settings
        from models.evaluate import EvaluateOptions
        from models.evaluate import evaluate as evaluate_judge

        settings = load_settings()
        models = model_options(settings)
        options = EvaluateOptions(
            out,
            split,
            models=replace(models, stance_folder=stance_dir or models.stance_folder),
            thresholds=settings.default_thresholds,
            max_posts=max_posts,
            figures=not (evasion or leak or retrieval),
            evasion=evasion,
            leak=leak,
            datasets=retrieval,
        )
        with progress("measured") as report:
            summary = evaluate_judge(options, report).summary()
        typer.echo(summary)


def _bench(app: typer.Typer) -> None:
    @app.command()
    def bench(
        posts: Annotated[str, typer.Option(help="JSON Lines of {id, text}; - reads stdin.")],
    ) -> None:
        """Measure posts per second and milliseconds a post on this machine, as JSON.

        Example: footnote bench --posts posts.jsonl
        """
        from bot.offline import bench_posts
        from config.settings import load_settings

        typer.echo(json.dumps(bench_posts(load_settings(), posts), indent=2))
