"""Contested replies: the member's words reach moderators without a name, and the reply is judged once more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.domain import Action, Mode
from bot.core.errors import BadInput
from bot.core.review import CONTESTED
from tests.bot.store.values import WORDS, asked, audited, decision, files_hold, look, reply, standing

ANNA, BERT = 123456789012345678, 223456789012345678
SAID = "that is not what I meant by the lighthouse"


async def test_contest_of_an_automatic_reply_then_a_review_item_waits_for_its_card(store, clock):
    await standing(store, 1)
    clock.advance(timedelta(hours=1))
    assert await store.contest(1001, ANNA, SAID)
    assert await store.contests(1) == (SAID,)
    [item] = await store.reviews_without_card()
    assert (item.why, item.post.post_id, item.reply, item.excerpt) == (CONTESTED, 1, reply(1), None)
    assert (item.findings, item.thresholds) == (decision().findings, decision().thresholds)
    assert item.created_at == clock.now()


async def test_contest_of_a_posted_review_then_its_item_opens_again_without_card_and_result(store, clock):
    first = await asked(store)
    await store.mark_card(first.id, 700)
    await store.resolve_review(first.id, actor_id=5, outcome="posted")
    [due] = await store.outbox_due(clock.now())
    await store.mark_sent(due.id, 1001)
    assert first.why == "screened"
    assert await store.contest(1001, ANNA, SAID)
    [item] = await store.reviews_without_card()
    assert (item.id, item.why, item.excerpt, item.card_message_id) == (first.id, CONTESTED, WORDS, None)
    assert await store.review_result(item.id) is None


async def test_contest_twice_by_one_member_then_the_words_are_replaced_and_nobody_is_asked_twice(quick_store):
    await standing(quick_store, 1)
    assert await quick_store.contest(1001, ANNA, "first")
    [item] = await quick_store.reviews_without_card()
    await quick_store.mark_card(item.id, 700)
    assert not await quick_store.contest(1001, ANNA, "second")
    assert await quick_store.contests(1) == ("second",)
    assert await quick_store.reviews_without_card() == ()


async def test_contest_by_two_then_both_words_are_on_one_item(quick_store, clock):
    await standing(quick_store, 1)
    for member, words in ((BERT, "bert's"), (ANNA, "anna's")):
        assert await quick_store.contest(1001, member, words)
        clock.advance(timedelta(seconds=1))
    assert await quick_store.contests(1) == ("bert's", "anna's")
    assert len(await quick_store.reviews_without_card()) == 1


@pytest.mark.parametrize("message_id", [404, 1001])
async def test_contest_when_no_such_reply_stands_then_one_sentence(quick_store, message_id):
    await standing(quick_store, 1)
    await quick_store.withdraw(1, "edited")
    with pytest.raises(BadInput, match="does not stand"):
        await quick_store.contest(message_id, ANNA, SAID)
    assert await quick_store.reviews_without_card() == ()


async def contested(store, member: int = ANNA):
    """Let a member contest the reply to post 1, and return its item."""
    if await store.sent_reply(post_id=1) is None:
        await standing(store, 1)
    assert await store.contest(1001, member, SAID)
    [item] = await store.reviews_without_card()
    return item


async def test_resolve_kept_then_the_reply_stands_and_the_objection_is_settled(store, path):
    item = await contested(store)
    assert await store.resolve_review(item.id, actor_id=5, outcome="kept") == item
    assert (await store.sent_reply(message_id=1001)).reply == reply(1)
    assert await store.contests(1) == ()
    assert (await store.review_result(item.id)).outcome == "kept"
    assert await store.resolve_review(item.id, actor_id=6, outcome="withdrawn") is None
    assert audited(path) == ["decided", "reply-sent", "reply-contested", "review-resolved"]


async def test_resolve_kept_then_the_same_member_cannot_reopen_it_but_another_can(quick_store):
    item = await contested(quick_store)
    await quick_store.resolve_review(item.id, actor_id=5, outcome="kept")
    assert not await quick_store.contest(1001, ANNA, "again")
    assert await quick_store.reviews_without_card() == ()
    assert (await contested(quick_store, BERT)).id == item.id
    assert await quick_store.contests(1) == (SAID,)


async def test_resolve_withdrawn_then_the_message_waits_for_deletion_and_its_claim_is_free(quick_store):
    item = await contested(quick_store)
    closed = await quick_store.resolve_review(item.id, actor_id=5, outcome="withdrawn")
    assert closed.reply == reply(1)
    assert await quick_store.sent_reply(message_id=1001) is None
    assert [left.message_id for left in await quick_store.replies_to_delete()] == [1001]
    assert await quick_store.claims_said(31) == frozenset()
    await quick_store.mark_deleted(1001)
    assert await quick_store.replies_to_delete() == ()


@pytest.mark.parametrize("outcome", ["posted", "dismissed-not-worth"])
async def test_resolve_contested_from_an_old_card_then_the_item_stays_open(quick_store, outcome):
    item = await contested(quick_store)
    with pytest.raises(BadInput, match="keep it or withdraw it"):
        await quick_store.resolve_review(item.id, actor_id=5, outcome=outcome)
    assert await quick_store.reviews_without_card() == (item,)


@pytest.mark.parametrize("outcome", ["kept", "withdrawn"])
async def test_resolve_of_a_screened_post_as_contested_then_the_item_stays_open(quick_store, outcome):
    item = await asked(quick_store)
    with pytest.raises(BadInput, match="post it or dismiss it"):
        await quick_store.resolve_review(item.id, actor_id=5, outcome=outcome)
    assert await quick_store.reviews_without_card() == (item,)


async def test_contest_then_neither_words_nor_member_are_on_disk(store, path):
    await standing(store, 1)
    await standing(store, 2)
    for message_id in (1001, 1002):
        await store.contest(message_id, ANNA, SAID)
    assert not files_hold(path, "lighthouse")
    assert not files_hold(path, str(ANNA))
    assert len(set(look(path, "SELECT member FROM contests"))) == 2


async def test_withdraw_of_the_post_then_the_words_are_erased_and_nobody_is_asked(store, path):
    await contested(store)
    await store.withdraw(1, "deleted")
    assert await store.contests(1) == ()
    assert await store.reviews_without_card() == ()
    assert look(path, "SELECT words, state FROM contests") == [(None, "closed")]


async def test_expire_then_the_words_are_erased_and_a_new_objection_asks_again(store, clock, path):
    await contested(store)
    clock.advance(timedelta(days=31))
    assert await store.expire(clock.now()) == 3  # the reply's text, the item's copy of it, the words
    assert (await store.contests(1), await store.reviews_without_card()) == ((), ())
    assert look(path, "SELECT count(*) FROM contests WHERE words IS NOT NULL") == [(0,)]
    assert not await store.contest(1001, ANNA, "I still object")
    [item] = await store.reviews_without_card()
    assert (item.why, item.reply.claim_ids, item.reply.lead) == (CONTESTED, ("c1",), "")
    assert await store.contests(1) == ("I still object",)


async def test_record_when_the_post_was_edited_after_a_contest_then_the_contested_item_stays_as_it_is(quick_store):
    item = await contested(quick_store)
    for number, action in enumerate((Action.REVIEW, Action.REPLY)):
        assert await quick_store.claim_post(item.post, f"edited {number}")
        found = decision(action, ("c2",))
        assert await quick_store.record(item.post, found, mode=Mode.AUTO, reply=reply(), excerpt=WORDS) is None
    assert await quick_store.reviews_without_card() == (item,)
