"""The outbox against Discord's failures: what is tried again, what is given up, and never two replies."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import aiohttp
import discord
import pytest

from bot.client import BotOptions
from bot.core.delivery import NextStep, SendOutcome
from cogs._delivery import deliver, outcome_of
from tests.cogs.conftest import ASSERTED, World

MESSAGES = "/channels/*/messages"


@pytest.fixture
async def thread(world: World):
    await world.watch()
    return await world.open_thread(world.ann, "Moon", "What do you think about this topic here?")


@pytest.mark.parametrize(("status", "code"), [(503, 0), (403, 40058)])
async def test_send_when_it_fails_for_now_then_is_tried_again(world: World, thread, status: int, code: int):
    world.env.inject_error("POST", MESSAGES, status=status, code=code, times=1)
    await world.ann.send(thread, ASSERTED)
    assert world.ours(thread) == []
    await world.env.advance_time(30)
    assert len(world.ours(thread)) == 1


@pytest.mark.parametrize(
    ("status", "code"), [(403, 50013), (403, 50001), (400, 50083), (404, 10003), (404, 10008), (400, 50035)]
)
async def test_send_when_refused_for_good_then_is_not_repeated(world: World, thread, status: int, code: int):
    world.env.inject_error("POST", MESSAGES, status=status, code=code, times=None)
    await world.ann.send(thread, ASSERTED)
    await world.env.advance_time(60)
    assert len(world.posted()) == 1
    assert (await world.store.status()).outbox == 0


async def test_send_when_its_answer_was_lost_then_the_standing_reply_is_found(world: World, thread):
    """The message exists, we were killed before noting it: the history says so after a restart."""
    lost = world.store.mark_sent

    async def crash(_item_id: int, _message_id: int) -> None:
        raise RuntimeError("killed here")

    world.store.mark_sent = crash
    await world.ann.send(thread, ASSERTED)
    world.store.mark_sent = lost
    assert [type(error) for error in world.env.errors] == [RuntimeError]
    assert (await world.store.status()).outbox == 1
    await world.env.advance_time(120)
    await world.restart()
    await world.env.advance_time(30)
    assert len(world.ours(thread)) == 1
    assert (await world.store.status()).outbox == 0


async def test_send_when_the_post_is_deleted_meanwhile_then_nothing_stays(world: World, thread):
    """Deleted between promise and sending."""
    world.env.inject_error("POST", MESSAGES, status=503, times=1)
    post = await world.ann.send(thread, ASSERTED)
    await world.ann.delete(post)
    await world.env.advance_time(60)
    assert world.ours(thread) == []
    assert len(world.posted()) == 1


async def test_duty_when_it_fails_unexpectedly_then_upkeep_goes_on(world: World, thread):
    """A loop of discord.py stops for good on the first exception it does not know."""
    working = world.store.outbox_due

    async def broken(*_: object, **__: object) -> None:
        raise KeyError("x")

    world.env.inject_error("POST", MESSAGES, status=503, times=1)
    await world.ann.send(thread, ASSERTED)
    world.store.outbox_due = broken
    await world.env.advance_time(20)
    assert world.bot.errors[-1].where == "sending promised replies"
    world.store.outbox_due = working
    await world.env.advance_time(20)
    assert len(world.ours(thread)) == 1


class _Answer:
    """As much of an HTTP answer as discord.py's exceptions read."""

    def __init__(self, status: int) -> None:
        self.status, self.reason = status, ""


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (discord.RateLimited(40.0), SendOutcome.RATE_LIMITED),
        (discord.HTTPException(_Answer(429), "no Via header"), SendOutcome.RATE_LIMITED),
        (discord.DiscordServerError(_Answer(502), ""), SendOutcome.SERVER_ERROR),
        (aiohttp.ServerDisconnectedError(), SendOutcome.CONNECTION_LOST),
        (ConnectionResetError(104, ""), SendOutcome.CONNECTION_LOST),
        (TimeoutError(), SendOutcome.CONNECTION_LOST),
        (discord.HTTPException(_Answer(400), {"code": 160005, "message": ""}), SendOutcome.THREAD_CLOSED),
        (discord.HTTPException(_Answer(400), {"code": 50035, "message": ""}), SendOutcome.REFUSED),
    ],
    ids=lambda one: getattr(one, "value", type(one).__name__),
)
def test_outcome_of_each_failure_then_is_named(error: Exception, outcome: SendOutcome):
    assert outcome_of(error) is outcome


class TestDeadline:
    """Discord that does not answer at all."""

    @pytest.fixture
    def options(self) -> BotOptions:
        return BotOptions(send_deadline_s=0.5, upkeep_seconds=3600)

    async def test_send_when_discord_does_not_answer_then_the_deadline_ends_it(self, world: World, thread):
        """aiohttp alone would wait five minutes; nobody else gets an answer in that time."""
        world.env.inject_error("POST", MESSAGES, status=503, times=1)
        await world.ann.send(thread, ASSERTED)
        (item,) = await world.store.outbox_due(world.clock.now() + timedelta(minutes=5))

        async def hanging(*_: object, **__: object) -> None:
            await asyncio.Event().wait()

        world.bot.http.send_message = hanging
        plan = await asyncio.wait_for(deliver(world.bot, item, world.bot.posts.mark()), 10)
        assert (plan.step, plan.reason) == (NextStep.RETRY, "connection-lost")


class TestLongRuns:
    """Minutes and days, with an upkeep that ticks less often so that they pass quickly."""

    @pytest.fixture
    def options(self) -> BotOptions:
        return BotOptions(upkeep_seconds=60)

    async def test_send_when_discord_is_down_for_long_then_is_given_up_after_minutes(self, world: World, thread):
        """A reply that comes much too late has lost its place; and an outage is no reason for a storm."""
        world.env.inject_error("POST", MESSAGES, status=503, times=None)
        await world.ann.send(thread, ASSERTED)
        await world.env.advance_time(900)
        assert (await world.store.status()).outbox == 0
        assert len(world.posted()) <= 10

    async def test_texts_when_older_than_retention_then_are_erased(self, world: World, thread):
        await world.store.record_request(world.guild.id, "Is there a note about tides?", asker_id=5)
        world.clock.ahead = timedelta(days=31)
        await world.env.advance_time(61)
        assert await world.store.requests(world.guild.id) == ()
