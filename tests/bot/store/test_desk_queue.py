"""The moderators' queue as a whole: pages, how full it is, and what the breakers count."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.desk_ports import QueueFilter, QueueState, Trip
from bot.core.domain import Action, Decision, Mode, Stance, Thresholds
from bot.core.ports import PostRef
from bot.core.review import CONTESTED, Outcome
from tests.bot.store.values import GUILD, reply, standing
from tests.fakes import finding

SECOND = timedelta(seconds=1)
ALL = QueueFilter()


def place(post_id: int, forum_id: int = 20, guild_id: int = GUILD) -> PostRef:
    """Return a post's place in a thread of its own."""
    return PostRef(post_id, guild_id, forum_id, 1000 + post_id)


async def ask(store, where: PostRef, *found, claims: tuple[str, ...] = ("c1",)):
    """Record a review of a post; the findings assert each claim surely where none are given."""
    findings = found or tuple(finding(claim) for claim in claims)
    decision = Decision(Action.REVIEW, ("above-review",), findings, claims, Thresholds(0.5, 0.8), Action.REVIEW)
    await store.claim_post(where, "a", author_id=7)
    return await store.record(where, decision, mode=Mode.REVIEW, reply=reply(where.post_id, claims), excerpt="words")


async def ids(store, chosen: QueueFilter = ALL, **page: int) -> list[int]:
    """Return the posts of one page."""
    return [item.post.post_id for item in await store.desk.queue(GUILD, chosen, **page)]


@pytest.fixture
async def filled(quick_store, clock):
    """Five open items of two forums and claims in this server, one that is closed, and one of another server."""
    for post_id, forum_id, claims in ((1, 20, ("c1",)), (2, 21, ("c1", "c2")), (3, 20, ("c2",)), (4, 20, ("c1",))):
        await ask(quick_store, place(post_id, forum_id), claims=claims)
        clock.advance(SECOND)
    await ask(quick_store, place(9, guild_id=11))
    closed = await ask(quick_store, place(8))
    await quick_store.resolve_review(closed.id, actor_id=5, outcome=Outcome.FALSE_MATCH)
    await standing(quick_store, 5, ("c3",))
    await quick_store.contest(1005, 6, "no")
    return quick_store


async def test_queue_then_open_items_of_the_server_oldest_first_or_newest(filled):
    assert await ids(filled) == [1, 2, 3, 4, 5]
    assert await ids(filled, QueueFilter(newest_first=True)) == [5, 4, 3, 2, 1]


async def test_queue_then_a_page_is_whole_and_the_pages_do_not_overlap(filled):
    assert [await ids(filled, offset=start, limit=2) for start in (0, 2, 4, 6)] == [[1, 2], [3, 4], [5], []]
    [first] = await filled.desk.queue(GUILD, ALL, limit=1)
    assert first == await filled.review(first.id)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (QueueFilter(forum_id=21), [2]),
        (QueueFilter(claim_id="c1"), [1, 2, 4]),
        (QueueFilter(claim_id="c"), []),
        (QueueFilter(claim_id="c_"), []),
        (QueueFilter(forum_id=20, claim_id="c2"), [3]),
        (QueueFilter(why=CONTESTED), [5]),
        (QueueFilter(why="screened", newest_first=True), [4, 3, 2, 1]),
    ],
)
async def test_queue_when_filtered_then_only_what_was_chosen(filled, chosen, expected):
    assert await ids(filled, chosen) == expected


async def test_queue_state_then_counts_open_items_most_first(filled, clock):
    assert await filled.desk.queue_state(GUILD) == QueueState(
        5, clock.now() - 4 * SECOND, ((20, 4), (21, 1)), (("c1", 3), ("c2", 2), ("c3", 1))
    )
    assert await filled.desk.queue_state(404) == QueueState(0, None, (), ())


async def decide(store, clock, post_id: int, outcome: Outcome, *found, claims: tuple[str, ...] = ("c1",)) -> None:
    """Ask about a post and decide it a second later."""
    item = await ask(store, place(post_id), *found, claims=claims)
    clock.advance(SECOND)
    await store.resolve_review(item.id, actor_id=5, outcome=outcome)


async def test_outcomes_then_newest_first_up_to_the_limit(quick_store, clock):
    for post_id, outcome in ((1, Outcome.POSTED), (2, Outcome.NOT_WORTH), (3, Outcome.FALSE_MATCH)):
        await decide(quick_store, clock, post_id, outcome)
    expected = (Outcome.FALSE_MATCH, Outcome.NOT_WORTH, Outcome.POSTED)
    assert await quick_store.desk.outcomes(GUILD, "claim", "c1", 10) == expected
    assert await quick_store.desk.outcomes(GUILD, "forum", "20", 2) == expected[:2]
    assert await quick_store.desk.outcomes(GUILD, "claim", "c2", 10) == ()
    assert await quick_store.desk.outcomes(GUILD, "forum", "21", 10) == ()
    assert await quick_store.desk.outcomes(11, "forum", "20", 10) == ()


async def test_outcomes_then_only_of_posts_that_the_bot_would_have_answered(quick_store, clock):
    """Below ``reply``, beside a better match, or with another stance, a moderator was to be asked in any case."""
    await decide(quick_store, clock, 1, Outcome.NOT_WORTH, finding("c1", 0.7))
    await decide(quick_store, clock, 2, Outcome.NOT_WORTH, finding("c1", 0.9, Stance.REPORTS))
    rivals = (finding("c1", 0.9), finding("c2", 0.89))
    await decide(quick_store, clock, 3, Outcome.NOT_WORTH, *rivals)
    several = (finding("c1", 0.9, span=(0, 9)), finding("c2", 0.7, span=(10, 19)))
    await decide(quick_store, clock, 4, Outcome.NOT_WORTH, *several, claims=("c1", "c2"))
    assert await quick_store.desk.outcomes(GUILD, "claim", "c1", 10) == (Outcome.NOT_WORTH,)
    assert await quick_store.desk.outcomes(GUILD, "claim", "c2", 10) == ()
    assert await quick_store.desk.outcomes(GUILD, "forum", "20", 10) == (Outcome.NOT_WORTH,)
    assert [post.post_id for post, _ in await quick_store.desk.decided(GUILD, "claim", "c1")] == [4, 3, 2, 1]
    assert await quick_store.desk.decided(GUILD, "claim", "c2", 1) == ((place(4), Outcome.NOT_WORTH),)


async def test_outcomes_then_only_since_the_last_reset_whatever_trips_later(quick_store, clock):
    desk = quick_store.desk
    await decide(quick_store, clock, 1, Outcome.FALSE_MATCH)
    tripped = Trip(GUILD, "claim", "c1", clock.now(), "1 of the last 1 decisions were dismissals.")
    assert await desk.trip(tripped)
    assert not await desk.trip(tripped)
    assert await desk.trips(GUILD) == (tripped,)
    assert await desk.trips(11) == ()
    assert await desk.outcomes(GUILD, "claim", "c1", 10) == (Outcome.FALSE_MATCH,)
    assert await desk.reset_trip(GUILD, "claim", "c1", actor_id=5)
    assert not await desk.reset_trip(GUILD, "claim", "c1", actor_id=6)
    assert await desk.trips(GUILD) == ()
    assert await desk.outcomes(GUILD, "claim", "c1", 10) == ()
    assert await desk.outcomes(GUILD, "forum", "20", 10) == (Outcome.FALSE_MATCH,), "another breaker"
    await decide(quick_store, clock, 2, Outcome.POSTED)
    assert await desk.trip(tripped)
    assert await desk.outcomes(GUILD, "claim", "c1", 10) == (Outcome.POSTED,)


async def test_trip_and_reset_then_the_audit_says_who(store, clock):
    await store.desk.trip(Trip(GUILD, "forum", "20", clock.now(), "words"))
    await store.desk.reset_trip(GUILD, "forum", "20", actor_id=5)
    rows = await store._database.read(
        lambda c: c.exec_driver_sql("SELECT what, actor_id, detail FROM audit ORDER BY id").fetchall()
    )
    assert rows == [("breaker-tripped", None, "forum 20"), ("breaker-reset", 5, "forum 20")]
