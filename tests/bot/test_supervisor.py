"""The supervisor, with real discord.py on a loopback port: what ends a client, what follows, what is final."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from json import dumps as json_of

import discord
import pytest
import yarl
from aiohttp import web

from bot.client import BotOptions, FootnoteBot
from bot.core.errors import LoginRefused
from bot.supervisor import Backoff, DeafSocket, Watchdog, run_supervised
from tests.cogs.conftest import SCRIPT, WorldClock, services
from tests.fakes import FakeScreener, MemoryStore

FAST = Backoff(first_s=0.01, most_s=0.02)
USER = {"id": "1", "username": "bot", "discriminator": "0", "avatar": None, "bot": True}


def make_bot() -> FootnoteBot:
    made = services(MemoryStore(), FakeScreener(SCRIPT), WorldClock(), BotOptions())
    return FootnoteBot(made, sync_commands=False)


Gateway = Callable[[web.WebSocketResponse, int], object]


@asynccontextmanager
async def discord_at(gateway: Gateway, *, token_status: int = 200) -> AsyncIterator[list[int]]:
    """A few routes of Discord's API and a gateway that behaves as told; yields the connections seen."""
    seen: list[int] = []

    def json(payload: object, status: int = 200) -> web.Response:
        # Not json_response: discord.py takes only the bare type, without a charset, for JSON.
        body = json_of(payload).encode()
        return web.Response(body=body, status=status, headers={"Content-Type": "application/json"})

    async def me(_request: web.Request) -> web.Response:
        return json(USER if token_status == 200 else {"message": "401: Unauthorized", "code": 0}, token_status)

    async def application(_request: web.Request) -> web.Response:
        return json({"id": "1", "name": "x", "description": "", "bot_public": True, "flags": 0, "verify_key": "",
                     "bot_require_code_grant": False, "owner": USER, "icon": None, "team": None})  # fmt: skip

    async def address(request: web.Request) -> web.Response:
        limits = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return json({"url": f"ws://{request.host}/ws", "shards": 1, "session_start_limit": limits})

    async def socket(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        seen.append(len(seen))
        await ws.send_json({"op": 10, "d": {"heartbeat_interval": 45000}, "s": None, "t": None})
        await gateway(ws, seen[-1])
        return ws

    app = web.Application()
    app.add_routes([web.get("/users/@me", me), web.get("/oauth2/applications/@me", application)])
    app.add_routes([web.get("/gateway/bot", address), web.get("/ws", socket)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    before = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    discord.http.Route.BASE = f"http://127.0.0.1:{port}"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://127.0.0.1:{port}/ws")
    try:
        yield seen
    finally:
        discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = before
        await runner.cleanup()


async def until_identified(ws: web.WebSocketResponse) -> None:
    while (await ws.receive_json())["op"] != 2:
        pass


async def close_with(ws: web.WebSocketResponse, code: int) -> None:
    await until_identified(ws)
    await ws.close(code=code)


async def ready(ws: web.WebSocketResponse) -> None:
    data = {"v": 10, "user": USER, "guilds": [], "session_id": "s", "application": {"id": "1", "flags": 0}}
    await ws.send_json({"op": 0, "s": 1, "t": "READY", "d": {**data, "resume_gateway_url": "ws://127.0.0.1:1"}})


async def test_token_when_refused_then_says_what_to_do_and_does_not_try_again():
    async def never(_ws: web.WebSocketResponse, _number: int) -> None:
        raise AssertionError("no token, no gateway")

    async with discord_at(never, token_status=401) as seen:
        with pytest.raises(LoginRefused, match="Reset it in the Developer Portal"):
            await run_supervised(make_bot, "t", backoff=FAST)
        assert seen == []


@pytest.mark.parametrize(("code", "words"), [(4004, "token"), (4014, "Message Content Intent"), (4013, "intent")])
async def test_gateway_when_it_refuses_for_good_then_says_what_to_do(code: int, words: str):
    async with discord_at(lambda ws, _: close_with(ws, code)) as seen:
        with pytest.raises(LoginRefused, match=words):
            await run_supervised(make_bot, "t", backoff=FAST)
        assert len(seen) == 1


async def test_event_when_malformed_then_the_next_client_lives():
    """One event with a missing field ends discord.py's connection; the process must go on."""
    stop = asyncio.Event()

    async def gateway(ws: web.WebSocketResponse, number: int) -> None:
        await until_identified(ws)
        await ready(ws)
        if number == 0:
            await ws.send_json({"op": 0, "s": 2, "t": "CHANNEL_CREATE", "d": {}})
            await ws.receive()
        else:
            stop.set()
            await ws.receive()

    async with discord_at(gateway) as seen:
        await asyncio.wait_for(run_supervised(make_bot, "t", backoff=FAST, stop=stop), 30)
        assert len(seen) == 2


async def test_socket_when_silent_from_the_start_then_is_replaced():
    """Connected, acknowledged, and nothing ever comes."""
    stop = asyncio.Event()

    async def gateway(ws: web.WebSocketResponse, number: int) -> None:
        if number:
            stop.set()
        await ws.receive()
        await asyncio.sleep(5)

    async with discord_at(gateway) as seen:
        await asyncio.wait_for(run_supervised(make_bot, "t", silence_s=0.3, backoff=FAST, stop=stop), 30)
        assert len(seen) == 2


async def test_signal_when_sent_then_ends_cleanly():
    async def gateway(ws: web.WebSocketResponse, _number: int) -> None:
        await until_identified(ws)
        await ready(ws)
        os.kill(os.getpid(), signal.SIGTERM)
        await ws.receive()

    async with discord_at(gateway) as seen:
        await asyncio.wait_for(run_supervised(make_bot, "t", backoff=FAST), 30)
        assert len(seen) == 1


class _Guild:
    """A server whose socket hears or not."""

    def __init__(self, shard_id: int, *, is_deaf: bool) -> None:
        self.shard_id, self.is_deaf, self.asked = shard_id, is_deaf, 0

    async def query_members(self, **_: object) -> list[object]:
        self.asked += 1
        if self.is_deaf:
            raise TimeoutError
        return []


class _Client:
    """As much of a client as the watchdog reads."""

    def __init__(self, *guilds: _Guild) -> None:
        self.guilds, self.shards, self.user = guilds, {one.shard_id: one for one in guilds}, discord.Object(1)
        self.hear: Callable[[str], object] | None = None

    def add_listener(self, listener: Callable[[str], object], name: str) -> None:
        assert name == "on_socket_event_type"
        self.hear = listener


async def run_for(watchdog: Watchdog, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        await watchdog.run()


async def test_watchdog_when_a_quiet_server_answers_then_waits_on():
    """Silence alone is no fault: at night nothing happens."""
    guild = _Guild(0, is_deaf=False)
    client = _Client(guild)
    watchdog = Watchdog(client, 0.02)
    await client.hear("READY")
    with pytest.raises(TimeoutError):
        await run_for(watchdog, 0.2)
    assert guild.asked > 1


async def test_watchdog_when_the_socket_is_deaf_then_says_so():
    client = _Client(_Guild(0, is_deaf=True))
    watchdog = Watchdog(client, 0.02)
    await client.hear("READY")
    with pytest.raises(DeafSocket):
        await run_for(watchdog, 1)


async def test_watchdog_when_one_of_two_shards_is_deaf_then_the_other_does_not_hide_it():
    client = _Client(_Guild(0, is_deaf=False), _Guild(1, is_deaf=True))
    watchdog = Watchdog(client, 0.02)

    async def chatter() -> None:
        while True:
            await client.hear("MESSAGE_CREATE")
            await asyncio.sleep(0.005)

    chatting = asyncio.create_task(chatter())
    with pytest.raises(DeafSocket, match="shard 1"):
        await run_for(watchdog, 1)
    chatting.cancel()


def test_backoff_when_failures_repeat_then_doubles_to_a_limit_with_jitter():
    pause = Backoff(first_s=1, most_s=60)
    for failures, longest in [(1, 1), (2, 2), (4, 8), (7, 60), (500, 60)]:
        delays = [pause.delay_s(failures) for _ in range(50)]
        assert longest / 2 <= min(delays)
        assert max(delays) <= longest
    assert len({pause.delay_s(3) for _ in range(10)}) > 1
    assert time.monotonic() > 0
