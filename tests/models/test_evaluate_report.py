"""One evaluation from a small corpus to its report: every part is measured, written and shown."""

import json
import struct
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.core.domain import Thresholds
from models.evaluate import EvaluateOptions, evaluate
from models.evaluate.page import markdown
from models.evaluate.page_parts import PARTS
from models.evaluate.plots import CURVES, RELIABILITY, SIDES, WRONG, draw
from models.evaluate.report import Report, merged, percent
from models.evaluate.run import read, write
from models.evaluate.table import cell
from models.loading import ModelOptions
from tests.models.public_sets import public_sets
from tests.models.tiny_corpus import tiny_data
from tests.models.tiny_models import tiny_artifact, tiny_encoder

ORIGIN = {"commit": None, "has_uncommitted_changes": False, "machine": "m", "python": "3", "versions": {}}
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path, list[tuple[int, int]]]:
    """Everything at once, at thresholds that an untrained judge passes."""
    folder = tmp_path_factory.mktemp("evaluate")
    encoder = tiny_encoder(folder / "encoder")
    tiny_artifact(folder / "stance", encoder)
    options = EvaluateOptions(
        folder / "out",
        "test",
        tiny_data(folder / "data"),
        ModelOptions(encoder_folder=encoder, stance_folder=folder / "stance"),
        Thresholds(0.01, 0.02),
        evasion=True,
        leak=True,
        datasets=public_sets(folder / "sets"),
    )
    steps: list[tuple[int, int]] = []
    return evaluate(options, lambda done, of: steps.append((done, of))), folder / "out", steps


def test_evaluate_small_corpus_writes_both_reports(measured: tuple[Report, Path, list[tuple[int, int]]]) -> None:
    report, out, steps = measured
    written = json.loads((out / "report.json").read_text())
    assert written["thresholds"] == report.thresholds == {"review": 0.01, "reply": 0.02}
    assert written["streams"]["open"]["posts"] == 20
    assert steps[-1][0] == steps[-1][1]
    assert "reply 0.02: precision" in report.summary()
    assert "CheckThat! MAP@5" in report.summary()


def test_evaluate_page_shows_every_part_and_links_pictures_that_are_there(
    measured: tuple[Report, Path, list[tuple[int, int]]],
) -> None:
    report, out, _ = measured
    page = (out / "report.md").read_text()
    shown = {part.name for part in PARTS}
    assert set(report.parts) - {"outcome"} <= shown
    assert [part.title for part in PARTS if report.parts[part.name] and f"## {part.title}\n" not in page] == []
    for title in ("Posts wrongly flagged", "Quality over all thresholds", "Origin"):
        assert f"## {title}" in page
    assert "after the whole policy: replies" in page
    for name in (CURVES, RELIABILITY, WRONG):
        assert f"]({name})" in page


@pytest.mark.parametrize("name", [CURVES, RELIABILITY, WRONG, SIDES])
def test_evaluate_pictures_are_pngs_of_a_readable_size(
    measured: tuple[Report, Path, list[tuple[int, int]]], name: str
) -> None:
    """The sides' picture is drawn from the same figures: the corpus of a test names no side."""
    content = (measured[1] / name).read_bytes()
    assert content.startswith(PNG)
    width, height = struct.unpack(">II", content[16:24])
    assert min(width, height) > 300


def test_evaluate_baselines_are_judged_on_the_same_pairs(
    measured: tuple[Report, Path, list[tuple[int, int]]],
) -> None:
    baselines = measured[0].parts["baselines"]
    assert set(baselines) == {"judge", "cosine", "BM25", "cosine and linear head"}
    assert baselines["judge"]["average_precision"] == measured[0].streams["open"]["average_precision"]
    assert all(0 <= each["average_precision"] <= 1 for each in baselines.values())


def test_evaluate_public_sets_alone_measures_no_stream(tmp_path: Path) -> None:
    encoder = tiny_encoder(tmp_path / "encoder")
    tiny_artifact(tmp_path / "stance", encoder)
    options = EvaluateOptions(
        tmp_path / "out",
        data=tiny_data(tmp_path / "data"),
        models=ModelOptions(encoder_folder=encoder, stance_folder=tmp_path / "stance"),
        figures=False,
        datasets=public_sets(tmp_path / "sets"),
    )
    report = evaluate(options)
    assert report.streams == {}
    assert set(report.parts) == {"external"}
    assert report.parts["external"]["checkthat2022"]["R@10"]["of"] == 2
    assert "Retrieval on public sets" in (tmp_path / "out" / "report.md").read_text()


def test_draw_without_figures_draws_nothing(tmp_path: Path) -> None:
    assert draw(tmp_path, {}) == []
    assert list(tmp_path.iterdir()) == []


def test_markdown_empty_report_is_a_title_and_its_origin() -> None:
    page = markdown(Report("dev", {}, {}, {"one.jsonl": "ab" * 32}, "cd" * 32, 7, ORIGIN))
    assert page.startswith("# Stance judge on the dev split")
    assert "- one.jsonl abababababababab" in page


def test_percent_shows_interval_and_counts() -> None:
    assert percent({"value": 1.0, "low": 0.5, "high": 1.0, "hits": 3, "of": 3}) == "100.0 % (50.0-100.0; 3 of 3)"


def test_cell_free_text_cannot_break_a_table() -> None:
    assert cell("a | b\n\n> c <d>") == "a \\| b / > c &lt;d>"
    assert len(cell("long " * 200)) <= 401


def report_of(commit: str, **parts: object) -> Report:
    return Report("dev", {"review": 0.5}, {}, {}, "cd" * 32, 7, ORIGIN | {"commit": commit}, dict(parts))


def test_merged_reports_of_one_model_are_one_report() -> None:
    """The figures take long, so that disguises and public sets can be measured later and stand on the same page."""
    both = merged(report_of("a", leak=2), report_of("a", leak=1, evasion=1))
    assert both.parts == {"leak": 2, "evasion": 1}
    assert merged(report_of("b", leak=2), report_of("a", evasion=1)).parts == {"leak": 2}


def test_merged_report_one_of_which_had_uncommitted_changes_says_so() -> None:
    older = report_of("a", evasion=1)
    older.provenance["has_uncommitted_changes"] = True
    assert merged(report_of("a"), older).provenance["has_uncommitted_changes"] is True


def test_read_damaged_or_older_report_is_none(tmp_path: Path) -> None:
    assert read(tmp_path) is None
    (tmp_path / "report.json").write_text('{"split": "dev"}')
    assert read(tmp_path) is None
    write(report_of("a"), tmp_path / "new")
    assert read(tmp_path / "new") == report_of("a")


@pytest.mark.parametrize(
    ("flags", "parts"),
    [
        ([], (True, False, False, None)),
        (["--evasion"], (False, True, False, None)),
        (["--leak", "--retrieval", "sets"], (False, False, True, Path("sets"))),
    ],
)
def test_command_flags_choose_what_is_measured(
    monkeypatch: pytest.MonkeyPatch, flags: list[str], parts: tuple[bool, bool, bool, Path | None]
) -> None:
    """The measuring itself is left out: it would read the whole corpus."""
    asked: list[EvaluateOptions] = []

    def measure(options: EvaluateOptions, progress: object) -> Report:
        asked.append(options)
        return report_of("a")

    monkeypatch.setattr("models.evaluate.evaluate", measure)
    done = CliRunner().invoke(app, ["evaluate", "--stance-dir", "weights", "--max-posts", "40", *flags])
    assert done.exit_code == 0, done.output
    (options,) = asked
    assert (options.figures, options.evasion, options.leak, options.datasets) == parts
    assert (options.models.stance_folder, options.max_posts) == (Path("weights"), 40)
