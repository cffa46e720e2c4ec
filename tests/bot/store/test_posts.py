"""Claiming, deciding, giving up and withdrawing posts, on a real file."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from bot.core.domain import Action, Mode
from bot.core.ports import OutboxItem
from bot.store import open_store
from tests.bot.store.values import KEY, WORDS, asked, audited, decision, files_hold, look, post, promised, reply

MINUTE = timedelta(minutes=1)


async def record(store, action=Action.REPLY, *, post_id=1, claims=("c1",)):
    found = decision(action, claims)
    given = None if action is Action.IGNORE else reply(post_id, claims)
    return await store.record(post(post_id), found, mode=Mode.AUTO, reply=given, excerpt=WORDS)


async def test_claim_when_the_text_is_new_then_only_the_first_gets_it(store):
    assert await store.claim_post(post(), "a")
    assert not await store.claim_post(post(), "a")


async def test_claim_when_the_text_changed_then_the_post_is_pending_again(store, clock):
    await promised(store)
    assert (await store.status()).pending_posts == 0
    assert await store.claim_post(post(), "changed")
    assert (await store.status()).pending_posts == 1


async def test_claim_when_ten_ask_at_once_then_exactly_one_wins(store):
    answers = await asyncio.gather(*(store.claim_post(post(), "a") for _ in range(10)))
    assert sum(answers) == 1


async def test_claim_when_two_connections_ask_at_once_then_exactly_one_wins(store, url):
    async with open_store(url, key=KEY) as other:
        for post_id in range(1, 21):
            answers = await asyncio.gather(store.claim_post(post(post_id), "a"), other.claim_post(post(post_id), "a"))
            assert sorted(answers) == [False, True]


async def test_claim_then_the_stored_hash_is_keyed_and_differs_between_equal_posts(store, path):
    """A plain hash of a short post could be found by trying."""
    await store.claim_post(post(1), "aa11")
    await store.claim_post(post(2), "aa11")
    hashes = {row[0] for row in look(path, "SELECT text_hash FROM posts")}
    assert len(hashes) == 2
    assert not files_hold(path, "aa11")


async def test_unfinished_then_lists_old_pending_posts_oldest_first(store, clock):
    for post_id in (3, 1, 2):
        await store.claim_post(post(post_id), "a")
        clock.advance(MINUTE)
    await store.release_post(1, "deleted")
    assert await store.unfinished_posts(clock.now() - MINUTE) == (post(3),)
    assert await store.unfinished_posts(clock.now()) == (post(3), post(2))
    assert await store.unfinished_posts(clock.now(), limit=1) == (post(3),)


async def test_release_when_decided_already_then_changes_nothing(store, path):
    await promised(store)
    await store.release_post(1, "deleted")
    assert look(path, "SELECT state FROM posts") == [("decided",)]


async def test_record_reply_then_row_outbox_and_audit_are_there_and_no_text(store, path, clock):
    item = await promised(store)
    assert item == OutboxItem(item.id, post(), reply(), 0, clock.now())
    assert look(path, "SELECT action, would_be, mode, reasons, claim_ids, thresholds FROM decisions") == [
        ("reply", "reply", "auto", '["over-reply"]', '["c1"]', '{"review": 0.5, "reply": 0.8}')
    ]
    [[findings]] = look(path, "SELECT findings FROM decisions")
    assert json.loads(findings)[0]["p_asserts"] == 0.9
    assert audited(path) == ["decided"]


async def test_record_ignore_then_only_the_decision_is_kept(store, path):
    await store.claim_post(post(), "a")
    assert await record(store, Action.IGNORE) is None
    status = await store.status()
    assert (status.posts, status.pending_posts, status.outbox, status.open_reviews) == (1, 0, 0, 0)
    assert look(path, "SELECT action FROM decisions") == [("ignore",)]


async def test_record_reply_when_one_was_sent_before_then_the_second_is_dropped(store, path):
    """At most one reply a post ever, also after an edit."""
    item = await promised(store)
    await store.mark_sent(item.id, 900)
    assert await store.claim_post(post(), "edited")
    assert await record(store, claims=("c2",)) is None
    assert look(path, "SELECT count(*) FROM outbox") == [(1,)]
    assert audited(path)[-1] == "decision-dropped"
    assert await store.claims_said(30) == {"c1"}


async def test_record_reply_when_withdrawn_before_it_was_sent_then_the_second_is_dropped(store):
    await promised(store)
    await store.withdraw(1, "edited")
    assert await store.claim_post(post(), "edited back")
    assert await record(store) is None


async def test_record_reply_when_the_claim_was_answered_in_the_thread_then_is_dropped(store):
    await promised(store, 1, ("c1",))
    await store.claim_post(post(2), "b")
    assert await record(store, post_id=2, claims=("c2", "c1")) is None
    assert isinstance(await record(store, post_id=3, claims=("c2",)), OutboxItem)
    assert await store.claims_said(30) == {"c1", "c2"}


@pytest.mark.parametrize("action", [Action.REPLY, Action.REVIEW])
@pytest.mark.parametrize("end", ["withdraw", "release_post"])
async def test_record_when_the_post_ended_meanwhile_then_neither_reply_nor_card(store, action, end):
    """The judge was slow, the author quick: a deleted post is not answered."""
    await store.claim_post(post(), "a")
    await getattr(store, end)(1, "deleted")
    assert await record(store, action) is None
    assert (await store.status()).outbox == 0
    assert await store.reviews_without_card() == ()


async def test_record_when_it_fails_half_way_then_nothing_of_it_is_kept(store, path):
    """The decision is written before the reply; the reply here cannot be turned into a row."""
    await store.claim_post(post(), "a")
    broken = reply(claims=(object(),))
    with pytest.raises(TypeError):
        await store.record(post(), decision(), mode=Mode.AUTO, reply=broken, excerpt=None)
    assert look(path, "SELECT state FROM posts") == [("pending",)]
    assert look(path, "SELECT count(*) FROM decisions") == [(0,)]
    assert audited(path) == []


async def test_withdraw_when_unsent_then_it_is_cancelled_and_the_claim_is_free(store, path, clock):
    await promised(store)
    assert await store.withdraw(1, "deleted") is None
    assert await store.outbox_due(clock.now()) == ()
    assert await store.claims_said(30) == frozenset()
    assert look(path, "SELECT state, reply FROM outbox") == [("withdrawn", None)]


async def test_withdraw_when_sent_then_returns_the_reply_as_it_was_and_erases_it(store, path):
    item = await promised(store)
    await store.mark_sent(item.id, 900)
    standing = await store.withdraw(1, "deleted")
    assert (standing.message_id, standing.reply, standing.post) == (900, reply(), post())
    assert await store.sent_reply(post_id=1) is None
    assert await store.claims_said(30) == frozenset()
    assert look(path, "SELECT reply FROM outbox") == [(None,)]


async def test_withdraw_when_done_twice_then_the_second_changes_nothing_more(store, path):
    item = await promised(store)
    await store.mark_sent(item.id, 900)
    await store.withdraw(1, "deleted")
    again = await store.withdraw(1, "deleted")
    assert (again.message_id, again.reply.lead, again.reply.claim_ids) == (900, "", ("c1",))
    assert audited(path).count("post-withdrawn") == 1
    await store.mark_deleted(900)
    assert await store.withdraw(1, "deleted") is None


async def test_withdraw_when_a_review_is_open_then_it_closes_and_its_text_is_erased(store, path):
    item = await asked(store)
    assert await store.withdraw(1, "deleted") is None
    assert await store.resolve_review(item.id, actor_id=5, outcome="posted") is None
    assert look(path, "SELECT state, reply, excerpt FROM reviews") == [("withdrawn", None, None)]


async def test_withdraw_when_the_post_is_unknown_then_nothing_happens(store, path):
    assert await store.withdraw(404, "deleted") is None
    assert audited(path) == []


async def test_withdraw_then_the_same_text_is_not_taken_on_again(store):
    await store.claim_post(post(), "a")
    await store.withdraw(1, "edited")
    assert not await store.claim_post(post(), "a")


async def test_replies_to_delete_when_withdrawn_while_being_sent_then_lists_the_message(store):
    """The sending could not be stopped any more, so the message must be found and taken down."""
    item = await promised(store)
    await store.withdraw(1, "deleted")
    await store.mark_sent(item.id, 900)
    assert await store.sent_reply(message_id=900) is None
    assert [left.message_id for left in await store.replies_to_delete()] == [900]
    await store.mark_deleted(900)
    assert await store.replies_to_delete() == ()
