"""A note and a reply for tests to vary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.core.domain import Claim, Note, Point, Source, Status
from bot.core.note_words import parse_lint_words

LINT_WORDS = parse_lint_words((Path(__file__).parents[3] / "config" / "lint_words.toml").read_text("utf-8"))

NOTE = Note(
    claim=Claim("us-created-daesh", "The United States created Daesh in Afghanistan."),
    status=Status.UNSUPPORTED,
    documented=(
        Point("The group was founded by former Taliban commanders. It pledged allegiance in January 2015.", (1,)),
        Point("US forces bombed it from 2016 on.", (1, 2)),
    ),
    disputed=(
        Point("Russia's foreign ministry said unmarked helicopters supplied it; no evidence was published."),
        Point("A former Afghan president called it a tool of the United States; the US denied it."),
    ),
    would_change="A document or witness that shows orders, money or arms from a US agency to its founders.",
    sources=(
        Source("UN Security Council", "Monitoring Team report", "United Nations", "2017-08-07", "https://un.org/r_(1)"),
        Source("TASS", "Zakharova on helicopters", "Russian state media", "2017-05-01", None),
    ),
    tags=("afghanistan",),
    flatters=("russia",),
    reviewed_on=date(2026, 11, 1),
    review_due=date(2027, 5, 1),
)


def make_note(claim_id: str = "us-created-daesh", **changes: object) -> Note:
    """Return the sample note under another id, with fields replaced."""
    claim = replace(NOTE.claim, id=claim_id)
    return replace(NOTE, **{"claim": claim, **changes})
