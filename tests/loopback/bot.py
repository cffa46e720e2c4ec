"""The real bot against the double, in the test's own process: real store on disk, real supervisor, scripted judge."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import discord
from discord.ext import tasks

from bot.app import point_at_discord
from bot.client import BotOptions, FootnoteBot, Services
from bot.core.domain import ForumSettings, Mode, Note
from bot.core.pack import start_with_pack
from bot.core.ports import StoreStatus
from bot.store import SqlStore
from bot.supervisor import Backoff, run_supervised
from cogs.upkeep import Upkeep
from config.settings import load_settings
from tests.bot.core.samples import make_note
from tests.loopback.double import LOOK_EVERY_S, PATIENCE_S, DiscordDouble
from tests.loopback.judge import CLAIM, WordScreener
from tests.loopback.parts import TOKEN, UPKEEP_S, SkewedClock, services

QUICK = Backoff(first_s=0.1, most_s=0.5)


async def watch(
    store: SqlStore, double: DiscordDouble, mode: Mode = Mode.AUTO, pack: Sequence[Note] = (make_note(CLAIM),)
) -> None:
    """Opt the forum in with notes to start with, as ``/forum watch`` does, to be read from its first post on."""
    world = double.world
    await start_with_pack(store.library, world.guild_id, pack)
    settings = ForumSettings(world.guild_id, world.forum.id, mode, world.mods.id)
    await store.put_forum(settings, actor_id=world.admin.id)
    await store.move_cursor(world.forum.id, world.forum.id, world.forum.id)


async def until(holds: Callable[[], Awaitable[object]], what: str) -> None:
    """Wait until an asynchronous condition holds; ``what`` says in the failure what never came."""
    ends = time.monotonic() + PATIENCE_S
    while not await holds():
        assert time.monotonic() < ends, f"never came: {what}"
        await asyncio.sleep(LOOK_EVERY_S)


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
    store: SqlStore
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

    async def run_to_its_end(self) -> None:
        """Run the bot until it ends by itself; raises what the supervisor gives up on."""
        task, self._task = self.launch(), None
        await task

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
        """Opt the forum in, in the store that is used now, with the pack of the services that are."""
        if self.ready_made is None:
            await watch(self.store, self.double)
            return
        await watch(self.store, self.double, pack=self.ready_made.pack)
        await self.ready_made.notes.reload(self.ready_made.library, self.ready_made.screener)

    async def wait_until_done(self, posts: int) -> None:
        """Wait until so many posts were claimed and nothing is left to do about any."""
        await self.wait_until(lambda f: f.posts >= posts and not f.outbox and not f.pending_posts)

    async def wait_until_settled(self) -> None:
        """Wait until no post waits for a judgement and no promised reply for its sending."""
        await self.wait_until(lambda figures: not figures.outbox and not figures.pending_posts)

    async def wait_until(self, is_so: Callable[[StoreStatus], bool]) -> None:
        """Wait until the store's figures are so."""

        async def holds() -> bool:
            return is_so(await self.store.status())

        await until(holds, "these figures in the store")

    def knows_as_closed(self, thread_id: int) -> bool:
        """Tell whether the bot's cache has the thread as locked, or no more because it is archived."""
        thread = self.lives[-1].get_channel(thread_id)
        return not isinstance(thread, discord.Thread) or thread.archived or thread.locked

    async def next_upkeep(self) -> None:
        """Wait until a whole round of upkeep has passed from now on."""
        loop = self._upkeep_loop()
        rounds = loop.current_loop
        await self.double.wait_for(lambda: loop.current_loop >= rounds + 2, "two rounds of upkeep")

    def _upkeep_loop(self) -> tasks.Loop[Any]:
        cog = self.lives[-1].get_cog("Upkeep")
        assert isinstance(cog, Upkeep)
        return cog._loop

    @property
    def errors(self) -> list[str]:
        """What the bot itself called unexpected, over all its lives."""
        return [f"{error.kind} in {error.where}" for life in self.lives for error in life.errors]

    def _new(self) -> FootnoteBot:
        made = self.ready_made or services(self.store, self.screener, self.clock, self.options)
        bot = FootnoteBot(made)
        self.lives.append(bot)
        return bot
