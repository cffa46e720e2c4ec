"""Dry runs over a forum's history: taken up after a restart, cancelled once, and their hits erased in time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.desk_ports import Scan, ScanHit, ScanState
from bot.store import open_store
from tests.bot.store.values import FORUM, GUILD, KEY, look, post
from tests.fakes import finding

MEMBER = 123456789012345678


def hit(post_id: int, score: float = 0.9, author_id: int = 0) -> ScanHit:
    """Return one hit."""
    return ScanHit(post(post_id), "reply", finding("c1", score), author_id)


async def test_start_then_one_runs_in_a_forum_at_a_time(quick_store, clock):
    desk = quick_store.desk
    first = await desk.start_scan(GUILD, FORUM, actor_id=5)
    running = Scan(first.id, GUILD, FORUM, 5, clock.now(), ScanState.RUNNING, frozenset(), None, 0, 0, 0)
    assert first == running
    assert await desk.start_scan(GUILD, FORUM, actor_id=6) == first
    other = await desk.start_scan(GUILD, 21, actor_id=6)
    assert await desk.end_scan(first.id, ScanState.DONE, actor_id=5)
    again = await desk.start_scan(GUILD, FORUM, actor_id=6)
    assert await desk.scans(GUILD) == (again, other, replace(first, state=ScanState.DONE))
    assert await desk.scans(state=ScanState.RUNNING) == (again, other)
    assert await desk.scans(11) == ()


async def test_keep_then_it_goes_on_from_there_after_a_restart(url):
    async with open_store(url, key=KEY) as store:
        begun = await store.desk.start_scan(GUILD, FORUM, actor_id=5)
        came = replace(begun, threads_done=frozenset({31, 32}), cursor=(33, 900), seen=7, would_reply=2, would_review=1)
        assert await store.desk.keep_scan(came, [hit(1, 0.8), hit(2, 0.95), hit(3, 0.9)])
    async with open_store(url, key=KEY) as store:
        assert await store.desk.scans(state=ScanState.RUNNING) == (came,)
        assert await store.desk.scan_hits(came.id) == (hit(2, 0.95), hit(3, 0.9), hit(1, 0.8))
        assert await store.desk.scan_hits(came.id, 1) == (hit(2, 0.95),)


async def test_keep_when_a_crash_made_it_read_a_page_twice_then_each_hit_is_there_once(quick_store):
    begun = await quick_store.desk.start_scan(GUILD, FORUM, actor_id=5)
    for hits in ([hit(1, 0.8), hit(1, 0.7)], [hit(1, 0.6), hit(2, 0.9)]):
        assert await quick_store.desk.keep_scan(begun, hits)
    assert await quick_store.desk.scan_hits(begun.id) == (hit(2, 0.9), hit(1, 0.6))


async def test_keep_when_it_was_cancelled_then_nothing_more_is_kept(quick_store):
    begun = await quick_store.desk.start_scan(GUILD, FORUM, actor_id=5)
    assert await quick_store.desk.end_scan(begun.id, ScanState.CANCELLED, actor_id=6)
    assert not await quick_store.desk.keep_scan(replace(begun, seen=9), [hit(1)])
    assert await quick_store.desk.scans() == (replace(begun, state=ScanState.CANCELLED),)
    assert await quick_store.desk.scan_hits(begun.id) == ()


async def test_end_when_done_and_cancelled_at_once_then_the_first_counts(store, path):
    begun = await store.desk.start_scan(GUILD, FORUM, actor_id=5)
    ends = (store.desk.end_scan(begun.id, state, actor_id=5) for state in (ScanState.DONE, ScanState.CANCELLED) * 3)
    assert sum(await asyncio.gather(*ends)) == 1
    assert look(path, "SELECT count(*) FROM audit WHERE what = 'scan-ended'") == [(1,)]


async def test_end_as_running_then_refused(quick_store):
    begun = await quick_store.desk.start_scan(GUILD, FORUM, actor_id=5)
    with pytest.raises(ValueError, match="ends as done or cancelled"):
        await quick_store.desk.end_scan(begun.id, ScanState.RUNNING, actor_id=5)


async def test_expire_then_hits_of_old_scans_are_erased_and_their_counts_stay(quick_store, clock):
    old = replace(await quick_store.desk.start_scan(GUILD, FORUM, actor_id=5), seen=3)
    await quick_store.desk.keep_scan(old, [hit(1)])
    clock.advance(timedelta(days=1))
    young = await quick_store.desk.start_scan(GUILD, 21, actor_id=5)
    await quick_store.desk.keep_scan(young, [hit(2)])
    assert await quick_store.expire(clock.now()) == 0
    assert await quick_store.desk.scan_hits(old.id) == ()
    assert await quick_store.desk.scan_hits(young.id) == (hit(2),)
    assert await quick_store.desk.scans() == (young, old)


async def test_forget_then_hits_of_that_author_are_gone(quick_store):
    begun = await quick_store.desk.start_scan(GUILD, FORUM, actor_id=5)
    await quick_store.desk.keep_scan(begun, [hit(1, author_id=MEMBER), hit(2, author_id=8)])
    assert len((await quick_store.desk.member_data(GUILD, MEMBER))["scan_hits"]) == 1
    await quick_store.desk.forget(GUILD, MEMBER)
    assert await quick_store.desk.scan_hits(begun.id) == (hit(2),)
