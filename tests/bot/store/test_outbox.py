"""Promised replies: due, sent, failed, found again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.domain import Thresholds
from bot.store import open_store
from tests.bot.store.values import KEY, WORDS, audited, decision, files_hold, look, post, promised, reply

MINUTE = timedelta(minutes=1)


async def test_due_then_lists_what_may_be_tried_now_oldest_first(store, clock):
    first, second = await promised(store, 1, ("c1",)), await promised(store, 2, ("c2",))
    assert await store.outbox_due(clock.now()) == (first, second)
    assert await store.outbox_due(clock.now(), limit=1) == (first,)
    assert await store.outbox_due(clock.now() - MINUTE) == ()


async def test_due_when_the_store_was_reopened_then_the_promise_still_stands(url, clock):
    async with open_store(url, key=KEY, clock=clock) as before:
        item = await promised(before)
    async with open_store(url, key=KEY, clock=clock) as after:
        assert await after.outbox_due(clock.now()) == (item,)


async def test_mark_failed_with_a_time_then_it_is_due_at_that_time_with_one_try_more(store, clock):
    item = await promised(store)
    await store.mark_failed(item.id, "http-500", clock.now() + MINUTE)
    assert await store.outbox_due(clock.now()) == ()
    clock.advance(MINUTE)
    assert [due.attempts for due in await store.outbox_due(clock.now())] == [1]


async def test_mark_failed_for_good_then_the_claim_is_free_for_another_post(store, clock, path):
    item = await promised(store)
    await store.mark_failed(item.id, "forbidden", None)
    assert await store.outbox_due(clock.now() + MINUTE) == ()
    assert await store.claims_said(30) == frozenset()
    assert audited(path)[-1] == "reply-given-up"
    await promised(store, 2, ("c1",))


async def test_mark_sent_then_the_reply_is_found_by_post_and_by_message(store, clock):
    item = await promised(store)
    await store.mark_sent(item.id, 900)
    found = await store.sent_reply(post_id=1)
    assert found == await store.sent_reply(message_id=900)
    assert (found.post, found.message_id, found.reply) == (post(), 900, reply())
    assert (found.findings, found.thresholds) == (decision().findings, Thresholds(0.5, 0.8))
    assert await store.outbox_due(clock.now()) == ()


async def test_mark_sent_when_done_twice_then_the_first_message_counts(store, path):
    item = await promised(store)
    for message_id in (900, 900, 901):
        await store.mark_sent(item.id, message_id)
    assert look(path, "SELECT message_id FROM outbox") == [(900,)]
    assert audited(path).count("reply-sent") == 1


async def test_mark_failed_when_sent_already_then_it_stays_sent(store):
    item = await promised(store)
    await store.mark_sent(item.id, 900)
    await store.mark_failed(item.id, "timeout", None)
    assert (await store.sent_reply(post_id=1)).message_id == 900
    assert await store.claims_said(30) == {"c1"}


async def test_mark_sent_when_given_up_but_found_in_the_thread_then_the_claim_is_taken_again(store):
    item = await promised(store)
    await store.mark_failed(item.id, "timeout", None)
    await store.mark_sent(item.id, 900)
    assert await store.claims_said(30) == {"c1"}
    assert (await store.sent_reply(post_id=1)).message_id == 900


async def test_sent_reply_when_nothing_was_sent_then_none(store):
    await promised(store)
    assert await store.sent_reply(post_id=1) is None
    assert await store.sent_reply(message_id=900) is None


@pytest.mark.parametrize("given", [{}, {"post_id": 1, "message_id": 2}])
async def test_sent_reply_when_not_asked_for_one_thing_then_refuses(store, given):
    with pytest.raises(ValueError, match="either"):
        await store.sent_reply(**given)


async def test_due_when_one_text_cannot_be_opened_then_the_others_still_go_out(store, clock, url, path):
    damaged, sound = await promised(store, 1, ("c1",)), await promised(store, 2, ("c2",))
    async with open_store(url, key=KEY, clock=clock) as other:
        await other._database.write(
            lambda c: c.exec_driver_sql("UPDATE outbox SET reply = x'00' WHERE id = ?", (damaged.id,))
        )
    assert await store.outbox_due(clock.now()) == (sound,)


async def test_files_then_hold_no_word_of_the_reply(store, path):
    await promised(store)
    assert not files_hold(path, WORDS)
    assert not files_hold(path, "Atlantis")
    assert files_hold(path, "over-reply"), "the search itself finds what is not sealed"
