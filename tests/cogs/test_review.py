"""Review cards: a moderator releases or dismisses, the first click wins, also weeks later."""

from __future__ import annotations

import pytest

from bot.core.domain import Mode
from tests.cogs.conftest import ASSERTED, World, text_of


@pytest.fixture
async def thread(world: World):
    await world.watch(Mode.REVIEW)
    return await world.open_thread(world.ann, "Moon", ASSERTED)


async def test_post_in_review_mode_then_a_card_asks_and_nothing_is_posted(world: World, thread):
    assert world.ours(thread) == []
    (card,) = world.ours(world.mods)
    said = text_of(card)
    assert f"/{thread.id}/{thread.id}" in said
    assert "score 0.95" in said
    assert "No record shows it" in said


async def test_post_between_thresholds_in_auto_then_a_card_asks(world: World):
    await world.watch(Mode.AUTO)
    thread = await world.open_thread(world.ann, "Moon", "Hm, maybe the moon base is there after all?")
    assert world.ours(thread) == []
    assert len(world.ours(world.mods)) == 1


async def test_post_button_when_clicked_by_a_moderator_after_a_restart_then_reply_is_sent(world: World, thread):
    await world.restart()
    (card,) = world.ours(world.mods)
    await world.mod.click(card, label="Post")
    (reply,) = world.ours(thread)
    assert reply.reference.message_id == thread.id
    assert f"Posted by <@{world.mod.id}>" in text_of(world.ours(world.mods)[0])


async def test_dismissal_when_clicked_then_nothing_is_sent(world: World, thread):
    (card,) = world.ours(world.mods)
    await world.mod.click(card, label="Not asserted")
    await world.env.advance_time(30)
    assert world.ours(thread) == []
    assert (await world.store.status()).open_reviews == 0


async def test_second_click_then_is_told_who_was_faster(world: World, thread):
    """Two moderators look at one card; the second one's client still shows the buttons."""
    (card,) = world.ours(world.mods)
    custom_id = world.button(card, "Post")
    item_id = int(custom_id.rpartition(":")[2])
    await world.store.resolve_review(item_id, actor_id=world.mod.id, outcome="dismissed-false-match")
    result = await world.mod2.click(card, label="Post")
    assert f"<@{world.mod.id}> was faster" in text_of(result.response)
    assert world.ours(thread) == []


async def test_member_when_clicking_a_card_then_is_refused_at_the_click(world: World, thread):
    (card,) = world.ours(world.mods)
    result = await world.bob.click(card, label="Post")
    assert "Only moderators" in text_of(result.response)
    assert result.response.ephemeral
    assert world.ours(thread) == []
    assert (await world.store.status()).open_reviews == 1


async def test_card_when_discord_fails_then_is_sent_later(world: World):
    await world.watch(Mode.REVIEW)
    world.env.inject_error("POST", "/channels/*/messages", status=503, times=1)
    await world.open_thread(world.ann, "Moon", ASSERTED)
    assert world.ours(world.mods) == []
    await world.env.advance_time(15)
    assert len(world.ours(world.mods)) == 1


async def test_edit_of_a_waiting_post_then_its_card_is_renewed_not_doubled(world: World, thread):
    post = await world.bob.send(thread, "Hm, maybe the moon base is there after all?")
    assert len(world.ours(world.mods)) == 2
    await world.bob.edit(post, f"I checked. {ASSERTED}")
    cards = world.ours(world.mods)
    assert len(cards) == 2
    assert "score 0.95" in text_of(cards[1])
