"""Contest: a member's own words reach the moderators without a name, and the reply is kept or withdrawn."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.core.domain import ForumSettings, Mode
from bot.core.errors import StoreUnavailable
from cogs._review_card import send_card
from tests.cogs.conftest import ASSERTED, World, text_of
from tests.cogs.curating import click_together, standing_in

WORDS = "@everyone this **note** is [about](https://x.example) another base"
BUTTONS = ("Keep the reply", "Withdraw the reply", "Note does not fit")


@pytest.fixture
async def thread(world: World):
    await world.watch()
    return await world.open_thread(world.ann, "Moon", ASSERTED)


@pytest.fixture
async def reply(world: World, thread):
    return world.ours(thread)[0]


async def contest(world: World, person, reply, words: str = WORDS):
    """Press Contest and send the form."""
    opened = await person.click(reply, label="Contest")
    return await person.submit_modal(opened, {"words": words})


async def cards(world: World) -> list:
    """The bot's messages in the moderators' channel."""
    return world.ours(world.mods)


async def test_contest_then_the_member_is_told_what_happens_next(world: World, reply):
    opened = await world.bob.click(reply, label="Contest")
    field = opened.modal["components"][0]
    assert (field["component"]["required"], field["component"]["max_length"]) == (False, 600)
    assert "not told who wrote it" in field["description"]
    result = await world.bob.submit_modal(opened, {"words": WORDS})
    assert result.response.ephemeral
    assert "keep it or withdraw it" in text_of(result.response)
    assert "not told who wrote it" in text_of(result.response)


async def test_contest_then_a_card_shows_the_words_without_a_name_and_they_do_nothing(world: World, reply):
    await contest(world, world.bob, reply)
    (card,) = await cards(world)
    said = text_of(card)
    assert "A member contests this reply" in said
    assert r"\*\*note\*\* is \[about\]" in said
    assert "@everyone" not in said
    assert f"/{reply.channel.id}/{reply.id}" in said
    assert "No record shows it" in said
    assert "0.95: of 100 posts that score like this, about 95 assert the claim" in said
    assert all(label in said for label in BUTTONS)
    assert not {"Post", "Not worth it"} & set(said.splitlines())
    assert str(world.bob.id) not in said
    assert world.posted()[-1]["allowed_mentions"]["parse"] == []


async def test_contest_without_words_then_the_card_says_that_there_are_none(world: World, reply):
    await contest(world, world.bob, reply, "")
    (card,) = await cards(world)
    assert "1 without words" in text_of(card)


async def test_contest_twice_by_one_member_then_the_words_are_replaced_on_the_same_card(world: World, reply):
    await contest(world, world.bob, reply, "first words")
    result = await contest(world, world.bob, reply, "second words")
    assert "replaces what you wrote before" in text_of(result.response)
    (card,) = await cards(world)
    assert "A member contests this reply" in text_of(card)
    assert "second words" in text_of(card)
    assert "first words" not in text_of(card)


async def test_contest_by_two_members_then_one_card_counts_them_also_after_a_restart(world: World, reply):
    await contest(world, world.bob, reply, "bob objects")
    await world.restart()
    world.clock.ahead = timedelta(seconds=1)
    await contest(world, world.ann, reply, "ann objects")
    (card,) = await cards(world)
    said = text_of(card)
    assert "2 members contest this reply" in said
    assert said.index("bob objects") < said.index("ann objects")


async def test_cards_at_the_same_moment_then_one_shows_both(world: World, thread, reply):
    """Two members' forms, or a form and upkeep, find an item without a card."""
    for person in (world.ann, world.bob):
        await world.store.contest(reply.id, person.id, person.name)
    item = await world.store.open_review(thread.id)
    settings = await world.store.forum(world.guild.id, world.forum.id)
    await asyncio.gather(*(send_card(world.bot, item, settings) for _ in range(3)))
    assert len([one for one in world.posted() if "Keep the reply" in str(one)]) == 1
    (card,) = await cards(world)
    assert "2 members contest" in text_of(card)


async def test_contests_by_a_crowd_then_the_card_keeps_within_the_limit(world: World, reply):
    """Each with the longest text, all of it needing escapes."""
    for number in range(12):
        await world.store.contest(reply.id, 1_000 + number, "_" * 600)
    world.clock.ahead = timedelta(seconds=1)
    await contest(world, world.bob, reply, "the last one")
    (card,) = await cards(world)
    said = text_of(card)
    assert "13 members contest this reply" in said
    assert "and 12 more" in said
    assert len(said) < 4_000


async def test_keep_then_the_reply_stands_and_the_card_says_who_decided(world: World, thread, reply):
    await contest(world, world.bob, reply)
    (card,) = await cards(world)
    await world.restart()
    await world.mod.click(card, label="Keep the reply")
    (closed,) = await cards(world)
    assert f"Reply kept by <@{world.mod.id}>" in text_of(closed)
    assert "another base" not in text_of(closed)
    assert [one.id for one in world.ours(thread)] == [reply.id]
    assert await world.store.contests(reply.reference.message_id) == ()


async def test_withdraw_then_the_message_is_gone_and_stays_gone(world: World, thread, reply):
    await contest(world, world.bob, reply)
    (card,) = await cards(world)
    await world.mod.click(card, label="Withdraw the reply")
    assert world.ours(thread) == []
    assert f"Reply withdrawn by <@{world.mod.id}>" in text_of((await cards(world))[0])
    assert await world.store.replies_to_delete() == ()
    await world.env.advance_time(60)
    assert world.ours(thread) == []


async def test_withdraw_when_discord_fails_then_the_message_is_deleted_later(world: World, thread, reply):
    await contest(world, world.bob, reply)
    world.env.inject_error("DELETE", "/channels/*/messages/*", status=503, times=1)
    await world.mod.click((await cards(world))[0], label="Withdraw the reply")
    assert len(world.ours(thread)) == 1
    await world.env.advance_time(30)
    assert world.ours(thread) == []


async def test_note_does_not_fit_then_reply_is_gone_and_curators_are_asked_to_look(world: World, thread, reply):
    await contest(world, world.bob, reply)
    await world.mod.click((await cards(world))[0], label="Note does not fit")
    assert world.ours(thread) == []
    said = text_of((await cards(world))[0])
    assert "the note does not fit" in said
    assert "Curators" in said
    assert "`moon-base` (`/note show`)" in said


async def test_two_moderators_at_once_then_one_decides_and_the_other_is_told_who_and_when(world: World, thread, reply):
    await contest(world, world.bob, reply)
    (card,) = await cards(world)
    results = await click_together(world, "Withdraw the reply", (world.mod, card), (world.mod2, card))
    told = [text_of(result.response) for result in results if result.response and result.response.ephemeral]
    assert len(told) == 1
    assert "was faster (Reply withdrawn, <t:" in told[0]
    assert world.ours(thread) == []


async def test_member_when_clicking_a_contested_card_then_is_refused(world: World, thread, reply):
    await contest(world, world.bob, reply)
    (card,) = await cards(world)
    for label in BUTTONS:
        result = await world.ann.click(card, label=label)
        assert "Only moderators" in text_of(result.response)
    assert len(world.ours(thread)) == 1


async def test_contest_after_the_decision_then_its_author_is_told_and_another_member_is_heard(world: World, reply):
    await contest(world, world.bob, reply)
    await world.mod.click((await cards(world))[0], label="Keep the reply")
    again = await contest(world, world.bob, reply, "once more")
    assert "decided on your objection already" in text_of(again.response)
    assert len(await cards(world)) == 1
    await contest(world, world.ann, reply, "ann objects")
    closed, fresh = await cards(world)
    assert "Reply kept" in text_of(closed)
    assert "ann objects" in text_of(fresh)
    assert "once more" not in text_of(fresh)


async def test_contest_of_a_reply_that_a_moderator_posted_then_it_comes_back(world: World):
    await world.watch(Mode.REVIEW)
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    await world.mod.click((await cards(world))[0], label="Post")
    await contest(world, world.bob, world.ours(thread)[0])
    posted, contested = await cards(world)
    assert "Posted by" in text_of(posted)
    assert "A member contests this reply" in text_of(contested)
    await world.mod2.click(contested, label="Withdraw the reply")
    assert world.ours(thread) == []


async def test_form_when_storing_fails_then_it_comes_back_with_the_text(world: World, reply):
    kept = world.store.contest

    async def locked(*_: object) -> bool:
        raise StoreUnavailable("The database is locked. Please try again in a moment.")

    world.store.contest = locked
    failed = await contest(world, world.bob, reply)
    assert "locked" in text_of(failed.response)
    assert "Nothing you typed is lost" in text_of(failed.response)
    world.store.contest = kept
    again = await world.bob.click(failed.response, label="Open the form again")
    assert standing_in(again) == {"words": WORDS}
    await world.bob.submit_modal(again, standing_in(again))
    assert "another base" in text_of((await cards(world))[0])


async def test_form_when_the_reply_was_withdrawn_meanwhile_then_says_so(world: World, reply):
    opened = await world.bob.click(reply, label="Contest")
    await world.store.withdraw(reply.reference.message_id, "deleted")
    result = await world.bob.submit_modal(opened, {"words": WORDS})
    assert "does not stand any more" in text_of(result.response)
    assert await cards(world) == []


async def test_contest_when_there_is_no_moderators_channel_then_says_what_to_do_before_anything_is_typed(
    world: World, reply
):
    settings = ForumSettings(world.guild.id, world.forum.id, Mode.AUTO)
    await world.store.put_forum(settings, actor_id=1)
    result = await world.bob.click(reply, label="Contest")
    assert result.modal is None
    assert "write to a moderator" in text_of(result.response)


async def test_card_when_discord_fails_then_the_words_are_brought_later(world: World, reply):
    world.env.inject_error("POST", "/channels/*/messages", status=503, times=1)
    result = await contest(world, world.bob, reply)
    assert "Thank you" in text_of(result.response)
    assert await cards(world) == []
    await world.env.advance_time(15)
    assert "another base" in text_of((await cards(world))[0])


async def test_card_when_a_moderator_deleted_it_then_the_next_objection_brings_a_new_one(world: World, thread, reply):
    await contest(world, world.bob, reply, "bob objects")
    await world.mod.delete((await cards(world))[0])
    await contest(world, world.ann, reply, "ann objects")
    await world.env.advance_time(15)
    (card,) = await cards(world)
    assert "2 members contest" in text_of(card)
    await world.mod.click(card, label="Withdraw the reply")
    assert world.ours(thread) == []


async def test_post_when_deleted_then_its_contested_card_shows_no_words(world: World):
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", "What do you think about this topic here?")
    post = await world.ann.send(thread, ASSERTED)
    await contest(world, world.bob, world.ours(thread)[0], "bob objects")
    await world.ann.delete(post)
    said = text_of((await cards(world))[0])
    assert "bob objects" not in said
    assert "moon base" not in said
