"""Runs the sandbox: the bot in its world, the page in front of it, until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import discord
from simcord.backend.errors import SetupError

from bot.client import FootnoteBot, Services
from bot.core.domain import ForumSettings, Mode
from bot.core.errors import BadSetting, ScreenerBusy, ScreenerUnavailable
from bot.core.pack import start_with_pack
from bot.core.ports import Screener, Store
from bot.sandbox.journal import Journal
from bot.sandbox.page import SandboxPage
from bot.sandbox.seed import seed
from bot.sandbox.world import World

DEFAULT_PORT = 8710
PORTS_TRIED = 10
HIGHEST_PORT = 65_535
TICK_S = 0.5
KEY_FILE = "sandbox-page.key"


async def run_sandbox(
    services: Services,
    *,
    data_dir: Path,
    announce: Callable[[str], None],
    port: int = DEFAULT_PORT,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve the sandbox until ``stop`` is set or the task is cancelled; tells the page's address once it answers."""
    await warm_up(services.screener)
    async with open_sandbox(FootnoteBot(services), services.store, data_dir=data_dir, port=port) as page:
        announce(f"Open {page.url} in a browser on this machine. Stop with Ctrl-C.")
        await (stop or asyncio.Event()).wait()


@contextlib.asynccontextmanager
async def open_sandbox(
    bot: discord.Client, store: Store, *, data_dir: Path, port: int = DEFAULT_PORT
) -> AsyncIterator[SandboxPage]:
    """Start a world from what ``data_dir`` keeps and serve its page; both end with the context."""
    world = World(bot)
    journal = Journal(data_dir, world.backend)
    try:
        journal.open()
        await watch_forum(world, store)
        if isinstance(bot, FootnoteBot):
            await take_own_pack(bot, world)
        await world.start()
        await seed(world)
        async with _serve(world, data_dir, port) as page:
            yield page
    finally:
        await world.stop()
        journal.close()


async def warm_up(screener: Screener) -> None:
    """Ask the judge one question before the bot starts.

    The first answer is slow, and the judge's worker must not count as the bot's own work: SimCord would wait for it
    to end.
    """
    with contextlib.suppress(ScreenerUnavailable, ScreenerBusy):
        await screener.suggest("Is anybody there?", 1)


async def take_own_pack(bot: FootnoteBot, world: World) -> None:
    """Give the world's server the starter pack unless an admin there has chosen otherwise: nobody has to be asked."""
    await start_with_pack(bot.services.library, int(world.guild.id), bot.services.pack)
    await bot.reload_notes()


async def watch_forum(world: World, store: Store, mode: Mode = Mode.AUTO) -> None:
    """Watch the forum in a mode unless an admin has already chosen otherwise."""
    guild_id, forum_id = int(world.guild.id), int(world.forum.id)
    if await store.forum(guild_id, forum_id) is None:
        settings = ForumSettings(guild_id, forum_id, mode, int(world.moderators.id))
        await store.put_forum(settings, actor_id=int(world.admin.id))
        await store.move_cursor(forum_id, forum_id, forum_id)  # read from the first post on, also after an early crash


@contextlib.asynccontextmanager
async def _serve(world: World, data_dir: Path, port: int) -> AsyncIterator[SandboxPage]:
    page = await _first_free(world, page_key(data_dir), port)
    ticking = asyncio.create_task(_tick(page))
    try:
        yield page
    finally:
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)
        await page.close()


async def _first_free(world: World, key: str, port: int) -> SandboxPage:
    """Enter the page on the first free port from ``port`` on."""
    ports = range(port, min(port + PORTS_TRIED, HIGHEST_PORT + 1)) if port else (0,)
    for candidate in ports:
        page = SandboxPage(world, port=candidate, capability=key)
        try:
            await page.__aenter__()
        except SetupError:
            continue
        return page
    raise BadSetting(f"No port from {ports[0]} to {ports[-1]} can be used here. Choose another with --port.")


async def _tick(page: SandboxPage) -> None:
    while True:
        await asyncio.sleep(TICK_S)
        try:
            await page.tick()
        except (TimeoutError, SetupError):
            continue  # the bot, or a person's action, is still at work; look again at the next tick


def page_key(data_dir: Path) -> str:
    """Return the secret part of the page's address, the same after a restart so that a bookmark still works."""
    path = data_dir / KEY_FILE
    if path.exists() and (kept := path.read_text(encoding="utf-8").strip()):
        return kept
    key = secrets.token_urlsafe(24)
    path.touch(mode=0o600)
    path.write_text(key, encoding="utf-8")
    return key
