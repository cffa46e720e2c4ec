"""The real bot against the double, in the test's own process: real store on disk, real supervisor, scripted judge."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app import point_at_discord
from bot.client import BotOptions, FootnoteBot, Services
from bot.core.clock import SystemClock
from bot.core.domain import ForumSettings, Mode
from bot.core.ports import Clock, Store, StoreStatus
from bot.core.screening import Screening
from bot.store.opening import open_store
from bot.supervisor import Backoff, run_supervised
from config.settings import load_settings
from tests.bot.core.samples import make_note
from tests.fakes import FixedLanguage
from tests.loopback.double import LOOK_EVERY_S, PATIENCE_S, DiscordDouble
from tests.loopback.judge import CLAIM, WordScreener
from tests.loopback.rest import TOKEN

UPKEEP_S = 0.5
QUICK = Backoff(first_s=0.1, most_s=0.5)


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
    notes = {CLAIM: make_note(CLAIM)}
    defaults = load_settings().default_thresholds
    screening = Screening(
        screener=screener, store=store, language=FixedLanguage(), defaults=defaults, clock=clock, notes=notes
    )
    return Services(screening, screener, store, notes, clock, options)


@asynccontextmanager
async def open_test_store(folder: Path) -> AsyncIterator[Store]:
    """Open the SQLite store of a test's folder, as often as there are lives of the bot."""
    async with open_store(f"sqlite+aiosqlite:///{folder}/footnote.db", key_file=folder / "footnote.key") as store:
        yield store


async def watch(store: Store, double: DiscordDouble, mode: Mode = Mode.AUTO) -> None:
    """Opt the forum in, as ``/forum watch`` does, to be read from its first post on."""
    world = double.world
    settings = ForumSettings(world.guild_id, world.forum.id, mode, world.mods.id)
    await store.put_forum(settings, actor_id=world.admin.id)
    await store.move_cursor(world.forum.id, world.forum.id, world.forum.id)


def point_at(double: DiscordDouble) -> None:
    """Send discord.py to the double, by the product's own settings."""
    settings = load_settings()
    urls = {"discord_api": double.api_url, "discord_gateway": double.gateway_url}
    point_at_discord(settings.model_copy(update=urls))


@dataclass
class RunningBot:
    """One bot under its supervisor. ``options``, ``silence_s`` and ``ready_made`` count from ``start`` on.

    ``ready_made`` are services to be used in place of the scripted ones.
    """

    double: DiscordDouble
    store: Store
    ready_made: Services | None = None
    screener: WordScreener = field(default_factory=WordScreener)
    clock: SkewedClock = field(default_factory=SkewedClock)
    options: BotOptions = field(default_factory=lambda: BotOptions(upkeep_seconds=UPKEEP_S))
    silence_s: float = 300.0
    lives: list[FootnoteBot] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Run the bot and wait until it is connected."""
        self.launch()
        await self.double.wait_for_bot()

    def launch(self) -> asyncio.Task[None]:
        """Run the bot; the task ends when it is stopped, or raises what the supervisor gives up on."""
        self._task = asyncio.create_task(
            run_supervised(self._new, TOKEN, silence_s=self.silence_s, backoff=QUICK, stop=self._stop)
        )
        return self._task

    async def stop(self) -> None:
        """Stop the bot; raises what ended it, if something did."""
        self._stop.set()
        if self._task is not None:
            await self._task
        self._task = None
        self._stop = asyncio.Event()

    def with_options(self, **changes: Any) -> None:
        """Change what the next start is told."""
        self.options = replace(self.options, **changes)

    async def watch(self) -> None:
        """Opt the forum in, in the store that is used now."""
        await watch(self.store, self.double)

    async def wait_until_done(self, posts: int) -> None:
        """Wait until so many posts were claimed and nothing is left to do about any."""
        await self.wait_until(lambda f: f.posts >= posts and not f.outbox and not f.pending_posts)

    async def wait_until_settled(self) -> None:
        """Wait until no post waits for a judgement and no promised reply for its sending."""
        await self.wait_until(lambda figures: not figures.outbox and not figures.pending_posts)

    async def wait_until(self, is_so: Callable[[StoreStatus], bool]) -> None:
        """Wait until the store's figures are so."""
        ends = time.monotonic() + PATIENCE_S
        while not is_so(figures := await self.store.status()):
            assert time.monotonic() < ends, f"never so: {figures}; requests: {self.double.request_lines()}"
            await asyncio.sleep(LOOK_EVERY_S)

    @property
    def errors(self) -> list[str]:
        """What the bot itself called unexpected, over all its lives."""
        return [f"{error.kind} in {error.where}" for life in self.lives for error in life.errors]

    def _new(self) -> FootnoteBot:
        made = self.ready_made or services(self.store, self.screener, self.clock, self.options)
        bot = FootnoteBot(made)
        self.lives.append(bot)
        return bot
