"""Watched forums and threshold overrides."""

from __future__ import annotations

from bot.core.domain import ForumSettings, Mode, Thresholds
from bot.core.ports import ThresholdRow
from tests.bot.store.values import look


async def test_forum_when_never_watched_then_none(store):
    assert await store.forum(10, 20) is None
    assert await store.forums() == ()


async def test_put_forum_then_it_is_found_and_the_last_setting_counts(store, path):
    first, last = ForumSettings(10, 20), ForumSettings(10, 20, Mode.AUTO, 77)
    await store.put_forum(first, actor_id=5)
    assert await store.forum(10, 20) == first
    await store.put_forum(last, actor_id=6)
    assert await store.forum(10, 20) == last
    assert look(path, "SELECT what, guild_id, subject_id, actor_id FROM audit ORDER BY id") == [
        ("forum-set", 10, 20, 5),
        ("forum-set", 10, 20, 6),
    ]


async def test_forums_then_lists_one_server_or_all(store):
    here, there = ForumSettings(10, 20), ForumSettings(11, 20, Mode.REVIEW)
    await store.put_forum(there, actor_id=5)
    await store.put_forum(here, actor_id=5)
    assert await store.forums() == (here, there)
    assert await store.forums(11) == (there,)


async def test_forum_when_ids_are_as_large_as_snowflakes_get_then_they_come_back(store):
    largest = ForumSettings(2**63 - 1, 2**63 - 2, Mode.AUTO, 2**63 - 3)
    await store.put_forum(largest, actor_id=2**63 - 4)
    assert await store.forum(2**63 - 1, 2**63 - 2) == largest


async def test_thresholds_when_set_twice_then_the_last_counts_for_this_server_only(store):
    row = ThresholdRow("claim", "c1", Thresholds(0.3, 0.6))
    await store.put_threshold(10, ThresholdRow("claim", "c1", Thresholds(0.1, 0.2)), actor_id=5)
    await store.put_threshold(10, row, actor_id=5)
    await store.put_threshold(10, ThresholdRow("guild", "", Thresholds(0.5, 0.9)), actor_id=5)
    assert await store.threshold_rows(10) == (row, ThresholdRow("guild", "", Thresholds(0.5, 0.9)))
    assert await store.threshold_rows(11) == ()


async def test_remove_threshold_then_it_is_gone_and_told_once(store, path):
    await store.put_threshold(10, ThresholdRow("forum", "20", Thresholds(0.3, 0.6)), actor_id=5)
    assert await store.remove_threshold(10, "forum", "20", actor_id=6)
    assert not await store.remove_threshold(10, "forum", "20", actor_id=6)
    assert await store.threshold_rows(10) == ()
    assert look(path, "SELECT what, actor_id FROM audit ORDER BY id") == [
        ("threshold-set", 5),
        ("threshold-removed", 6),
    ]
