"""The pictures of ``/threshold preview`` and ``/report`` as PNG bytes, drawn from figures; knows no store, no Discord.

Blocking, some 0.3 s each: call them in an executor. A picture brings its own dark ground, so it reads the same in
Discord's dark and light themes, and its type is large, for a phone shows it about 350 points wide. Whatever colour
tells apart, shape or hatching does as well.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.core.domain import Thresholds
from bot.core.tuning_preview import Preview
from bot.core.tuning_report import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, DOTS_PER_INCH = 6.0, 180  # 1080 dots, three to a point of a phone's screen

GROUND, INK, FAINT = "#1e1f22", "#f2f3f5", "#4e5058"
BLUE, ORANGE, GREEN = "#56b4e9", "#e69f00", "#2fbf8f"
"""Okabe and Ito's, told apart by colour-blind readers; green a little lighter for the dark ground."""

_CURVES = {"flagged": "flagged", "answerable": "the bot could answer"}
_ENDS = {
    "replied": ("answered", GREEN, ""),
    "dismissed": ("dismissed", ORANGE, "//"),
    "undecided": ("undecided", BLUE, ".."),
}
"""Part of a day -> what it is called, its colour and its hatching."""

GOLDEN = 0.618034  # its multiples spread evenly, and neighbours far apart
MOST_DAYS = 8  # names that fit below the bars
MOST_DOTS = 400
"""More verdicts than this a lane would be a solid bar; every so-manieth is drawn then."""

_STYLE: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same picture on every machine
    "font.size": 14,
    "axes.titlesize": 16,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": GROUND,
    "figure.facecolor": GROUND,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": FAINT,
    "hatch.color": GROUND,
    "legend.frameon": False,
    "legend.handlelength": 1.3,
    "legend.handletextpad": 0.4,
    "legend.columnspacing": 0.9,
    "legend.labelcolor": INK,
    "figure.constrained_layout.w_pad": 0.12,
    "figure.constrained_layout.h_pad": 0.08,
    "savefig.facecolor": GROUND,
}

_LOCK = threading.Lock()  # matplotlib is not thread-safe


def preview_picture(preview: Preview, thresholds: Thresholds) -> bytes:
    """Draw posts a day by threshold, moderators' verdicts at their scores, and the two thresholds now in force."""
    return _png(5.6, lambda figure: _preview(figure, preview, thresholds))


def report_picture(report: Report) -> bytes:
    """Draw what became of each day's flagged posts, with the totals above."""
    return _png(5.2, lambda figure: _report(figure, report))


def _png(height_in: float, paint: Callable[[Figure], None]) -> bytes:
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with _LOCK, matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DOTS_PER_INCH, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        paint(figure)
        file = io.BytesIO()
        canvas.print_figure(file, dpi=DOTS_PER_INCH, format="png", metadata={"Software": None})
        return file.getvalue()


def _preview(figure: Figure, preview: Preview, thresholds: Thresholds) -> None:
    curves, lanes = figure.subplots(2, 1, sharex=True, height_ratios=(7, 2))
    figure.suptitle(
        f"Posts a day at each threshold, last {preview.days} days", x=0.02, ha="left", weight="bold", size=16
    )
    at = [level.threshold for level in preview.levels]
    for name, colour, dashes in (("flagged", BLUE, "-"), ("answerable", ORANGE, (0, (3, 1)))):
        values = [getattr(level, name) for level in preview.levels]
        curves.plot(at, values, color=colour, linestyle=dashes, linewidth=3.5, label=_CURVES[name])
    curves.set(ylabel="posts a day", xlim=(0, 1))
    curves.set_ylim(0, None if preview.levels[0].flagged else 1)
    curves.grid(axis="y")
    figure.legend(loc="outside lower center", ncols=2)
    _lanes(lanes, preview.decided)
    for row, (name, value) in enumerate((("review", thresholds.review), ("reply", thresholds.reply))):
        level = preview.at(value)
        posts = level.flagged if name == "review" else level.answerable
        _line((curves, lanes), value, ":-"[row])
        _label(curves, value, row, f"{name} {value:.2f}: {posts:.1f} a day")


def _line(panels: Sequence[Axes], value: float, style: str) -> None:
    for panel in panels:
        panel.axvline(value, color=INK, linewidth=2.5, linestyle=style)


def _label(axes: Axes, value: float, row: int, text: str) -> None:
    """Write above a line, towards the side with more room; each line has a row of its own."""
    side, above = "left" if value < 0.5 else "right", (0, 4 + 20 * row)
    axes.annotate(text, (value, 1), above, ("data", "axes fraction"), "offset points", annotation_clip=False, ha=side)


def _lanes(axes: Axes, decided: Sequence[tuple[float, bool]]) -> None:
    for height, (is_wrong, colour, marker) in enumerate(((True, ORANGE, "X"), (False, BLUE, "o"))):
        scores = [score for score, each in decided if each is is_wrong]
        shown = scores[:: max(1, -(-len(scores) // MOST_DOTS))]
        if not shown:
            continue  # an empty line would still take room
        spread = [height + 0.6 * (number * GOLDEN % 1 - 0.5) for number in range(len(shown))]
        axes.plot(shown, spread, marker, color=colour, markersize=6, alpha=0.8, markeredgewidth=0, clip_on=False)
    axes.set_yticks((0, 1), ("wrong", "right"))
    axes.set(xlabel="score, with moderators' verdicts", ylim=(-0.7, 1.7))


def _report(figure: Figure, report: Report) -> None:
    from matplotlib.ticker import MaxNLocator

    last = report.until - timedelta(microseconds=1)
    title = (
        f"{report.since.day} {report.since:%b} to {last.day} {last:%b}: {report.seen} posts, {report.flagged} flagged"
    )
    figure.suptitle(title, x=0.02, ha="left", weight="bold", size=16)
    axes = figure.add_subplot()
    floor = [0] * len(report.by_day)
    for name, (label, colour, hatch) in _ENDS.items():
        heights = [getattr(day, name) for day in report.by_day]
        axes.bar(range(len(heights)), heights, 0.75, floor, color=colour, hatch=hatch, label=f"{label} {sum(heights)}")
        floor = [below + height for below, height in zip(floor, heights, strict=True)]
    step = -(-len(floor) // MOST_DAYS)
    axes.set_xticks(range(0, len(floor), step), [f"{each.day:%a}\n{each.day.day}" for each in report.by_day[::step]])
    axes.set(ylabel="flagged posts a day", ylim=(0, max(*floor, 1) * 1.05))
    axes.yaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    figure.legend(loc="outside lower center", ncols=3)
    axes.set_title(_totals(report), size=14, weight="normal")


def _totals(report: Report) -> str:
    lines = [f"{report.contested} contested, {report.helpful} helpful, {report.unhelpful} not helpful"]
    if report.median_s is not None and report.p95_s is not None:
        lines.append(f"replies: half within {report.median_s:.1f} s, 95 % within {report.p95_s:.1f} s")
    return "\n".join(lines)
