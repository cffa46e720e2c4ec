"""``footnote train``, ``evaluate`` and ``bench``: making and measuring the stance judge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def training(app: typer.Typer) -> None:
    """Add ``footnote train``."""

    @app.command()
    def train(
        out: Annotated[Path, typer.Option(help="Folder for the new weights; never the shipped ones by accident.")],
        datasets: Annotated[
            Path | None, typer.Option(help="Folder of public sets; none: our own corpus alone.")
        ] = None,
        encoder: Annotated[Path | None, typer.Option(help="Another Hugging Face encoder folder (safetensors).")] = None,
        epochs: Annotated[int, typer.Option(min=1)] = 2,
        max_minutes: Annotated[
            float | None, typer.Option(help="Finish within this time, whatever the machine.")
        ] = None,
        resume: Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint in OUT.")] = False,
    ) -> None:
        """Train the stance judge, calibrate it on dev, and save it with its manifest.

        Example: footnote train --out build/stance --max-minutes 60
        """
        from models.train import TrainOptions
        from models.train import train as train_judge

        options = TrainOptions(
            out=out, datasets=datasets, encoder=encoder, epochs=epochs, max_minutes=max_minutes, resume=resume
        )
        typer.echo(f"Saved {train_judge(options)}. Set FOOTNOTE_PATHS__STANCE_DIR to it to use it.")


def evaluation(app: typer.Typer) -> None:
    """Add ``footnote evaluate`` and ``footnote bench``."""

    @app.command()
    def evaluate(
        split: Annotated[str, typer.Option(help="dev or test; look at test once, at the end.")] = "dev",
        out: Annotated[Path, typer.Option(help="Folder for report.json and report.md.")] = Path("reports"),
        stance_dir: Annotated[Path | None, typer.Option(help="Other weights than those the settings name.")] = None,
    ) -> None:
        """Measure the judge on a fixed split and write a report with its figures, machine, versions and data hashes.

        Example: footnote evaluate --split dev --out reports
        """
        from config.settings import load_settings
        from models.evaluate import EvaluateOptions
        from models.evaluate import evaluate as evaluate_judge

        settings = load_settings()
        options = EvaluateOptions(
            split=split, out=out, stance=stance_dir or settings.stance_dir, thresholds=settings.default_thresholds
        )
        typer.echo(evaluate_judge(options).summary())

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
