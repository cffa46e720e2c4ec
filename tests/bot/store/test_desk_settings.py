"""A server's settings, its reports, and the history of its thresholds."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.desk_ports import ServerSettings, ThresholdChange
from bot.core.domain import Mode, Thresholds
from bot.core.ports import ThresholdRow
from tests.bot.store.values import GUILD, look

LOW, MIDDLE, HIGH = Thresholds(0.3, 0.6), Thresholds(0.4, 0.7), Thresholds(0.5, 0.9)
CLAIM = {"scope": "claim", "key": "c1", "actor_id": 5}
WEEK = timedelta(days=7)


@pytest.fixture
def desk(quick_store):
    """The desk of the store in memory."""
    return quick_store.desk


def row(thresholds: Thresholds) -> ThresholdRow:
    """Return an override of one claim."""
    return ThresholdRow("claim", "c1", thresholds)


async def test_server_then_what_was_put_last_and_the_defaults_elsewhere(store, path):
    settings = ServerSettings(GUILD, 77, 88, posts_report=True, is_set_up=True)
    assert await store.desk.server(GUILD) == ServerSettings(GUILD)
    await store.desk.put_server(ServerSettings(GUILD, 1), actor_id=5)
    await store.desk.put_server(settings, actor_id=6)
    assert await store.desk.server(GUILD) == settings
    assert await store.desk.server(11) == ServerSettings(11)
    assert look(path, "SELECT what, guild_id, actor_id FROM audit") == [("server-set", 10, 5), ("server-set", 10, 6)]


async def test_reports_due_then_once_a_week_where_wished(desk, clock):
    wishes = ServerSettings(GUILD, posts_report=True)
    await desk.put_server(wishes, actor_id=5)
    await desk.put_server(ServerSettings(11), actor_id=5)
    assert await desk.reports_due(clock.now() - WEEK) == (wishes,)
    await desk.mark_reported(GUILD, clock.now())
    assert await desk.reports_due(clock.now() - WEEK) == ()
    await desk.put_server(replace(wishes, moderators_channel_id=3), actor_id=5)
    assert await desk.reports_due(clock.now() - WEEK) == (), "settings leave the mark alone"
    clock.advance(WEEK + timedelta(seconds=1))
    assert len(await desk.reports_due(clock.now() - WEEK)) == 1


async def test_proposals_then_due_until_kept_and_again_when_put_off_until_now(desk, clock):
    later = clock.now() + WEEK
    assert await desk.is_proposal_due(GUILD, 20, Mode.REVIEW)
    await desk.keep_proposal(GUILD, 20, Mode.REVIEW, until=later)
    assert not await desk.is_proposal_due(GUILD, 20, Mode.REVIEW)
    assert await desk.is_proposal_due(GUILD, 20, Mode.AUTO)
    clock.advance(WEEK)
    assert await desk.is_proposal_due(GUILD, 20, Mode.REVIEW)
    await desk.keep_proposal(GUILD, 20, Mode.REVIEW, until=None)
    clock.advance(WEEK)
    assert not await desk.is_proposal_due(GUILD, 20, Mode.REVIEW)


async def test_change_threshold_then_history_tells_both_sides_newest_first(quick_store, desk, clock):
    set_first = await desk.change_threshold(GUILD, row(LOW), **CLAIM)
    set_again = await desk.change_threshold(GUILD, row(HIGH), **CLAIM)
    removed = await desk.change_threshold(GUILD, None, **CLAIM)
    assert set_first == ThresholdChange(set_first.id, clock.now(), 5, "claim", "c1", None, LOW)
    assert [(one.before, one.after) for one in (set_again, removed)] == [(LOW, HIGH), (HIGH, None)]
    assert await desk.threshold_changes(GUILD) == (removed, set_again, set_first)
    assert await desk.threshold_changes(GUILD, 1) == (removed,)
    assert await desk.threshold_changes(11) == ()
    assert await quick_store.threshold_rows(GUILD) == ()


async def test_put_and_remove_threshold_then_the_same_history(quick_store, desk):
    await quick_store.put_threshold(GUILD, row(LOW), actor_id=5)
    await quick_store.remove_threshold(GUILD, "claim", "c1", actor_id=6)
    assert [(one.actor_id, one.after) for one in await desk.threshold_changes(GUILD)] == [(6, None), (5, LOW)]


@pytest.mark.parametrize("same", [None, LOW])
async def test_change_threshold_to_what_stands_then_nothing_is_kept(store, path, same):
    if same is not None:
        await store.desk.change_threshold(GUILD, row(same), **CLAIM)
    before = look(path, "SELECT count(*) FROM audit")
    again = await store.desk.change_threshold(GUILD, None if same is None else row(same), **CLAIM)
    assert (again.id, again.before, again.after) == (0, same, same)
    assert look(path, "SELECT count(*) FROM audit") == before
    assert len(await store.desk.threshold_changes(GUILD)) == (same is not None)


async def test_undo_then_what_stood_before_is_back_and_the_undoing_can_be_undone(quick_store, desk):
    await desk.change_threshold(GUILD, row(LOW), **CLAIM)
    changed = await desk.change_threshold(GUILD, row(HIGH), **CLAIM)
    undone = await desk.undo_threshold(GUILD, changed.id, actor_id=6)
    assert (undone.actor_id, undone.before, undone.after) == (6, HIGH, LOW)
    assert await quick_store.threshold_rows(GUILD) == (row(LOW),)
    assert (await desk.undo_threshold(GUILD, undone.id, actor_id=6)).after == HIGH
    assert await quick_store.threshold_rows(GUILD) == (row(HIGH),)


async def test_undo_of_the_first_change_then_the_default_is_back(quick_store, desk):
    first = await desk.change_threshold(GUILD, row(LOW), **CLAIM)
    assert (await desk.undo_threshold(GUILD, first.id, actor_id=5)).after is None
    assert await quick_store.threshold_rows(GUILD) == ()


async def test_undo_when_a_later_change_stands_in_the_way_then_nothing_changes(quick_store, desk):
    first = await desk.change_threshold(GUILD, row(LOW), **CLAIM)
    await desk.change_threshold(GUILD, row(HIGH), **CLAIM)
    await desk.change_threshold(GUILD, row(LOW), **CLAIM)  # the same values again are a later change all the same
    assert await desk.undo_threshold(GUILD, first.id, actor_id=5) is None
    assert await quick_store.threshold_rows(GUILD) == (row(LOW),)
    assert len(await desk.threshold_changes(GUILD)) == 3


async def test_undo_when_another_override_was_changed_later_then_it_is_none_of_its_business(desk):
    first = await desk.change_threshold(GUILD, row(LOW), **CLAIM)
    await desk.change_threshold(GUILD, ThresholdRow("guild", "", HIGH), scope="guild", key="", actor_id=5)
    assert await desk.undo_threshold(GUILD, first.id, actor_id=5) is not None


async def test_undo_when_the_change_is_unknown_or_another_servers_then_none(desk):
    first = await desk.change_threshold(GUILD, row(LOW), **CLAIM)
    assert await desk.undo_threshold(11, first.id, actor_id=5) is None
    assert await desk.undo_threshold(GUILD, first.id + 1, actor_id=5) is None


async def test_undo_when_two_click_at_once_then_it_is_undone_once(store):
    await store.desk.change_threshold(GUILD, row(LOW), **CLAIM)
    changed = await store.desk.change_threshold(GUILD, row(MIDDLE), **CLAIM)
    clicks = (store.desk.undo_threshold(GUILD, changed.id, actor_id=actor) for actor in (5, 6))
    assert sum(undone is not None for undone in await asyncio.gather(*clicks)) == 1
    assert len(await store.desk.threshold_changes(GUILD)) == 3
