"""What ``/report`` and ``/symmetry`` say: the figures as text, narrow enough for a phone. Counts nothing itself."""

from __future__ import annotations

from datetime import timedelta

from bot.core.escape import flat
from bot.core.tuning_bounds import Share
from bot.core.tuning_report import Report
from bot.core.tuning_symmetry import Side, Symmetry

LONGEST_SIDE = 40
REPORT_WORDS = (
    "Flagged: a card or a reply, or what would have been one but for the forum's mode. Reply time: from the post to the"
    " reply, where the bot answered by itself. Days are in UTC."
)
SYMMETRY_WORDS = (
    "A side is whom a claim suits if it were true, as its note says. Flagged and answered: of the posts that came near"
    " such a claim. Dismissed: of the posts that moderators decided, where the screening was wrong. In brackets: where"
    " the true rate lies with 95 % confidence. More flags for one side need not be unfair, more mistakes are."
)


def report_lines(report: Report) -> list[str]:
    """Return the totals, then what became of each day's flagged posts."""
    return [report_table(report), days_table(report), f"-# {REPORT_WORDS}"]


def report_title(report: Report) -> str:
    """Return which days a report is about."""
    last = report.until - timedelta(microseconds=1)
    return f"Report, {report.since.day} {report.since:%B} to {last.day} {last:%B %Y}"


def report_table(report: Report) -> str:
    """Return the totals as a code block."""
    rows = {
        "posts seen": str(report.seen),
        "flagged": str(report.flagged),
        "answered": str(report.replied),
        "dismissed": str(report.dismissed),
        "contested": str(report.contested),
        "rated helpful": str(report.helpful),
        "rated not helpful": str(report.unhelpful),
        "reply time, half": _seconds(report.median_s),
        "reply time, 95 %": _seconds(report.p95_s),
    }
    return "\n".join(["```", *(f"{name:18} {value:>14}" for name, value in rows.items()), "```"])


def days_table(report: Report) -> str:
    """Return each day's flagged posts as a code block; days without any are left out."""
    busy = [each for each in report.by_day if each.replied or each.dismissed or each.undecided]
    if not busy:
        return "No post was flagged on any of these days."
    rows = [f"{each.day:%a %d %b} {each.replied:>8} {each.dismissed:>9} {each.undecided:>9}" for each in busy]
    return "\n".join(["```", f"{'':10} {'answered':>8} {'dismissed':>9} {'undecided':>9}", *rows, "```"])


def report_alt(report: Report) -> str:
    """Return the picture's description for screen readers."""
    return (
        f"Bars of flagged posts a day: {report.replied} answered, {report.dismissed} dismissed, of {report.flagged}"
        f" flagged and {report.seen} seen. The tables below have the numbers."
    )


def symmetry_lines(found: Symmetry) -> list[str]:
    """Return the comparison, then every side's rates with their intervals."""
    if not found.sides:
        return ["No post came near a claim in that time, so there is nothing to compare."]
    rows = [line for side in found.sides for line in _side_rows(side)]
    return [found.sentence, "\n".join(["```", *rows, "```"]), f"-# {SYMMETRY_WORDS}"]


def _side_rows(side: Side) -> list[str]:
    posts = "1 post" if side.flagged.of == 1 else f"{side.flagged.of} posts"
    name = flat(side.name).replace("`", "'")[:LONGEST_SIDE]
    shares = (("flagged", side.flagged), ("answered", side.replied), ("dismissed", side.dismissed))
    return [f"{name}, {posts}", *(f"  {word:9} {_share(share)}" for word, share in shares)]


def _share(share: Share) -> str:
    """Return a rate with its interval: `` 12 % (8 to 19), 12 of 100``."""
    if not share.of:
        return "none decided yet"
    low, high = round(share.low * 100), round(share.high * 100)
    return f"{round(share.value * 100):3} % ({low} to {high}), {share.hits} of {share.of}"


def _seconds(value: float | None) -> str:
    return "no replies" if value is None else f"{value:.1f} s"
