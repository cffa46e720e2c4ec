"""Review items: asked once a post, resolved once, whoever else clicks."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.domain import Action, Mode, Thresholds
from bot.core.ports import ReviewItem
from bot.core.review_ports import ReviewResult
from bot.store import open_store
from tests.bot.store.values import KEY, WORDS, asked, audited, decision, files_hold, look, post, promised, reply

RESOLVE = """
import asyncio, sys
from bot.store import open_store
async def main(url, key, actor):
    async with open_store(url, key=key) as store:
        print("ready", flush=True)
        sys.stdin.readline()
        print(await store.resolve_review(1, actor_id=int(actor), outcome="posted") is not None)
asyncio.run(main(*sys.argv[1:]))
"""


async def test_record_review_then_the_item_waits_for_its_card(store, clock):
    item = await asked(store)
    assert item == ReviewItem(
        item.id, post(), reply(), decision().findings, Thresholds(0.5, 0.8), WORDS, None, clock.now()
    )
    assert await store.reviews_without_card() == (item,)
    await store.mark_card(item.id, 700)
    assert await store.reviews_without_card() == ()
    assert (await store.review(item.id)).card_message_id == 700


async def test_reviews_without_card_then_oldest_first_up_to_the_limit(store, clock):
    for post_id in (2, 1, 3):
        await asked(store, post_id)
        clock.advance(timedelta(seconds=1))
    assert [item.post.post_id for item in await store.reviews_without_card(2)] == [2, 1]


async def test_resolve_posted_then_the_reply_is_promised(store, clock, path):
    item = await asked(store)
    closed = await store.resolve_review(item.id, actor_id=5, outcome="posted")
    assert (closed.reply, closed.excerpt) == (reply(), WORDS)
    [due] = await store.outbox_due(clock.now())
    assert (due.post, due.reply) == (post(), reply())
    assert look(path, "SELECT what, actor_id, detail FROM audit ORDER BY id DESC LIMIT 1") == [
        ("review-resolved", 5, "posted")
    ]


async def test_resolve_posted_with_an_edited_reply_then_that_one_is_promised(store, clock):
    item = await asked(store)
    edited = replace(reply(), footer="edited")
    await store.resolve_review(item.id, actor_id=5, outcome="posted", reply=edited)
    assert [due.reply for due in await store.outbox_due(clock.now())] == [edited]


async def test_resolve_dismissed_then_nothing_is_promised_and_who_did_it_is_known(store, clock):
    item = await asked(store)
    assert await store.review_result(item.id) is None
    assert await store.resolve_review(item.id, actor_id=5, outcome="false-match") is not None
    assert await store.outbox_due(clock.now()) == ()
    assert await store.review_result(item.id) == ReviewResult(5, "false-match", clock.now())
    assert (await store.status()).open_reviews == 0


async def test_resolve_when_many_click_at_once_then_exactly_one_is_first(store, clock):
    item = await asked(store)
    clicks = (store.resolve_review(item.id, actor_id=actor, outcome="posted") for actor in range(1, 9))
    assert sum(closed is not None for closed in await asyncio.gather(*clicks)) == 1
    assert len(await store.outbox_due(clock.now())) == 1


async def rows(store, query):
    """Return a query's rows from a store in memory."""
    return await store._database.read(lambda c: [tuple(row) for row in c.exec_driver_sql(query)])


def click(url, actor):
    """Start a process that opens the store and waits for the word to resolve item 1."""
    command = [sys.executable, "-W", "error", "-c", RESOLVE, url, KEY, actor]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_resolve_when_two_processes_click_at_once_then_exactly_one_is_first(url, path):
    async def ask():
        async with open_store(url, key=KEY) as store:
            await asked(store)

    asyncio.run(ask())
    clicks = [click(url, actor) for actor in ("5", "6")]
    assert [process.stdout.readline() for process in clicks] == ["ready\n", "ready\n"]
    for process in clicks:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0].strip() for process in clicks]
    assert sorted(answers) == ["False", "True"]
    assert look(path, "SELECT count(*) FROM outbox") == [(1,)]


async def test_resolve_when_two_moderators_click_at_once_on_500_cards_then_500_outcomes_and_no_second_reply(
    quick_store,
):
    """One wants each posted and the other dismissed; whoever is first, the outcome and the outbox agree."""
    items = [await asked(quick_store, post_id, (f"c{post_id}",)) for post_id in range(1, 501)]
    wishes = ((5, "posted"), (6, "dismissed-false-match"))
    clicks = [
        quick_store.resolve_review(item.id, actor_id=actor, outcome=outcome)
        for number, item in enumerate(items)
        for actor, outcome in wishes[:: 1 if number % 2 else -1]  # each is the first to click on half of the cards
    ]
    assert sum(closed is not None for closed in await asyncio.gather(*clicks)) == 500
    decided = await rows(quick_store, "SELECT post_id, resolved_by, outcome FROM reviews WHERE state = 'closed'")
    assert len(decided) == 500
    assert {row[1:] for row in decided} == set(wishes)
    posted = [post_id for post_id, _, outcome in decided if outcome == "posted"]
    assert [row[0] for row in await rows(quick_store, "SELECT post_id FROM outbox ORDER BY 1")] == sorted(posted)
    assert await rows(quick_store, "SELECT count(*) FROM audit WHERE what = 'review-resolved'") == [(500,)]


async def test_resolve_when_the_item_is_unknown_then_none(store):
    assert await store.resolve_review(404, actor_id=5, outcome="posted") is None
    assert await store.review(404) is None


async def test_resolve_posted_when_the_thread_got_the_answer_meanwhile_then_it_is_not_said_twice(store, clock, path):
    item = await asked(store, 1)
    answer = await promised(store, 2)
    assert await store.resolve_review(item.id, actor_id=5, outcome="posted") is not None
    assert await store.outbox_due(clock.now()) == (answer,)
    assert look(path, "SELECT detail FROM audit ORDER BY id DESC LIMIT 1") == [("posted already-answered",)]


async def test_record_review_when_the_open_item_has_a_card_then_it_keeps_id_and_card_with_the_new_text(store):
    first = await asked(store)
    await store.mark_card(first.id, 700)
    await store.claim_post(post(), "edited")
    found = decision(Action.REVIEW, ("c2",))
    second = await store.record(post(), found, mode=Mode.REVIEW, reply=reply(claims=("c2",)), excerpt="new words")
    assert (second.id, second.card_message_id, second.excerpt) == (first.id, 700, "new words")
    assert second.reply.claim_ids == ("c2",)


async def test_record_review_when_a_moderator_decided_already_then_nobody_is_asked_again(store):
    item = await asked(store)
    await store.resolve_review(item.id, actor_id=5, outcome="false-match")
    await store.claim_post(post(), "edited")
    assert await store.record(post(), decision(Action.REVIEW), mode=Mode.REVIEW, reply=reply(), excerpt=WORDS) is None


@pytest.mark.parametrize("end", ["withdrawn", "expired"])
async def test_record_review_when_it_ended_undecided_then_it_opens_again_without_a_card(store, clock, end):
    item = await asked(store)
    await store.mark_card(item.id, 700)
    clock.advance(timedelta(days=31))
    await (store.withdraw(1, "edited") if end == "withdrawn" else store.expire(clock.now()))
    await store.claim_post(post(), "edited back")
    again = await store.record(post(), decision(Action.REVIEW), mode=Mode.REVIEW, reply=reply(), excerpt=WORDS)
    assert (again.id, again.card_message_id, again.created_at) == (item.id, None, clock.now())
    assert await store.expire(clock.now()) == 0


async def test_record_reply_when_a_review_is_open_then_the_review_is_superseded(store, path):
    item = await asked(store)
    await promised(store)
    assert look(path, "SELECT state FROM reviews") == [("superseded",)]
    assert await store.resolve_review(item.id, actor_id=5, outcome="posted") is None


async def test_files_then_hold_no_word_of_the_excerpt(store, path):
    await asked(store)
    assert not files_hold(path, WORDS)
    assert files_hold(path, "over-reply")
    assert audited(path) == ["decided"]


@pytest.mark.parametrize("excerpt", [None, "", "“naïve” — 日本 \x00 \U0001f600"])
async def test_excerpt_whatever_it_holds_then_comes_back_as_it_was(store, excerpt):
    await store.claim_post(post(), "a")
    item = await store.record(post(), decision(Action.REVIEW), mode=Mode.REVIEW, reply=reply(), excerpt=excerpt)
    assert (await store.review(item.id)).excerpt == excerpt
