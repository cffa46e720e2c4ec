"""The circuit breaker: dismissals take a claim or a forum back to review, and a person switches it on again."""

from __future__ import annotations

import discord
import pytest

from bot.core.breaker import CLAIM, FORUM
from bot.core.domain import Mode
from tests.cogs.conftest import ASSERTED, World, text_of

UNSURE = "Hm, maybe the moon base is there after all?"


async def dismissed(world: World, count: int, label: str = "Not asserted", text: str = ASSERTED) -> None:
    """Posts whose cards a moderator dismisses, one after the other, at their real cards."""
    for number in range(count):
        await world.open_thread(world.ann, f"Moon {number}", text)
        await world.mod.click(world.ours(world.mods)[-1], label=label)


def notices(world: World) -> list[discord.Message]:
    return [message for message in world.ours(world.mods) if "Too many dismissals" in text_of(message)]


@pytest.fixture
async def tripped(world: World) -> discord.Message:
    """A claim that was dismissed too often in review; the forum then goes to auto."""
    await world.watch(Mode.REVIEW)
    await dismissed(world, CLAIM.limit)
    await world.watch(Mode.AUTO)
    (notice,) = notices(world)
    return notice


async def test_dismissals_when_one_too_few_then_nothing_trips(world: World):
    await world.watch(Mode.REVIEW)
    await dismissed(world, CLAIM.limit - 1)
    assert notices(world) == []


async def test_trip_then_curators_are_told_once_and_nobody_is_pinged(world: World, tripped: discord.Message):
    said = text_of(tripped)
    assert f"The claim `moon-base`: {CLAIM.limit} of the last {CLAIM.limit} decisions were dismissals" in said
    assert (tripped.mentions, tripped.role_mentions) == ([], [])
    await dismissed(world, 1)
    assert len(notices(world)) == 1


async def test_claim_when_tripped_then_auto_asks_and_says_why(world: World, tripped: discord.Message):
    thread = await world.open_thread(world.bob, "Moon", ASSERTED)
    assert world.ours(thread) == []
    assert "moon-base" in text_of(world.ours(world.mods)[-1])
    other = await world.open_thread(world.bob, "River", "Of course the river treaty was signed by nobody at all.")
    assert len(world.ours(other)) == 1
    post = await world.bob.send(thread, ASSERTED)
    shown = await world.mod.context_menu(thread, "Explain screening", post)
    assert "Too many replies like this were dismissed" in text_of(shown.response)


async def test_show_them_then_links_to_what_was_decided(world: World, tripped: discord.Message):
    shown = await world.mod.click(tripped, label="Show them")
    assert text_of(shown.response).count(": Not asserted") == CLAIM.limit
    assert f"https://discord.com/channels/{world.guild.id}/" in text_of(shown.response)
    refused = await world.ann.click(tripped, label="Show them")
    assert "Only moderators" in text_of(refused.response)


async def test_switch_on_when_clicked_after_a_restart_then_the_bot_answers_again(world: World, tripped):
    await world.restart()
    refused = await world.ann.click(tripped, label="Switch on again")
    assert "Only moderators" in text_of(refused.response)
    await world.mod.click(tripped, label="Switch on again")
    assert f"switched on again by <@{world.mod.id}>" in "\n".join(map(text_of, world.ours(world.mods)))
    thread = await world.open_thread(world.bob, "Moon", ASSERTED)
    assert len(world.ours(thread)) == 1


async def test_switch_on_when_reset_then_old_dismissals_do_not_trip_it_again(world: World, tripped):
    await world.mod.click(tripped, label="Switch on again")
    await world.watch(Mode.REVIEW)
    await dismissed(world, 1)
    assert notices(world) == []


async def test_status_when_something_tripped_then_names_it(world: World, tripped):
    said = text_of((await world.admin.slash(world.plain, "status")).response)
    assert "**Fell back to review**: The claim `moon-base`" in said


async def test_dismissals_below_the_reply_threshold_then_mean_nothing(world: World):
    await world.watch(Mode.REVIEW)
    await dismissed(world, CLAIM.limit, text=UNSURE)
    assert notices(world) == []


async def test_forum_when_tripped_then_all_claims_wait_until_an_admin_switches_it_on(world: World):
    """Two claims, each within its own limit: together they trip the forum."""
    await world.watch(Mode.REVIEW)
    for text in (ASSERTED, "Of course the river treaty was signed by nobody at all."):
        await dismissed(world, FORUM.limit // 2, text=text)
    assert FORUM.limit // 2 < CLAIM.limit
    (notice,) = notices(world)
    assert f"The forum <#{world.forum.id}>" in text_of(notice)
    await world.watch(Mode.AUTO)
    thread = await world.open_thread(world.bob, "Moon", ASSERTED)
    assert world.ours(thread) == []
    refused = await world.mod.click(notice, label="Switch on again")
    assert "Only admins" in text_of(refused.response)
    await world.admin.click(notice, label="Switch on again")
    thread = await world.open_thread(world.bob, "Moon", ASSERTED)
    assert len(world.ours(thread)) == 1


async def test_contests_when_withdrawn_then_count_as_well(world: World):
    await world.watch(Mode.AUTO)
    for number in range(CLAIM.limit):
        thread = await world.open_thread(world.ann, f"Moon {number}", ASSERTED)
        shown = await world.bob.click(world.ours(thread)[0], label="Contest")
        await world.bob.submit_modal(shown, {"words": "It does not say that."})
        await world.mod.click(world.ours(world.mods)[-1], label="Withdraw the reply")
    assert len(notices(world)) == 1
