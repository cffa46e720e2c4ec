"""The whole loopback Discord: start it, let people act in ``world``, wait for what the bot does, look at it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.loopback.faults import SENDING, Fault, Seen
from tests.loopback.gateway import Gateway
from tests.loopback.rest import PREFIX, Rest
from tests.loopback.spec import spec_validator
from tests.loopback.world import World

T = TypeVar("T")

PATIENCE_S = 90.0  # a loaded machine is slow; a wait ends as soon as its condition holds
LOOK_EVERY_S = 0.01


class DiscordDouble:
    """``async with DiscordDouble() as double``: a Discord on a free port of 127.0.0.1."""

    def __init__(self) -> None:
        self.world = World(lambda event, data: self.gateway.dispatch(event, data))
        self.gateway = Gateway(self.world)
        self.rest = Rest(self.world)
        self.port = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_route("*", PREFIX + "/{tail:.*}", self.rest.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.gateway.url = self.rest.gateway_url = self.gateway_url
        return self

    async def __aexit__(self, *_: object) -> None:
        self.gateway.abort()
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """What ``FOOTNOTE_DISCORD_API`` is set to."""
        return f"http://127.0.0.1:{self.port}{PREFIX}"

    @property
    def gateway_url(self) -> str:
        """What ``FOOTNOTE_DISCORD_GATEWAY`` is set to."""
        return f"ws://127.0.0.1:{self.port}/gateway"

    def inject(self, *faults: Fault) -> None:
        """Have requests go wrong."""
        self.rest.faults.add(*(replace(fault) for fault in faults))  # used up here, not in the test's table

    def requests(self, method: str, path: str) -> list[Seen]:
        """Return the requests seen for a route, ``*`` matching anything."""
        return [seen for seen in self.rest.seen if seen.is_at(method, path)]

    def sendings(self) -> list[Seen]:
        """Return the requests to post a message in a channel."""
        return self.requests(*SENDING)

    def spec_errors(self) -> list[str]:
        """Return every violation of Discord's document by the bot's requests so far."""
        found = []
        for seen in self.rest.seen:
            errors = spec_validator().errors(seen.method, seen.path, seen.body) if seen.body is not None else ()
            found += [f"{seen.method} {seen.path}: {error}" for error in errors]
        return found

    async def wait_for(self, condition: Callable[[], T], what: str, patience_s: float = PATIENCE_S) -> T:
        """Wait until the condition holds and return its value; ``what`` says in the failure what never came."""
        ends = time.monotonic() + patience_s
        while not (value := condition()):
            if time.monotonic() > ends:
                raise AssertionError(f"never came: {what}; requests: {self.request_lines()}")
            await asyncio.sleep(LOOK_EVERY_S)
        return value

    async def wait_for_bot(self) -> None:
        """Wait until a bot is connected and knows its servers."""
        await self.wait_for(lambda: self.gateway.is_ready, "a bot at the gateway")

    async def wait_for_replies(self, channel_id: int, count: int = 1) -> list[Any]:
        """Wait until the bot has so many messages in a channel, and return them."""
        await self.wait_for(lambda: len(self.world.replies(channel_id)) >= count, f"{count} replies")
        return self.world.replies(channel_id)

    def request_lines(self) -> list[str]:
        """Return the last requests in short, for a failure's message."""
        return [f"{seen.method} {seen.path} -> {seen.status}" for seen in self.rest.seen[-12:]]
