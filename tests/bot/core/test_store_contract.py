"""The memory store and the real one keep the same promises, so that tests over the fake speak for both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.domain import Action, Decision, ForumSettings, Mode, Reply, Thresholds
from bot.core.errors import BadInput
from bot.core.ports import OutboxItem, PostRef, ReviewItem
from bot.store import open_store
from tests.bot.store.values import KEY
from tests.fakes import NOON, FixedClock, MemoryStore, finding

LATER = NOON + timedelta(hours=1)


@pytest.fixture(params=["memory", "sqlite"])
async def store(request, tmp_path):
    if request.param == "memory":
        yield MemoryStore()
        return
    async with open_store(f"sqlite:///{tmp_path / 'footnote.db'}", key=KEY, clock=FixedClock()) as opened:
        yield opened


def ref(post_id: int = 10) -> PostRef:
    return PostRef(post_id, 1, 2, 3)


async def decide(store, action: Action = Action.REPLY, claim: str = "c1", post_id: int = 10):
    await store.claim_post(ref(post_id), f"{action}{claim}")
    decision = Decision(action, ("above-reply",), (finding(claim),), (claim,), Thresholds(0.5, 0.8), action)
    reply = Reply(post_id, (claim,), "About", (), "Footer") if action is not Action.IGNORE else None
    return await store.record(ref(post_id), decision, mode=Mode.AUTO, reply=reply, excerpt="words" if reply else None)


async def test_claim_post_takes_each_text_of_a_post_on_once(store):
    assert await store.claim_post(ref(), "a")
    assert not await store.claim_post(ref(), "a")
    assert await store.claim_post(ref(), "b")
    assert await store.unfinished_posts(LATER) == (ref(),)
    await store.release_post(10, "gone")
    assert await store.unfinished_posts(LATER) == ()


async def test_record_promises_one_reply_a_post_and_one_a_claim_and_thread(store):
    assert isinstance(await decide(store), OutboxItem)
    assert await decide(store, claim="c2") is None
    assert await decide(store, claim="c1", post_id=11) is None
    assert await store.claims_said(3) == {"c1"}
    assert [item.post.post_id for item in await store.outbox_due(LATER)] == [10]


async def test_a_failed_sending_waits_and_a_given_up_one_frees_its_claim(store):
    item = await decide(store)
    await store.mark_failed(item.id, "server-error", NOON + timedelta(seconds=5))
    assert await store.outbox_due(NOON) == ()
    assert [one.attempts for one in await store.outbox_due(LATER)] == [1]
    await store.mark_failed(item.id, "refused", None)
    assert await store.outbox_due(LATER) == ()
    assert await store.claims_said(3) == frozenset()


async def test_withdraw_hands_back_the_standing_reply_until_its_message_is_gone(store):
    item = await decide(store)
    await store.mark_sent(item.id, 99)
    assert (await store.sent_reply(message_id=99)).post == ref()
    assert (await store.withdraw(10, "deleted")).message_id == 99
    assert await store.sent_reply(post_id=10) is None
    assert [one.message_id for one in await store.replies_to_delete()] == [99]
    await store.mark_deleted(99)
    assert await store.replies_to_delete() == ()
    assert await store.withdraw(10, "deleted") is None
    assert await store.claims_said(3) == frozenset()


async def test_record_after_a_withdrawal_promises_nothing(store):
    await store.claim_post(ref(), "a")
    await store.withdraw(10, "deleted")
    late = Decision(Action.REPLY, ("above-reply",), (), ("c1",), None, Action.REPLY)
    reply = Reply(10, ("c1",), "About", (), "Footer")
    assert await store.record(ref(), late, mode=Mode.AUTO, reply=reply, excerpt="words") is None


async def test_resolve_review_lets_the_first_moderator_win_and_promises_what_was_posted(store):
    item = await decide(store, Action.REVIEW)
    assert isinstance(item, ReviewItem)
    assert [one.id for one in await store.reviews_without_card()] == [item.id]
    await store.mark_card(item.id, 77)
    assert await store.reviews_without_card() == ()
    await store.mark_card(item.id, None)
    assert await store.reviews_without_card() == (item,)
    await store.mark_card(item.id, 77)
    assert await store.open_review(10) == await store.review(item.id) == replace(item, card_message_id=77)
    assert await store.review_result(item.id) is None
    assert (await store.resolve_review(item.id, actor_id=5, outcome="posted")).card_message_id == 77
    assert await store.resolve_review(item.id, actor_id=6, outcome="dismissed-not-worth") is None
    result = await store.review_result(item.id)
    assert (result.actor_id, result.outcome) == (5, "posted")
    assert await store.open_review(10) is None
    assert (await store.review(item.id)).id == item.id
    assert await store.review(999) is None
    assert len(await store.outbox_due(LATER)) == 1


async def test_an_edit_renews_an_open_review_and_a_reply_supersedes_it(store):
    first = await decide(store, Action.REVIEW)
    again = await decide(store, Action.REVIEW, claim="c2")
    assert (again.id, again.reply.claim_ids) == (first.id, ("c2",))
    assert isinstance(await decide(store, Action.REPLY, claim="c3"), OutboxItem)
    assert await store.resolve_review(first.id, actor_id=5, outcome="posted") is None


async def test_expire_erases_old_words_and_ends_what_needs_them(store):
    review = await decide(store, Action.REVIEW)
    await decide(store, claim="c2", post_id=11)
    await store.record_request(1, "what about the moon", asker_id=5)
    assert await store.expire(NOON - timedelta(days=1)) == 0
    assert await store.expire(LATER) == 3
    assert await store.expire(LATER) == 0
    assert await store.resolve_review(review.id, actor_id=5, outcome="posted") is None
    assert await store.outbox_due(LATER) == ()


async def test_a_contest_brings_the_reply_back_to_moderators_once_until_they_decide(store):
    item = await decide(store)
    with pytest.raises(BadInput):
        await store.contest(99, 7, "not what I said")
    await store.mark_sent(item.id, 99)
    assert await store.contest(99, 7, "not what I said")
    assert not await store.contest(99, 7, "not what I meant")
    assert await store.contests(10) == ("not what I meant",)
    [asked] = await store.reviews_without_card()
    assert (asked.why, asked.post, asked.reply) == ("contested", ref(), item.reply)
    with pytest.raises(BadInput):
        await store.resolve_review(asked.id, actor_id=5, outcome="posted")
    assert await store.resolve_review(asked.id, actor_id=5, outcome="kept") is not None
    assert await store.contests(10) == ()
    assert not await store.contest(99, 7, "again")
    assert await store.reviews_without_card() == ()
    assert await store.contest(99, 8, "nor what I read")
    assert [again.id for again in await store.reviews_without_card()] == [asked.id]
    assert await store.resolve_review(asked.id, actor_id=5, outcome="withdrawn") is not None
    assert await store.sent_reply(message_id=99) is None
    assert [left.message_id for left in await store.replies_to_delete()] == [99]
    assert await store.claims_said(3) == frozenset()


async def test_a_contest_ends_with_its_post_and_its_words_with_their_time(store):
    for post_id, message_id in ((10, 99), (11, 98)):
        item = await decide(store, claim=f"c{post_id}", post_id=post_id)
        await store.mark_sent(item.id, message_id)
        await store.contest(message_id, 7, "not what I said")
    await store.withdraw(10, "deleted")
    assert await store.contests(10) == ()
    assert [asked.post.post_id for asked in await store.reviews_without_card()] == [11]
    await store.expire(LATER)
    assert await store.contests(11) == ()
    assert await store.reviews_without_card() == ()


async def test_rate_takes_the_reasons_of_its_side_only(store):
    await store.rate(99, 7, is_helpful=True, reasons=["clear"])
    with pytest.raises(BadInput):
        await store.rate(99, 7, is_helpful=True, reasons=["unclear"])


async def test_cursors_never_go_back_and_forums_are_replaced(store):
    await store.move_cursor(2, 3, 50)
    await store.move_cursor(2, 3, 40)
    await store.move_cursor(2, 4, 60)
    assert await store.cursor(3) == 50
    assert list((await store.cursors(2)).items()) == [(4, 60), (3, 50)]
    await store.put_forum(ForumSettings(1, 2, Mode.SHADOW), actor_id=5)
    await store.put_forum(ForumSettings(1, 2, Mode.AUTO, 9), actor_id=5)
    assert await store.forums() == (ForumSettings(1, 2, Mode.AUTO, 9),)
    assert await store.forum(1, 99) is None
