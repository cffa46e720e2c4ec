"""Fixtures of the tests over the wire; a test that left a violation of Discord's document fails at its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest

from bot.core.ports import Store
from tests.loopback import bot as bots
from tests.loopback.double import DiscordDouble
from tests.loopback.parts import open_test_store


@pytest.fixture
async def double() -> AsyncIterator[DiscordDouble]:
    """A Discord on 127.0.0.1."""
    async with DiscordDouble() as one:
        yield one
        assert one.spec_errors() == []


@pytest.fixture
def pointed(double: DiscordDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py in this process talks to the double, and to discord.com again afterwards."""
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    gateway = discord.gateway.DiscordWebSocket
    monkeypatch.setattr(gateway, "DEFAULT_GATEWAY", gateway.DEFAULT_GATEWAY)
    bots.point_at(double)


@pytest.fixture
async def store(tmp_path: Path, double: DiscordDouble) -> AsyncIterator[Store]:
    """The real store on disk, with the forum watched in mode auto."""
    async with open_test_store(tmp_path) as one:
        await bots.watch(one, double)
        yield one


@pytest.fixture
async def bot(double: DiscordDouble, store: Store, pointed: None) -> AsyncIterator[bots.RunningBot]:
    """The real bot, not started yet; unexpected errors of its own fail the test."""
    one = bots.RunningBot(double, store)
    yield one
    await one.stop()
    assert one.errors == []
