"""The services that sandbox, replay and page tests run with: the one place that says which judge and which store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.client import Services
from bot.core.clock import SystemClock
from bot.core.domain import Stance, Thresholds
from bot.core.screening import Screening
from bot.store.opening import open_store
from tests.bot.core.samples import make_note
from tests.fakes import FakeScreener, FixedLanguage, finding

CLAIM = "us-created-daesh"
ASSERTED = "The United States created Daesh in Afghanistan, everybody knows that."
DENIED = "The United States did not create Daesh, whatever people say."
ASKED = "Did the United States really create Daesh? Has anybody looked into it?"
UNSURE = "Perhaps the United States had a hand in Daesh, who can say."

SCRIPT = {
    "created Daesh in Afghanistan": [finding(CLAIM, 0.95, span=(0, 44))],
    "did not create Daesh": [finding(CLAIM, 0.02, Stance.DENIES)],
    "really create Daesh": [finding(CLAIM, 0.04, Stance.REPORTS)],
    "had a hand in Daesh": [finding(CLAIM, 0.6)],
}


@asynccontextmanager
async def open_test_services(folder: Path) -> AsyncIterator[Services]:
    """Open services with a scripted judge and a real SQLite store in a folder, as a start of the program would."""
    clock = SystemClock()
    notes = {CLAIM: make_note(CLAIM)}
    screener = FakeScreener(SCRIPT)
    async with open_store(f"sqlite+aiosqlite:///{folder}/footnote.db", key_file=folder / "footnote.key") as store:
        screening = Screening(
            screener=screener,
            store=store,
            language=FixedLanguage(),
            defaults=Thresholds(review=0.5, reply=0.8),
            clock=clock,
            notes=notes,
        )
        yield Services(screening=screening, screener=screener, store=store, notes=notes, clock=clock)
