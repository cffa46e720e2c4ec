"""From gateway event to reply, in SimCord's Discord."""

from __future__ import annotations

import discord
import pytest

from bot.core.domain import Mode
from bot.core.errors import ScreenerBusy
from tests.cogs.conftest import ALSO_ASSERTED, ASSERTED, DENIED, REPORTED, World, text_of


async def test_post_when_it_asserts_a_claim_in_auto_then_is_answered_once(world: World):
    """The one path that must work: under the post, with both sides, pinging nobody."""
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", "What do you think about this topic here?")
    post = await world.ann.send(thread, ASSERTED)
    await world.env.advance_time(30)
    (reply,) = world.ours(thread)
    assert reply.reference.message_id == post.id
    assert "No record shows it" in text_of(reply)
    assert "Some say so" in text_of(reply)
    assert reply.flags.components_v2
    assert reply.mentions == []
    (sent,) = world.posted()
    assert sent["nonce"] == str(post.id)
    assert sent["message_reference"]["fail_if_not_exists"] is False
    assert sent["allowed_mentions"] == {"parse": []}


async def test_opener_when_it_asserts_a_claim_then_is_answered(world: World):
    """A forum post's first message has the thread's id; nothing is said before it exists."""
    await world.watch()
    thread = await world.open_thread(world.ann, "The moon base was built", "Nothing more to say about it, my friends.")
    (reply,) = world.ours(thread)
    assert reply.reference.message_id == thread.id


@pytest.mark.parametrize("text", [DENIED, REPORTED, "Nice weather in the harbour today, is it not?"])
async def test_post_when_it_does_not_assert_then_nothing_is_said(world: World, text: str):
    """Denials, reports and other talk stay unanswered."""
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", text)
    assert world.ours(thread) == []
    assert world.screener.assessed == [text]


@pytest.mark.parametrize("mode", [Mode.SHADOW, Mode.OFF])
async def test_post_when_mode_is_silent_then_nothing_is_posted(world: World, mode: Mode):
    """Shadow judges and stores; off does not even read."""
    await world.watch(mode)
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    assert world.ours(thread) == []
    assert world.ours(world.mods) == []
    assert (await world.store.status()).posts == (mode is Mode.SHADOW)


async def test_post_when_forum_was_never_opted_in_then_is_not_read(world: World):
    """Nothing is watched by default."""
    await world.open_thread(world.ann, "Moon", ASSERTED)
    await world.ann.send(world.plain, ASSERTED)
    assert world.screener.assessed == []


async def test_text_channel_when_opted_in_then_is_answered_too(world: World):
    """Not only forums: a channel that was opted in, and nobody else's."""
    await world.watch(channel=world.plain)
    await world.ann.send(world.plain, ASSERTED)
    assert len(world.ours(world.plain)) == 1


async def test_claim_when_said_twice_in_a_thread_then_is_answered_once(world: World):
    """One note a claim and thread; another claim gets its own."""
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    await world.bob.send(thread, f"Yes! {ASSERTED}")
    await world.bob.send(thread, ALSO_ASSERTED)
    assert len(world.ours(thread)) == 2


async def test_event_when_delivered_twice_then_is_handled_once(world: World):
    """A RESUME may replay what was handled; discord.py does not notice."""
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", "What do you think about this topic here?")
    post = await world.ann.send(thread, ASSERTED)
    stored = world.env.backend.get_message(thread.id, post.id)
    world.env.backend.announce_message_create(stored)
    await world.env.settle()
    assert len(world.ours(thread)) == 1


async def test_bots_and_webhooks_when_they_assert_then_are_left_alone(world: World):
    """Automatic authors are out of scope, ourselves included."""
    await world.watch(channel=world.plain)
    other = world.guild.add_member(world.env.create_user("newsbot", bot=True))
    await other.send(world.plain, ASSERTED)
    await world.guild.create_webhook(world.plain).send(ASSERTED)
    assert world.screener.assessed == []


async def test_direct_message_when_sent_to_the_bot_then_is_not_read(world: World):
    """The bot does not even ask Discord for direct messages."""
    await world.ann.send_dm(ASSERTED)
    assert world.screener.assessed == []


async def test_post_when_judge_is_busy_then_is_judged_later(world: World):
    """Busy now does not mean lost."""
    await world.watch()
    world.screener.error = ScreenerBusy("busy")
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    assert world.ours(thread) == []
    world.screener.error = None
    await world.env.advance_time(60)
    assert len(world.ours(thread)) == 1


async def test_messages_when_sent_while_the_bot_was_away_then_are_caught_up(world: World):
    """A new session replays nothing: the cursors say where to go on."""
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", "What do you think about this topic here?")
    await world.env.advance_time(10)
    feed = world.env.backend.subscribers[:]
    world.env.backend.subscribers.clear()  # events go nowhere: the bot is away
    missed = world.env.backend.create_message(thread.id, world.ann.id, ASSERTED)
    world.env.backend.subscribers.extend(feed)
    await world.restart()
    (reply,) = world.ours(thread)
    assert reply.reference.message_id == missed.id


@pytest.mark.parametrize("closed", ["locked", "archived"])
async def test_thread_when_locked_or_archived_then_is_not_revived(world: World, closed: str):
    """A reply would un-archive the thread against somebody's will."""
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", "What do you think about this topic here?")
    world.env.backend.edit_channel(thread.id, {}, thread_metadata={closed: True})
    await world.env.settle()
    await world.mod.send(thread, ASSERTED)
    assert world.ours(thread) == []
    assert (await world.store.status()).outbox == 0


async def test_permission_when_missing_then_no_refused_request_is_made(world: World):
    """Ten thousand refused requests are a ban: ask the cache, not Discord."""
    silent = discord.PermissionOverwrite(send_messages=False)
    quiet = world.guild.create_text_channel("quiet", overwrites={world.bot.user: silent})
    await world.watch(channel=quiet)
    await world.ann.send(quiet, ASSERTED)
    await world.env.advance_time(30)
    assert world.posted() == []
    assert "Send Messages" in world.bot.channel_problems[quiet.id]
    assert (await world.store.status()).outbox == 0
