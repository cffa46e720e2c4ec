"""The pictures of a report, as PNG files drawn without a screen; ``report.json`` holds the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOTS_PER_INCH = 110
CURVES, RELIABILITY, WRONG, SIDES = "precision-recall.png", "reliability.png", "wrong-replies.png", "sides.png"


def draw(out: Path, parts: Mapping[str, Any]) -> list[str]:
    """Draw what the parts of a report hold into a folder and return the names of the files."""
    jobs = {
        CURVES: (_curves, parts.get("baselines")),
        RELIABILITY: (_reliability, parts.get("reliability")),
        WRONG: (_intervals, _wrong_replies(parts)),
        SIDES: (_intervals, _sides(parts)),
    }
    drawn = []
    for name, (paint, values) in jobs.items():
        if values:
            _save(out / name, paint, values)
            drawn.append(name)
    return drawn


def _save(path: Path, paint: Any, values: Any) -> None:  # noqa: ANN401 - one of the painters below and its figures
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.6), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    paint(figure.add_subplot(), values)
    canvas.print_figure(path, dpi=DOTS_PER_INCH)


def _curves(axes: Axes, baselines: Mapping[str, Any]) -> None:
    for name, each in baselines.items():
        points = each["curve"]
        axes.plot([point[0] for point in points], [point[1] for point in points], label=name)
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02), title="Judge and baselines")
    axes.grid(alpha=0.3)
    axes.legend()


def _reliability(axes: Axes, slices: Mapping[str, Any]) -> None:
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1)
    for name, each in slices.items():
        said, came = [row["said"] for row in each["bins"]], [row["came_true"] for row in each["bins"]]
        is_all = name == "all"
        axes.plot(said, came, marker="o", label=name, linewidth=2.2 if is_all else 0.9, markersize=5 if is_all else 3)
    axes.set(xlabel="p_asserts", ylabel="share that asserts", xlim=(0, 1), ylim=(0, 1.02), title="Reliability")
    axes.grid(alpha=0.3)
    axes.legend()


def _intervals(axes: Axes, rows: Sequence[tuple[str, Mapping[str, float]]]) -> None:
    """Draw shares as dots with their 95 % intervals, one below the other."""
    for height, (_, each) in enumerate(reversed(rows)):
        axes.plot([100 * each["low"], 100 * each["high"]], [height, height], color="C0", linewidth=2)
        axes.plot([100 * each["value"]], [height], marker="o", color="C0")
    axes.set_yticks(range(len(rows)), [name for name, _ in reversed(rows)])
    axes.axvline(2, color="C3", linestyle="--", linewidth=1)
    axes.set(xlabel="posts with a wrong reply, % with 95 % interval (goal: the dashed line)", xlim=(0, None))
    axes.grid(axis="x", alpha=0.3)


def _wrong_replies(parts: Mapping[str, Any]) -> list[tuple[str, Mapping[str, float]]]:
    at = parts.get("open", {}).get("at", {}).get("reply")
    return list(at["wrongly_flagged_posts"].items()) if at else []


def _sides(parts: Mapping[str, Any]) -> list[tuple[str, Mapping[str, float]]]:
    sides = parts.get("symmetry", {}).get("sides", {})
    return [(name, each["reply"]) for name, each in sides.items()]
