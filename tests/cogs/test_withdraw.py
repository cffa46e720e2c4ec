"""Edits and deletions: what was said about words that are gone must go as well."""

from __future__ import annotations

import pytest

from bot.core.domain import Mode
from tests.cogs.conftest import ASSERTED, World, text_of

HARMLESS = "I take that back, sorry, I was wrong about all of it."


@pytest.fixture
async def thread(world: World):
    await world.watch()
    return await world.open_thread(world.ann, "Moon", "What do you think about this topic here?")


async def test_edit_when_it_takes_the_claim_out_then_reply_is_deleted(world: World, thread):
    post = await world.ann.send(thread, ASSERTED)
    assert len(world.ours(thread)) == 1
    await world.ann.edit(post, HARMLESS)
    assert world.ours(thread) == []
    assert await world.store.replies_to_delete() == ()


async def test_edit_when_the_claim_stays_then_reply_stays(world: World, thread):
    post = await world.ann.send(thread, ASSERTED)
    await world.ann.edit(post, f"{ASSERTED} (Typo corrected.)")
    assert len(world.ours(thread)) == 1


async def test_edit_when_it_brings_a_claim_in_then_is_answered(world: World, thread):
    post = await world.ann.send(thread, HARMLESS)
    await world.ann.edit(post, ASSERTED)
    assert len(world.ours(thread)) == 1


async def test_edit_of_a_post_unknown_to_the_cache_then_is_screened(world: World, thread):
    """The message cache is short and empty after a restart; only the raw event comes."""
    post = await world.ann.send(thread, ASSERTED)
    await world.restart()
    await world.ann.edit(post, HARMLESS)
    assert world.ours(thread) == []


async def test_update_without_an_edit_then_is_not_screened(world: World, thread):
    """Discord sends the same event when it adds a link's preview or a pin."""
    post = await world.ann.send(thread, HARMLESS)
    judged = len(world.screener.assessed)
    await world.mod.set_pinned(post, True)
    assert len(world.screener.assessed) == judged


async def test_deletion_then_reply_is_deleted_and_text_erased(world: World, thread):
    post = await world.ann.send(thread, ASSERTED)
    await world.ann.delete(post)
    assert world.ours(thread) == []
    assert await world.store.sent_reply(post_id=post.id) is None


async def test_bulk_deletion_then_replies_are_deleted(world: World, thread):
    post = await world.ann.send(thread, ASSERTED)
    other = await world.ann.send(thread, HARMLESS)
    world.env.backend.bulk_delete_messages(thread.id, [post.id, other.id])
    await world.env.settle()
    assert world.ours(thread) == []


async def test_deletion_of_a_thread_then_all_its_posts_are_erased(world: World, thread):
    """Discord names the thread only."""
    post = await world.ann.send(thread, ASSERTED)
    assert await world.store.sent_reply(post_id=post.id) is not None
    world.env.backend.delete_channel(thread.id)
    await world.env.settle()
    assert await world.store.sent_reply(post_id=post.id) is None
    assert await world.store.replies_to_delete() == ()
    assert await world.store.claims_said(thread.id) == frozenset()


async def test_deletion_when_discord_fails_then_reply_is_deleted_later(world: World, thread):
    """An outage must not leave a reply under nothing."""
    post = await world.ann.send(thread, ASSERTED)
    world.env.inject_error("DELETE", "/channels/*/messages/*", status=503, times=1)
    await world.ann.delete(post)
    assert len(world.ours(thread)) == 1
    await world.env.advance_time(30)
    assert world.ours(thread) == []


async def test_deleted_post_when_a_card_stands_then_card_shows_its_words_no_more(world: World):
    """A copy of deleted words in the moderators' channel would outlive the deletion."""
    await world.watch(Mode.REVIEW)
    thread = await world.open_thread(world.ann, "Moon", "What do you think about this topic here?")
    post = await world.ann.send(thread, ASSERTED)
    assert "moon base was built" in text_of(world.ours(world.mods)[0])
    await world.ann.delete(post)
    assert "moon base was built" not in text_of(world.ours(world.mods)[0])
