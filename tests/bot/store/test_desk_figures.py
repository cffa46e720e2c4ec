"""What the figures are made of: scores with verdicts, what became of posts, and examples."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.domain import Action, Decision, Mode, Stance, Thresholds
from bot.core.ports import PostRef
from bot.core.review import Outcome
from bot.core.tuning import Scored
from bot.core.tuning_report import Handled
from tests.bot.store.values import GUILD, reply
from tests.fakes import finding

SECOND = timedelta(seconds=1)
LIMITS = Thresholds(0.5, 0.8)


def place(post_id: int, forum_id: int = 20, guild_id: int = GUILD) -> PostRef:
    """Return a post's place in a thread of its own."""
    return PostRef(post_id, guild_id, forum_id, 1000 + post_id)


async def judge(store, where: PostRef, action: Action, *found, text: str = "a", claims: tuple[str, ...] = ("c1",)):
    """Claim a post and record what was decided about it."""
    answer = reply(where.post_id, claims) if action is not Action.IGNORE else None
    decision = Decision(action, ("code",), found, claims, LIMITS, action)
    await store.claim_post(where, text, author_id=7)
    return await store.record(where, decision, mode=Mode.AUTO, reply=answer, excerpt=answer and "words")


async def verdicts(store, since):
    """Return (post, claim) -> verdict."""
    return {(row.post_id, row.claim_id): row.verdict for row in await store.desk.scored(GUILD, since)}


async def test_scored_then_every_claim_of_every_post_since_then(quick_store, clock):
    await judge(quick_store, place(1), Action.IGNORE, finding("c0", 0.9))
    clock.advance(SECOND)
    since = clock.now()
    await judge(quick_store, place(2), Action.REVIEW, finding("c1", 0.9, span=(0, 5)), finding("c2", 0.2, span=(6, 9)))
    await judge(quick_store, place(3, forum_id=21), Action.IGNORE, finding("c1", 0.4, Stance.DENIES))
    await judge(quick_store, place(4), Action.IGNORE)
    await judge(quick_store, place(5, guild_id=11), Action.IGNORE, finding("c1"))
    expected = (
        Scored(2, "c1", 20, since, 0.9, True, None, LIMITS),
        Scored(2, "c2", 20, since, 0.2, True, None, LIMITS),
        Scored(3, "c1", 21, since, 0.4, False, None, LIMITS),
    )
    assert await quick_store.desk.scored(GUILD, since) == expected
    assert await quick_store.desk.scored(GUILD, since, 21) == expected[2:]


async def test_scored_then_no_assertion_beside_a_rival_or_a_better_match(quick_store, clock):
    await judge(quick_store, place(1), Action.REVIEW, finding("c1", 0.9), finding("c2", 0.89), finding("c3", 0.3))
    rows = await quick_store.desk.scored(GUILD, clock.now())
    assert {row.claim_id: row.is_assertion for row in rows} == {"c1": False, "c2": False, "c3": False}


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [(Outcome.POSTED, False), (Outcome.FALSE_MATCH, True), (Outcome.NOT_WORTH, None)],
)
async def test_scored_then_the_verdict_is_of_the_cards_claims_only(quick_store, clock, outcome, verdict):
    item = await judge(quick_store, place(1), Action.REVIEW, finding("c1", 0.7), finding("c2", 0.2))
    await quick_store.resolve_review(item.id, actor_id=5, outcome=outcome)
    assert await verdicts(quick_store, clock.now()) == {(1, "c1"): verdict, (1, "c2"): None}


async def test_scored_when_the_post_was_edited_after_the_decision_then_no_verdict_is_carried_over(quick_store, clock):
    since = clock.now()
    item = await judge(quick_store, place(1), Action.REVIEW, finding("c1", 0.7))
    await quick_store.resolve_review(item.id, actor_id=5, outcome=Outcome.FALSE_MATCH)
    clock.advance(SECOND)
    await judge(quick_store, place(1), Action.REVIEW, finding("c1", 0.75), text="b")
    assert await verdicts(quick_store, since) == {(1, "c1"): None}


async def test_scored_when_the_reply_was_contested_then_the_last_decision_counts(quick_store, clock):
    item = await judge(quick_store, place(1), Action.REPLY, finding("c1", 0.9))
    await quick_store.mark_sent(item.id, 1001)
    await quick_store.contest(1001, 6, "no")
    assert await verdicts(quick_store, clock.now()) == {(1, "c1"): None}
    review = await quick_store.open_review(1)
    await quick_store.resolve_review(review.id, actor_id=5, outcome=Outcome.WITHDRAWN)
    assert await verdicts(quick_store, clock.now()) == {(1, "c1"): True}


async def test_handled_then_what_became_of_every_post(quick_store, clock):
    await judge(quick_store, place(1), Action.IGNORE)
    clock.advance(SECOND)
    since = clock.now()
    await quick_store.claim_post(place(2), "a")
    await judge(quick_store, place(3), Action.IGNORE, finding("c1", 0.1))
    dismissed = await judge(quick_store, place(4), Action.REVIEW, finding("c1", 0.7))
    await quick_store.resolve_review(dismissed.id, actor_id=5, outcome=Outcome.NOTE_UNFIT)
    sent = await judge(quick_store, place(5), Action.REPLY, finding("c1", 0.9))
    asked = await judge(quick_store, place(6), Action.REVIEW, finding("c1", 0.7))
    await quick_store.resolve_review(asked.id, actor_id=5, outcome=Outcome.POSTED)
    clock.advance(3 * SECOND)
    await quick_store.mark_sent(sent.id, 1005)
    [posted] = await quick_store.outbox_due(clock.now())
    await quick_store.mark_sent(posted.id, 1006)
    for member, is_helpful in ((1, True), (2, True), (3, False)):
        await quick_store.rate(1005, member, is_helpful=is_helpful)
    for member in (1, 2):
        await quick_store.contest(1005, member, "no")
    assert await quick_store.desk.handled(GUILD, since) == (
        Handled(since),
        Handled(since),
        Handled(since, is_flagged=True, is_dismissed=True),
        Handled(since, True, True, is_contested=True, helpful=2, unhelpful=1, latency_s=3.0),
        Handled(since, True, True),
    )
    assert await quick_store.desk.handled(11, since) == ()


async def test_handled_when_the_post_was_edited_after_its_reply_then_no_latency(quick_store, clock):
    item = await judge(quick_store, place(1), Action.REPLY, finding("c1", 0.9))
    await quick_store.mark_sent(item.id, 1001)
    clock.advance(SECOND)
    await quick_store.claim_post(place(1), "b")
    [row] = await quick_store.desk.handled(GUILD, clock.now())
    assert (row.is_replied, row.latency_s) == (True, None)


async def test_examples_then_newest_posts_whose_best_score_lies_between(quick_store, clock):
    scores = ((1, 20, 0.5), (2, 20, 0.6), (3, 21, 0.7), (4, 20, 0.71), (5, 20, 0.55))
    for post_id, forum_id, score in scores:
        found = (finding("c2", 0.1, span=(50, 60)), finding("c1", score))
        await judge(quick_store, place(post_id, forum_id), Action.REVIEW, *found)
        clock.advance(SECOND)
    await quick_store.withdraw(5, "deleted")
    found = await quick_store.desk.examples(GUILD, (0.5, 0.7))
    assert found == tuple((place(n, f), finding("c1", s)) for n, f, s in (scores[2], scores[1], scores[0]))
    assert await quick_store.desk.examples(GUILD, (0.5, 0.7), limit=1) == found[:1]
    assert await quick_store.desk.examples(GUILD, (0.5, 0.7), forum_id=20) == found[1:]
    assert await quick_store.desk.examples(11, (0.0, 1.0)) == ()
