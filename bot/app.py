"""The composition root: Settings -> Services -> client. The only file that names concrete classes.

Opens everything in one ``async with`` and closes it in reverse; importing it opens nothing.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.clock import SystemClock
from bot.core.domain import Claim, Note, NoteState
from bot.core.errors import ScreenerUnavailable, StoreUnavailable
from bot.core.notebook import NoteBook
from bot.core.notes import load_notes
from bot.core.pack import take_waiting_packs
from bot.core.ports import Screener, Store
from bot.core.screening import Screening

if TYPE_CHECKING:
    from bot.client import Pictures, Services
    from bot.core.note_words import LintWords
    from bot.store import SqlStore
    from config.settings import Settings
    from models.loading import ModelOptions


def model_options(settings: Settings) -> ModelOptions:
    """Return where the models are and how they run, as the settings say."""
    from models.batching import BatchOptions
    from models.loading import SHIPPED_STANCE, ModelOptions
    from models.screener import ScreenerOptions

    chosen = settings.screener
    return ModelOptions(
        encoder_folder=settings.encoder_dir,
        retriever_folder=settings.retriever_dir,
        stance_folder=settings.stance_dir or SHIPPED_STANCE,
        threads=chosen.torch_threads or os.cpu_count(),
        screening=replace(ScreenerOptions(), candidates=chosen.candidates, gate=chosen.similarity_floor),
        batching=BatchOptions(chosen.batch_posts, chosen.batch_wait_ms, chosen.queue_posts, chosen.deadline_s),
    )


def open_settings_store(settings: Settings, *, upgrade: bool = False) -> AbstractAsyncContextManager[SqlStore]:
    """Open the store that the settings name, making the data folder on the way. Raises StoreUnavailable."""
    from bot.store import open_store

    make_data_dir(settings)
    return open_store(settings.database_url, key=settings.key, key_file=settings.key_file, upgrade=upgrade)


def make_data_dir(settings: Settings) -> None:
    """Make the data folder where it is missing. Raises StoreUnavailable."""
    try:
        settings.paths.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(
            f"The data folder {settings.paths.data_dir} cannot be made ({error.strerror}): "
            "set FOOTNOTE_PATHS__DATA_DIR to a folder that can be written."
        ) from error


def active_notes(settings: Settings) -> dict[str, Note]:
    """Return the shipped notes that may be used, by claim id. Raises NoteInvalid."""
    usable = (NoteState.ACTIVE, NoteState.STALE)
    return {note.id: note for note in load_notes(settings.notes_dir) if note.state in usable}


def lint_words() -> LintWords:
    """Return the shipped word lists of the lint. Raises BadInput."""
    from bot.core.note_words import parse_lint_words
    from config.settings import LINT_WORDS_FILE

    return parse_lint_words(LINT_WORDS_FILE.read_text(encoding="utf-8"))


def pictures() -> Pictures:
    """Return what draws the bot's pictures; matplotlib is loaded with the first of them."""
    from bot.client import Pictures
    from bot.pictures import preview_picture, report_picture

    return Pictures(preview_picture, report_picture)


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open store, notes and judge. A judge that cannot be loaded leaves a sentence in ``problems``, not an error.

    Raises NoteInvalid, StoreUnavailable.
    """
    from bot.client import BotOptions, Services

    pack = tuple(active_notes(settings).values())
    async with open_settings_store(settings, upgrade=True) as store, open_screener(settings) as screener:
        await take_waiting_packs(store.library, pack)
        book = NoteBook()
        await book.reload(store.library, screener)
        yield Services(
            assemble_screening(settings, screener, store, book),
            screener,
            store,
            store.library,
            book,
            SystemClock(),
            lint_words(),
            BotOptions(**settings.bot.model_dump()),
            (screener.problem,) if screener.problem else (),
            pack,
            desk=store.desk,
            pictures=pictures(),
        )


@asynccontextmanager
async def open_screening(settings: Settings, notes: Mapping[str, Note]) -> AsyncIterator[Screening]:
    """Open the judge over these notes with nothing stored, for dry runs from the command line.

    Raises ScreenerUnavailable: a script must not take silence for a judgement.
    """
    from bot.store import open_store

    book = NoteBook(everywhere=notes)
    async with open_store("sqlite://", upgrade=True) as store, open_screener(settings, book.claims) as screener:
        if screener.problem:
            raise ScreenerUnavailable(screener.problem)
        yield assemble_screening(settings, screener, store, book)


@asynccontextmanager
async def open_screener(settings: Settings, claims: Sequence[Claim] = ()) -> AsyncIterator[Screener]:
    """Load the judge off the event loop and give it its claims; one that cannot be loaded says why instead."""
    from models.loading import load_screener

    loaded = await asyncio.to_thread(load_screener, model_options(settings))
    async with loaded as screener:
        await screener.load_claims(claims)
        yield screener


def assemble_screening(settings: Settings, screener: Screener, store: Store, notes: NoteBook) -> Screening:
    """Put the path of one post together."""
    from models.language import LanguageGuesser

    return Screening(
        screener=screener,
        store=store,
        language=LanguageGuesser(),
        defaults=settings.default_thresholds,
        clock=SystemClock(),
        notes=notes,
    )


def point_at_discord(settings: Settings) -> None:
    """Send discord.py elsewhere than discord.com, where a setting says so (a test's loopback, a proxy)."""
    import discord
    import yarl

    if settings.discord_api:
        discord.http.Route.BASE = settings.discord_api
    if settings.discord_gateway:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway)


async def run_on_discord(settings: Settings, token: str) -> None:
    """Run the bot on Discord until it is told to stop. Raises LoginRefused when Discord refuses token or intents."""
    from bot.client import FootnoteBot
    from bot.supervisor import run_supervised

    point_at_discord(settings)
    async with open_services(settings) as services:
        await run_supervised(lambda: FootnoteBot(services), token, silence_s=services.options.watchdog_silence_s)


async def run_in_sandbox(settings: Settings, *, port: int, announce: Callable[[str], None]) -> None:
    """Run the bot in the sandbox, with a database of the sandbox's own, until it is stopped."""
    from bot.sandbox.run import run_sandbox

    own = settings.in_folder(settings.paths.data_dir / "sandbox")
    announce("Loading the models; this takes some seconds.")
    async with open_services(own) as services:
        for problem in services.problems:
            announce(problem)
        await run_sandbox(services, data_dir=own.paths.data_dir, announce=announce, port=port)
