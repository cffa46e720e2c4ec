"""The figures of report and symmetry as text, for whoever cannot see the picture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.core.domain import Thresholds
from bot.core.report_words import report_lines, report_title, symmetry_lines
from bot.core.tuning import Scored
from bot.core.tuning_report import Handled, report
from bot.core.tuning_symmetry import symmetry

NOW = datetime(2026, 3, 9, tzinfo=UTC)
FLATTERS = {"a": ("the East`",), "b": ("west",), "c": ()}


def scored(post: int, claim: str, verdict: bool | None) -> Scored:
    return Scored(post, claim, 1, NOW, 0.9, True, verdict, Thresholds(0.5, 0.8))


def block_rows(text: str) -> list[str]:
    return [row for part in text.split("```")[1::2] for row in part.strip("\n").splitlines()]


def test_report_then_has_totals_and_the_days_with_flagged_posts():
    yesterday = NOW - timedelta(hours=1)
    rows = [
        Handled(yesterday),
        Handled(yesterday, True, True, helpful=2, latency_s=1.2),
        Handled(yesterday, True, is_dismissed=True),
        Handled(NOW - timedelta(days=3), True),
    ]
    found = report(rows, NOW)
    said = block_rows("\n".join(report_lines(found)))
    assert said[0].split() == ["posts", "seen", "4"]
    assert [row.split() for row in said[-2:]] == [
        ["Fri", "06", "Mar", "0", "0", "1"],
        ["Sun", "08", "Mar", "1", "1", "0"],
    ]
    assert "1.2 s" in said[7]
    assert max(map(len, said)) <= 40
    assert report_title(found) == "Report, 2 March to 8 March 2026"


def test_report_of_nothing_then_says_so():
    said = "\n".join(report_lines(report([], NOW)))
    assert "No post was flagged" in said
    assert "no replies" in said


def test_symmetry_then_names_each_side_with_its_intervals():
    rows = [scored(n, "a", n < 8) for n in range(10)] + [scored(100 + n, "b", False) for n in range(10)]
    sentence, table, _ = symmetry_lines(symmetry([*rows, scored(200, "c", None)], FLATTERS))
    assert "more than chance explains" in sentence
    said = block_rows(table)
    assert said[0] == "east', 10 posts"
    assert said[3] == "  dismissed  80 % (49 to 94), 8 of 10"
    assert said[8:] == ["nobody in particular, 1 post", *said[9:11], "  dismissed none decided yet"]
    assert max(map(len, said)) <= 42


def test_symmetry_of_nothing_then_says_so():
    assert symmetry_lines(symmetry([], {}))[0].startswith("No post came near a claim")
