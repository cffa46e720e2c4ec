"""The services that sandbox, replay and page tests run with: the one place that says which judge and which store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path

from bot.app import active_notes, assemble_screening, lint_words, open_settings_store, pictures
from bot.client import Services
from bot.core.clock import SystemClock
from bot.core.domain import Claim, Stance, Thresholds
from bot.core.notebook import NoteBook
from bot.core.screening import Screening
from bot.store.opening import open_store
from config.settings import load_settings
from models.batching import BatchedScreener
from models.loading import load_pair_screener
from models.screener import PairScreener
from tests.bot.core.samples import make_note
from tests.fakes import FakeScreener, FixedLanguage, finding

CLAIM = "us-created-taliban"
CLAIM_TEXT = "The United States created the Taliban."
ASSERTED = "The United States created the Taliban, and that is a fact."
DENIED = "The United States did not create the Taliban, that is a myth."
ASKED = "Did the United States really create the Taliban, does anybody know?"
UNSURE = "Perhaps the United States had a hand in the Taliban, who can say."

# Phrases that do not stand in the sandbox's opening post, which the scripted judge would take for a statement.
SCRIPT = {
    "Taliban, and that is a fact": [finding(CLAIM, 0.95, span=(0, 37))],
    "Taliban, that is a myth": [finding(CLAIM, 0.02, Stance.DENIES)],
    "Taliban, does anybody know": [finding(CLAIM, 0.04, Stance.REPORTS)],
    "had a hand in the Taliban": [finding(CLAIM, 0.6)],
}


@asynccontextmanager
async def open_test_services(folder: Path) -> AsyncIterator[Services]:
    """Open services with a scripted judge and a real SQLite store in a folder, as a start of the program would."""
    clock = SystemClock()
    pack = (make_note(CLAIM, claim=Claim(CLAIM, CLAIM_TEXT)),)
    book, screener = NoteBook(), FakeScreener(SCRIPT)
    async with open_store(f"sqlite+aiosqlite:///{folder}/footnote.db", key_file=folder / "footnote.key") as store:
        screening = Screening(
            screener=screener,
            store=store,
            language=FixedLanguage(),
            defaults=Thresholds(review=0.5, reply=0.8),
            clock=clock,
            notes=book,
        )
        library, words = store.library, lint_words()
        desk, drawn = store.desk, pictures()
        yield Services(screening, screener, store, library, book, clock, words, pack=pack, desk=desk, pictures=drawn)


@asynccontextmanager
async def open_shipped_services(folder: Path) -> AsyncIterator[Services]:
    """Open services as the program does, with the shipped judge and notes."""
    settings = load_settings().in_folder(folder)
    pack, book = tuple(active_notes(settings).values()), NoteBook()
    async with open_settings_store(settings) as store, BatchedScreener(_shipped_judge()) as screener:
        screening = assemble_screening(settings, screener, store, book)
        clock, words = SystemClock(), lint_words()
        library, desk, drawn = store.library, store.desk, pictures()
        yield Services(screening, screener, store, library, book, clock, words, pack=pack, desk=desk, pictures=drawn)


@lru_cache
def _shipped_judge() -> PairScreener:
    """Load the judge once for all tests, because that takes seconds."""
    return load_pair_screener()
