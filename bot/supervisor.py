"""Keeps a client connected: rebuilds it after a failure it cannot survive, and says plainly when it never could.

discord.py ends the whole client on one malformed event, retries a dead gateway without end at start, and never notices
a socket that goes deaf while heartbeats go on. Nothing here knows what the client does.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import discord
from discord.gateway import KeepAliveHandler

from bot.client import FootnoteBot
from bot.core.errors import LoginRefused

log = logging.getLogger(__name__)

CLOSE_DEADLINE_S = 20.0  # a client that cannot close in this time is left behind
_BAD_LOGIN = "Discord refused the bot token. Reset it in the Developer Portal (Bot, Reset Token) and set the new one."
_REFUSED_INTENT = (
    "Discord refused an intent. Switch on Message Content Intent in the Developer Portal (Bot, Privileged Gateway"
    " Intents), or run without it: the bot then still answers commands and mentions."
)
_REFUSED_CLOSES = {4004: _BAD_LOGIN, 4013: _REFUSED_INTENT, 4014: _REFUSED_INTENT}


class DeafSocket(Exception):
    """The gateway stays open and delivers nothing."""


class ConnectionEnded(Exception):
    """The client's connection task ended without an error and without having been asked to."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before the next life. A life of ``steady_s`` counts as success and starts afresh."""

    first_s: float = 1.0
    most_s: float = 300.0
    steady_s: float = 120.0

    def delay_s(self, failures: int) -> float:
        """Return the pause after so many failures in a row: doubling, capped, and jittered by up to a half.

        The jitter keeps many instances from identifying at the same second after an outage of Discord's.
        """
        longest = min(self.most_s, self.first_s * 2.0 ** min(failures - 1, 30))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing


class Watchdog:
    """Listens for any gateway event, and after a silence asks Discord for one.

    A quiet server is silent too, so silence alone proves nothing: the probe asks for our own member record, which a
    hearing socket answers with an event.
    """

    def __init__(self, bot: FootnoteBot, silence_s: float) -> None:
        """Watch this client from now on."""
        self._bot = bot
        self._silence_s = silence_s
        self._heard_at: float | None = None
        bot.add_listener(self._hear, "on_socket_event_type")

    async def run(self) -> None:
        """Watch until cancelled; raises DeafSocket when nothing was heard and nothing answers."""
        while True:
            started = time.monotonic()
            await asyncio.sleep(self._silence_s)
            if self._heard_at is None:
                raise DeafSocket(f"no gateway event in the first {self._silence_s:.0f} s")
            if self._heard_at < started or len(self._bot.shards) > 1:
                await self._probe()

    async def _hear(self, _event: str) -> None:
        self._heard_at = time.monotonic()

    async def _probe(self) -> None:
        """Ask for one event on every shard that has a server; events of other shards must not hide a deaf one."""
        by_shard = {guild.shard_id: guild for guild in self._bot.guilds}
        user = self._bot.user
        if user is None:
            return
        for shard_id, guild in by_shard.items():
            try:
                async with asyncio.timeout(self._silence_s):  # discord.py's own wait, of 30 s, may be the shorter one
                    await guild.query_members(user_ids=[user.id], cache=False)
            except TimeoutError:
                raise DeafSocket(f"shard {shard_id} delivers nothing") from None
            except (discord.DiscordException, ConnectionError, RuntimeError) as error:
                log.info("shard %s could not be asked: %s", shard_id, type(error).__name__)


async def run_supervised(
    make_bot: Callable[[], FootnoteBot],
    token: str,
    *,
    silence_s: float = 300.0,
    backoff: Backoff | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Run clients one after another until SIGTERM, SIGINT or ``stop``.

    Raises LoginRefused, with what to change, where another try would end the same way.
    """
    pause = backoff or Backoff()
    failures = 0
    async with _stop_on_signals(stop or asyncio.Event()) as stopping:
        while not stopping.is_set():
            started = time.monotonic()
            try:
                await _one_life(make_bot(), token, silence_s, stopping)
            except Exception as error:  # noqa: BLE001 - whatever ended this client, the next one may live
                _raise_if_refused(error)
                failures = 1 if time.monotonic() - started >= pause.steady_s else failures + 1
                delay = pause.delay_s(failures)
                log.warning("client ended (%s: %s), next in %.1f s", type(error).__name__, error, delay)
                await _wait(stopping, delay)


async def _one_life(bot: FootnoteBot, token: str, silence_s: float, stop: asyncio.Event) -> None:
    """Run one client until it ends or ``stop`` is set; raises what ended it. The client is closed in any case."""
    connection = asyncio.create_task(bot.start(token), name="connection")
    watchdog = asyncio.create_task(Watchdog(bot, silence_s).run(), name="watchdog")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    tasks: tuple[asyncio.Task[object], ...] = (connection, watchdog, stopping)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            return
        for ended in (connection, watchdog):
            if ended.done():
                ended.result()
        raise ConnectionEnded("the connection ended")
    finally:
        await _close(bot)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        stop_heartbeats()


def stop_heartbeats() -> None:
    """End discord.py's heartbeat threads: one whose socket broke during start-up is never told, and beats on alone."""
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler):
            thread.stop()


async def _close(bot: FootnoteBot) -> None:
    try:
        async with asyncio.timeout(CLOSE_DEADLINE_S):
            await bot.close()
    except Exception as error:  # noqa: BLE001 - a half-built client may fail to close in any way; it is abandoned
        log.warning("client did not close cleanly: %s", type(error).__name__)


def _raise_if_refused(error: Exception) -> None:
    """Turn a final refusal of Discord's into the sentence that says what to change."""
    if isinstance(error, discord.LoginFailure):
        raise LoginRefused(_BAD_LOGIN) from error
    if isinstance(error, discord.PrivilegedIntentsRequired):
        raise LoginRefused(_REFUSED_INTENT) from error
    if isinstance(error, discord.ConnectionClosed) and error.code in _REFUSED_CLOSES:
        raise LoginRefused(_REFUSED_CLOSES[error.code]) from error


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


@contextlib.asynccontextmanager
async def _stop_on_signals(stop: asyncio.Event) -> AsyncIterator[asyncio.Event]:
    """Set ``stop`` on SIGTERM and SIGINT while inside; a platform without signal handlers keeps its own ways."""
    loop = asyncio.get_running_loop()
    caught = []
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop.set)
            caught.append(number)
    try:
        yield stop
    finally:
        for number in caught:
            loop.remove_signal_handler(number)
