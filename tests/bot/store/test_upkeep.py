"""Cursors, retention and figures."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.core.ports import StoreStatus
from tests.bot.store.values import asked, audited, look, post, promised

DAY = timedelta(days=1)
MEMBER = 123456789012345678


async def test_cursor_then_it_only_moves_forward(store):
    assert await store.cursor(30) is None
    for message_id, expected in ((500, 500), (400, 500), (600, 600)):
        await store.move_cursor(20, 30, message_id)
        assert await store.cursor(30) == expected


async def test_cursor_when_moved_by_many_at_once_then_the_newest_stands(store):
    await asyncio.gather(*(store.move_cursor(20, 30, message_id) for message_id in (7, 3, 9, 1, 8)))
    assert await store.cursor(30) == 9


async def test_cursors_then_one_forum_newest_threads_first_up_to_the_limit(store):
    for forum_id, thread_id, message_id in ((20, 1, 100), (20, 2, 300), (20, 3, 200), (21, 4, 400)):
        await store.move_cursor(forum_id, thread_id, message_id)
    assert list((await store.cursors(20)).items()) == [(2, 300), (3, 200), (1, 100)]
    assert await store.cursors(20, limit=1) == {2: 300}


async def test_expire_then_old_texts_are_erased_and_young_ones_kept(store, clock, path):
    sent = await promised(store, 1, ("c1",))
    await store.mark_sent(sent.id, 900)
    old = await asked(store, 2, ("c2",))
    await store.record_request(10, "old question", asker_id=MEMBER)
    clock.advance(DAY)
    young = await asked(store, 3, ("c3",))
    await store.record_request(10, "young question", asker_id=MEMBER)
    assert await store.expire(clock.now()) == 3
    assert await store.requests(10) == ("young question",)
    assert await store.reviews_without_card() == (young,)
    assert (await store.review(old.id)).excerpt is None
    assert look(path, "SELECT count(*) FROM outbox WHERE reply IS NOT NULL") == [(0,)]
    assert audited(path)[-1] == "texts-erased"


async def test_expire_when_done_again_then_nothing_is_left_to_erase(store, clock):
    await asked(store)
    clock.advance(DAY)
    assert await store.expire(clock.now()) == 1
    assert await store.expire(clock.now()) == 0


async def test_expire_when_a_review_is_open_then_it_can_no_longer_be_resolved(store, clock):
    """Its reply is gone, so posting it would say nothing."""
    item = await asked(store)
    clock.advance(DAY)
    await store.expire(clock.now())
    assert await store.resolve_review(item.id, actor_id=5, outcome="posted") is None
    assert (await store.status()).open_reviews == 0


async def test_expire_when_a_reply_was_never_sent_then_it_is_given_up_and_its_claim_is_free(store, clock):
    await promised(store)
    clock.advance(DAY)
    await store.expire(clock.now())
    assert await store.outbox_due(clock.now()) == ()
    assert await store.claims_said(30) == frozenset()


async def test_expire_when_a_reply_stands_then_its_ids_and_figures_stay(store, clock):
    """The buttons under it go on working, and the claim is not answered a second time."""
    item = await promised(store)
    await store.mark_sent(item.id, 900)
    clock.advance(DAY)
    await store.expire(clock.now())
    left = await store.sent_reply(message_id=900)
    assert (left.reply.lead, left.reply.claim_ids, len(left.findings)) == ("", ("c1",), 1)
    assert await store.claims_said(30) == {"c1"}


async def test_status_then_counts_rows(store):
    assert await store.status() == StoreStatus("0006", 0, 0, 0, 0)
    await promised(store, 1, ("c1",))
    await asked(store, 2, ("c2",))
    await store.claim_post(post(3), "c")
    assert await store.status() == StoreStatus("0006", 3, 1, 1, 1)
