"""What the client asks Discord for, and that a failed registration of commands does not stop it."""

from __future__ import annotations

import discord
import pytest
import simcord

from bot.client import BotOptions, FootnoteBot, intents_for
from bot.core.errors import BadInput
from tests.cogs.conftest import SCRIPT, WorldClock, services
from tests.fakes import FakeScreener, MemoryStore


def make_bot(options: BotOptions | None = None) -> FootnoteBot:
    return FootnoteBot(services(MemoryStore(), FakeScreener(SCRIPT), WorldClock(), options or BotOptions()))


@pytest.mark.parametrize("has_content", [True, False])
def test_intents_then_are_the_least_that_is_needed(has_content: bool):
    """No members, no presences, no direct messages; message content only where it is allowed."""
    intents = intents_for(BotOptions(message_content=has_content))
    asked = {name for name, is_asked in intents if is_asked}
    assert asked == {"guilds", "guild_messages"} | ({"message_content"} if has_content else set())


def test_mentions_then_are_never_allowed():
    """Nothing this bot writes may ping, whatever a quote or a note contains."""
    allowed = make_bot().allowed_mentions
    assert (allowed.everyone, allowed.users, allowed.roles, allowed.replied_user) == (False, False, False, False)


async def test_start_when_commands_cannot_be_registered_then_goes_on():
    """Those of the last start still stand; watching matters more."""
    bot = make_bot()
    env = simcord.Env(bot, shard_count=1)
    env.inject_error("PUT", "/applications/*/commands", status=403, code=50001)
    await env.start()
    assert bot.errors[-1].where == "registering the commands"
    assert {"Ratings", "Review", "Context", "Watch", "Forum", "Status", "Upkeep"} <= set(bot.cogs)
    await env.shutdown()


async def test_sentence_when_error_is_known_then_is_its_own_and_nothing_is_reported():
    bot = make_bot()
    assert bot.sentence_for(BadInput("That link leads nowhere."), "x") == "That link leads nowhere."
    assert "try again" in bot.sentence_for(discord.RateLimited(40.0), "x")
    assert not bot.errors


async def test_sentence_when_error_is_unknown_then_holds_a_number_and_no_detail(caplog: pytest.LogCaptureFixture):
    bot = make_bot()
    said = bot.sentence_for(ValueError("secret detail"), "button fn:up")
    assert bot.errors[-1].short_id in said
    assert "secret" not in said
    assert bot.errors[-1].short_id in caplog.text
