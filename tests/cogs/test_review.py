"""Review cards: a moderator releases or dismisses, the first click wins, also weeks later."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.domain import Mode, Point, Stance
from tests.cogs.conftest import ALSO_ASSERTED, ASSERTED, NOTES, World, text_of
from tests.cogs.curating import click_together
from tests.fakes import finding


@pytest.fixture
async def thread(world: World):
    await world.watch(Mode.REVIEW)
    return await world.open_thread(world.ann, "Moon", ASSERTED)


async def test_post_in_review_mode_then_a_card_asks_and_nothing_is_posted(world: World, thread):
    assert world.ours(thread) == []
    (card,) = world.ours(world.mods)
    said = text_of(card)
    assert f"/{thread.id}/{thread.id}" in said
    assert said.startswith(
        "**The post probably asserts this claim.** 0.95: of 100 posts that score like this, about 95"
    )
    assert "from 0.80 on the bot may answer by itself, but here a moderator decides" in said
    assert "Claim `moon-base`: “A moon base was built in secret”" in said
    assert "Matched words: “moon base was built in se”" in said
    assert "No record shows it" in said


async def test_post_between_thresholds_in_auto_then_a_card_asks(world: World):
    await world.watch(Mode.AUTO)
    thread = await world.open_thread(world.ann, "Moon", "Hm, maybe the moon base is there after all?")
    assert world.ours(thread) == []
    (card,) = world.ours(world.mods)
    assert "0.60: of 100 posts" in text_of(card)
    assert "from 0.50 on a moderator is asked." in text_of(card)


async def test_post_button_when_clicked_by_a_moderator_after_a_restart_then_reply_is_sent(world: World, thread):
    await world.restart()
    (card,) = world.ours(world.mods)
    await world.mod.click(card, label="Post")
    (reply,) = world.ours(thread)
    assert reply.reference.message_id == thread.id
    assert f"Posted by <@{world.mod.id}>" in text_of(world.ours(world.mods)[0])


async def test_post_button_when_the_note_changed_meanwhile_then_the_reply_says_what_it_says_now(world: World, thread):
    newer = replace(NOTES["moon-base"], documented=(Point("A record of 2026 shows none.", (1,)),))
    await world.store.library.take_in(world.guild.id, [newer], actor_id=7, reason="Newer record")
    await world.bot.reload_notes()
    await world.mod.click(world.ours(world.mods)[0], label="Post")
    assert "A record of 2026 shows none" in text_of(world.ours(thread)[0])


async def test_post_button_when_the_note_was_retired_meanwhile_then_nothing_is_posted(world: World, thread):
    await world.store.library.retire(world.guild.id, "moon-base", actor_id=7, reason="Out of date")
    await world.bot.reload_notes()
    (card,) = world.ours(world.mods)
    result = await world.mod.click(card, label="Post")
    assert "is not in use any more" in text_of(result.response)
    assert world.ours(thread) == []
    assert (await world.store.status()).open_reviews == 1


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
    for label in ("Post", "Edit and post"):
        result = await world.mod2.click(card, label=label)
        assert result.modal is None
        assert f"<@{world.mod.id}> was faster (False match, <t:" in text_of(result.response)
    assert world.ours(thread) == []


async def test_two_moderators_at_once_then_one_reply_is_sent_and_one_is_told(world: World, thread):
    (card,) = world.ours(world.mods)
    results = await click_together(world, "Post", (world.mod, card), (world.mod2, card))
    told = [text_of(result.response) for result in results if result.response and result.response.ephemeral]
    assert len(told) == 1
    assert "was faster (Posted, <t:" in told[0]
    assert len(world.ours(thread)) == 1


async def test_card_of_a_post_whose_likeliest_reading_is_another_then_says_so(world: World):
    await world.watch(Mode.AUTO)
    world.screener.script["heard of that moon base"] = [finding("moon-base", 0.55, Stance.REPORTS, span=(0, 20))]
    await world.open_thread(world.ann, "Moon", "So many people have heard of that moon base by now.")
    (card,) = world.ours(world.mods)
    assert text_of(card).startswith("**The post may assert this claim, though it more likely reports it.** 0.55")


async def test_card_of_a_long_reply_then_both_fit_one_message(world: World):
    """The lint lets no such note through; a card must be sent all the same."""
    long = replace(NOTES["moon-base"], documented=tuple(Point("word " * 110 + "end.", (1,)) for _ in range(6)))
    await world.store.library.take_in(world.guild.id, [long], actor_id=1, reason="Long")
    await world.bot.reload_notes()
    await world.watch(Mode.REVIEW)
    thread = await world.open_thread(world.ann, "Moon", ASSERTED + " So much for that." * 20)
    (card,) = world.ours(world.mods)
    assert "The rest does not fit on this card" in text_of(card)
    assert len(text_of(card)) <= 4_000
    await world.mod.click(card, label="Post")
    assert "Agency A" in text_of(world.ours(thread)[0])


async def snooze(world: World, card, days: str = "7"):
    """A moderator snoozes the card's claim; returns the private answer."""
    asked = await world.mod.click(card, label="Snooze this claim here")
    await world.mod.select(asked.response, [days])
    return asked.response


async def test_snooze_then_the_card_is_closed_and_the_claim_is_quiet_in_this_forum_only(world: World, thread):
    (card,) = world.ours(world.mods)
    said = text_of(await snooze(world, card))
    assert f"Snoozed in <#{world.forum.id}> until <t:" in said
    (closed,) = world.ours(world.mods)
    assert f"by <@{world.mod.id}>" in text_of(closed)
    assert "`moon-base`" in text_of(closed)
    assert "Post" not in text_of(closed).splitlines()
    await world.watch(Mode.AUTO)
    other = await world.open_thread(world.bob, "Moon again", ASSERTED)
    assert world.ours(other) == []
    assert len(world.ours(world.mods)) == 1
    await world.open_thread(world.bob, "River", ALSO_ASSERTED)
    await world.watch(Mode.AUTO, world.plain)
    await world.bob.send(world.plain, ASSERTED)
    assert len(world.ours(world.plain)) == 1


@pytest.mark.parametrize("days", ["1", "7", "30"])
async def test_snooze_when_its_days_are_over_then_the_claim_is_answered_again(world: World, thread, days: str):
    await snooze(world, world.ours(world.mods)[0], days)
    await world.watch(Mode.AUTO)
    world.clock.ahead = timedelta(days=int(days)) - timedelta(minutes=5)
    assert world.ours(await world.open_thread(world.bob, "Moon again", ASSERTED)) == []
    world.clock.ahead = timedelta(days=int(days), minutes=5)
    assert len(world.ours(await world.open_thread(world.bob, "Moon once more", ASSERTED))) == 1


async def test_snooze_after_a_restart_when_another_was_faster_then_holds_and_says_so(world: World, thread):
    (card,) = world.ours(world.mods)
    asked = await world.mod.click(card, label="Snooze this claim here")
    await world.restart()
    await world.mod2.click(card, label="False match")
    await world.mod.select(asked.response, ["30"])
    assert f"<@{world.mod2.id}> was faster (False match" in text_of(asked.response)
    assert "False match by" in text_of(world.ours(world.mods)[0])
    assert await world.store.snoozed(world.guild.id, world.forum.id) == {"moon-base"}


async def test_snooze_when_an_open_card_of_the_claim_is_edited_then_that_card_stays(world: World, thread):
    post = await world.bob.send(thread, ASSERTED)
    first, second = world.ours(world.mods)
    await snooze(world, first)
    await world.bob.edit(post, f"{ASSERTED} (Typo corrected.)")
    assert text_of(world.ours(world.mods)[1]) == text_of(second)
    await world.mod.click(second, label="Post")
    assert len(world.ours(thread)) == 1


async def write_line(world: World, card, line: str):
    """A moderator presses Edit and post and sends the form."""
    opened = await world.mod.click(card, label="Edit and post")
    return await world.mod.submit_modal(opened, {"line": line})


async def test_edit_and_post_then_the_line_stands_above_the_sources_and_is_kept(world: World, thread):
    (card,) = world.ours(world.mods)
    await world.restart()
    result = await write_line(world, card, "Please read **rule 3**, @everyone.")
    assert "on its way" in text_of(result.response)
    (reply,) = world.ours(thread)
    said = text_of(reply)
    assert (
        said.index("would") < said.index(r"From the moderators:** Please read \*\*rule 3\*\*") < said.index("Agency A")
    )
    assert "@everyone" not in said
    assert "with a line of their own" in text_of(world.ours(world.mods)[0])
    kept = await world.store.sent_reply(message_id=reply.id)
    assert any("rule 3" in line for section in kept.reply.sections for line in section.lines)


async def test_edit_and_post_when_another_was_faster_then_nothing_more_is_sent(world: World, thread):
    (card,) = world.ours(world.mods)
    opened = await world.mod.click(card, label="Edit and post")
    await world.mod2.click(card, label="Post")
    late = await world.mod.submit_modal(opened, {"line": "Too late."})
    assert f"<@{world.mod2.id}> was faster (Posted, <t:" in text_of(late.response)
    (reply,) = world.ours(thread)
    assert "Too late" not in text_of(reply)


async def test_edit_and_post_when_the_line_is_blank_then_the_form_comes_back(world: World, thread):
    failed = await write_line(world, world.ours(world.mods)[0], "  ")
    assert "Please write a line" in text_of(failed.response)
    again = await world.mod.click(failed.response, label="Open the form again")
    await world.mod.submit_modal(again, {"line": "Now with words."})
    assert "Now with words" in text_of(world.ours(thread)[0])
    assert "Posted by" in text_of(world.ours(world.mods)[0])


@pytest.mark.parametrize("label", ["Edit and post", "Snooze this claim here"])
async def test_member_when_editing_or_snoozing_then_is_refused(world: World, thread, label: str):
    result = await world.bob.click(world.ours(world.mods)[0], label=label)
    assert result.modal is None
    assert "Only moderators" in text_of(result.response)


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
    assert "0.95: of 100 posts" in text_of(cards[1])
