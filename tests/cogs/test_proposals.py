"""The bot proposes the next mode to the admins, once a step; nothing is switched without an admin's click."""

from __future__ import annotations

from datetime import timedelta

import pytest
import simcord

from bot.core.domain import Action, Decision, Mode, Reply, Thresholds
from bot.core.ports import PostRef
from bot.core.proposals import ENOUGH
from cogs._proposals import propose_modes
from tests.cogs.conftest import World, text_of
from tests.fakes import finding


async def judged(world: World, count: int, mode: Mode = Mode.SHADOW, outcome: str | None = None) -> None:
    """Posts that came up in the forum, each decided by a moderator where an outcome is given."""
    action = Action.REVIEW if outcome else Action.IGNORE
    decision = Decision(action, (), (finding("moon-base", 0.9),), ("moon-base",), Thresholds(0.5, 0.8), Action.REPLY)
    for number in range(count):
        post = PostRef(1_000 + number, world.guild.id, world.forum.id, 500 + number)
        reply = Reply(post.post_id, ("moon-base",), "About", (), "Footer")
        item = await world.store.record(post, decision, mode=mode, reply=reply if outcome else None, excerpt=None)
        if outcome:
            await world.store.mark_card(item.id, 1)
            await world.store.resolve_review(item.id, actor_id=1, outcome=outcome)


async def proposal(world: World) -> simcord.Message:
    await propose_modes(world.bot)
    (message,) = world.ours(world.mods)
    return message


async def mode_of(world: World) -> Mode:
    return (await world.store.forum(world.guild.id, world.forum.id)).mode


async def test_shadow_when_enough_came_up_then_upkeep_proposes_review_without_a_ping(world: World):
    await world.watch(Mode.SHADOW)
    await judged(world, ENOUGH)
    world.clock.ahead = timedelta(days=1)
    await world.env.advance_time(11)
    (message,) = world.ours(world.mods)
    assert "go from shadow to review" in text_of(message)
    assert f"{ENOUGH} posts came up" in text_of(message)
    assert message.mentions == []
    assert await mode_of(world) is Mode.SHADOW


async def test_switch_when_an_admin_clicks_after_a_restart_then_the_mode_changes(world: World):
    await world.watch(Mode.SHADOW)
    await judged(world, ENOUGH)
    asked = await proposal(world)
    await world.restart()
    refused = await world.mod.click(asked, label="Switch to review")
    assert "Only admins" in text_of(refused.response)
    await world.admin.click(asked, label="Switch to review")
    assert await mode_of(world) is Mode.REVIEW
    assert f"switched to review by <@{world.admin.id}>" in text_of(world.ours(world.mods)[0])
    await propose_modes(world.bot)
    assert len(world.ours(world.mods)) == 1


async def test_switch_when_the_mode_was_changed_meanwhile_then_nothing_is_switched(world: World):
    await world.watch(Mode.SHADOW)
    await judged(world, ENOUGH)
    asked = await proposal(world)
    await world.watch(Mode.OFF)
    result = await world.admin.click(asked, label="Switch to review")
    assert "changed meanwhile" in text_of(result.response)
    assert await mode_of(world) is Mode.OFF


async def test_not_now_then_asks_again_after_thirty_days_and_not_before(world: World):
    await world.watch(Mode.SHADOW)
    await judged(world, ENOUGH)
    asked = await proposal(world)
    await world.admin.click(asked, label="Not now")
    assert "I ask again after" in text_of(world.ours(world.mods)[0])
    world.clock.ahead = timedelta(days=29)
    await propose_modes(world.bot)
    assert len(world.ours(world.mods)) == 1
    world.clock.ahead = timedelta(days=31)
    await propose_modes(world.bot)
    assert len(world.ours(world.mods)) == 2


async def test_review_when_decisions_vouch_for_it_then_proposes_auto(world: World):
    await world.watch(Mode.REVIEW)
    await judged(world, 60, Mode.REVIEW, "posted")
    asked = await proposal(world)
    assert "right about 60 and wrong about 0" in text_of(asked)
    await world.admin.click(asked, label="Switch to auto")
    assert await mode_of(world) is Mode.AUTO


@pytest.mark.parametrize(("count", "outcome"), [(ENOUGH, "posted"), (60, "dismissed-false-match")])
async def test_review_when_decisions_do_not_then_proposes_nothing(world: World, count: int, outcome: str):
    await world.watch(Mode.REVIEW)
    await judged(world, count, Mode.REVIEW, outcome)
    await propose_modes(world.bot)
    assert world.ours(world.mods) == []
