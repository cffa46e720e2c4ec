"""The weekly figures, counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.core.tuning_report import DayCount, Handled, report

NOW = datetime(2026, 3, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_report_counts_what_became_of_posts_in_its_days_only():
    rows = [
        Handled(NOW - HOUR),
        Handled(NOW - HOUR, is_flagged=True, is_replied=True, is_contested=True, helpful=2, unhelpful=1, latency_s=3.0),
        Handled(NOW - 26 * HOUR, is_flagged=True, is_replied=True, latency_s=1.0),
        Handled(NOW - 26 * HOUR, is_flagged=True, is_replied=True),  # released by a moderator
        Handled(NOW - 26 * HOUR, is_flagged=True, is_dismissed=True),
        Handled(NOW - 48 * HOUR, is_flagged=True),
        Handled(NOW - 48 * HOUR - timedelta(seconds=1), is_flagged=True),
        Handled(NOW, is_flagged=True),
    ]
    found = report(rows, NOW, days=2)
    assert (found.seen, found.flagged, found.replied, found.dismissed, found.contested) == (6, 5, 3, 1, 1)
    assert (found.helpful, found.unhelpful) == (2, 1)
    assert (found.median_s, found.p95_s) == (1.0, 3.0)
    assert found.by_day == (DayCount(date(2026, 3, 6), 2, 1, 1), DayCount(date(2026, 3, 7), 1, 0, 0))


def test_report_latencies_over_a_hundred_replies_are_ranks():
    rows = [Handled(NOW - HOUR, is_flagged=True, is_replied=True, latency_s=n) for n in range(100, 0, -1)]
    assert (report(rows, NOW).median_s, report(rows, NOW).p95_s) == (50, 95)


def test_report_of_nothing_has_every_day_and_no_latency():
    found = report([], NOW)
    assert (found.seen, found.median_s, found.p95_s) == (0, None, None)
    assert [each.day.day for each in found.by_day] == [1, 2, 3, 4, 5, 6, 7]


def test_report_that_ends_within_a_day_shows_both_broken_days():
    found = report([Handled(NOW + 2 * HOUR, is_flagged=True)], NOW + 12 * HOUR, days=1)
    assert [(each.day.day, each.undecided) for each in found.by_day] == [(7, 0), (8, 1)]


def test_report_then_has_no_figure_by_member():
    """Rows carry no author, so none can be counted."""
    assert not [name for name in Handled.__slots__ if "member" in name or "author" in name or "user" in name]
