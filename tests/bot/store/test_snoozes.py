"""Snoozed claims: quiet in one forum of one server, and only until the time is over."""

from __future__ import annotations

from datetime import timedelta

from tests.bot.store.values import FORUM, GUILD, audited, look

WEEK = timedelta(days=7)


async def test_snooze_then_the_claims_are_quiet_there_until_the_time_is_over(quick_store, clock):
    await quick_store.snooze(GUILD, FORUM, ("c1", "c2", "c1"), clock.now() + WEEK, actor_id=5)
    assert await quick_store.snoozed(GUILD, FORUM) == {"c1", "c2"}
    assert await quick_store.snoozed(GUILD, FORUM + 1) == frozenset()
    assert await quick_store.snoozed(GUILD + 1, FORUM) == frozenset()
    clock.advance(WEEK)
    assert await quick_store.snoozed(GUILD, FORUM) == frozenset()


async def test_snooze_again_then_the_last_word_counts_and_what_is_over_is_forgotten(store, clock, path):
    await store.snooze(GUILD, FORUM, ("c1", "c2"), clock.now() + WEEK, actor_id=5)
    await store.snooze(GUILD, FORUM, ("c1",), clock.now() + timedelta(days=1), actor_id=6)
    clock.advance(timedelta(days=2))
    assert await store.snoozed(GUILD, FORUM) == {"c2"}
    clock.advance(WEEK)
    await store.snooze(GUILD, FORUM, ("c3",), clock.now() + WEEK, actor_id=6)
    assert look(path, "SELECT claim_id, actor_id FROM snoozes") == [("c3", 6)]
    assert audited(path) == ["claim-snoozed"] * 4
