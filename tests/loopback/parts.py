"""What the bot under test is made of: the real store on disk, one note, a judge that goes by words, a clock to be set.

Imports nothing of the double, so that a process of the bot alone starts fast.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import pictures
from bot.client import BotOptions, Services
from bot.core.clock import SystemClock
from bot.core.domain import Thresholds
from bot.core.notebook import NoteBook
from bot.core.ports import Clock, Store
from bot.core.screening import Screening
from bot.store.opening import open_store
from tests.bot.core.samples import LINT_WORDS, make_note
from tests.fakes import FixedLanguage
from tests.loopback.judge import CLAIM, WordScreener

TOKEN = "loopback-token"  # what the double takes; nothing secret
UPKEEP_S = 0.5


@dataclass
class SkewedClock:
    """The real time, set forward by a test in place of waiting."""

    skew: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """Return the time."""
        return SystemClock().now() + self.skew

    def advance(self, seconds: float) -> None:
        """Set the clock forward."""
        self.skew += timedelta(seconds=seconds)


def services(store: Store, screener: WordScreener, clock: Clock, options: BotOptions) -> Services:
    """Return what a bot is made of, with one note and a judge that goes by words."""
    note = make_note(CLAIM)
    notes = NoteBook(everywhere={CLAIM: note})
    screening = Screening(
        screener=screener,
        store=store,
        language=FixedLanguage(),
        defaults=Thresholds(review=0.5, reply=0.8),
        clock=clock,
        notes=notes,
    )
    library, pack = store.library, (note,)
    return Services(
        screening,
        screener,
        store,
        library,
        notes,
        clock,
        LINT_WORDS,
        options,
        pack=pack,
        desk=store.desk,
        pictures=pictures(),
    )


@asynccontextmanager
async def open_test_store(folder: Path) -> AsyncIterator[Store]:
    """Open the SQLite store of a test's folder, as often as there are lives of the bot."""
    async with open_store(f"sqlite+aiosqlite:///{folder}/footnote.db", key_file=folder / "footnote.key") as store:
        yield store
