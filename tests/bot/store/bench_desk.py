"""Times the desk's big reads over a full database: ``python -m tests.bot.store.bench_desk``.

100,000 posts of 30 days with five findings each, 10,000 open cards, 5,000 decided ones. Prints milliseconds.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection

from bot.core.desk_ports import QueueFilter
from bot.core.domain import Action, Decision, Mode, Stance, Thresholds
from bot.core.ports import PostRef
from bot.core.review import Outcome
from bot.store import SqlStore, open_store, posts, reviews
from bot.store.rows import Transaction
from tests.bot.store.values import GUILD, KEY, reply
from tests.clocks import NOON, FixedClock
from tests.fakes import finding

POSTS, OPEN, DECIDED, CLAIMS, MEMBERS, RUNS = 100_000, 10_000, 5_000, 60, 500, 5
MONTH = timedelta(days=30)


def fill(connection: Connection, vault: object) -> None:
    """Write the rows through the store's own queries, in one transaction."""
    chance = random.Random(5)  # noqa: S311
    for post_id in range(1, POSTS + 1):
        tx = Transaction(connection, vault, NOON - MONTH + MONTH * post_id / POSTS)
        place = PostRef(post_id, GUILD, 20 + post_id % 4, 1_000_000 + post_id)
        claims = chance.sample(range(CLAIMS), 5)
        action = Action.REVIEW if post_id <= OPEN + DECIDED else Action.IGNORE
        stances = chance.choices(tuple(Stance), k=5)
        found = tuple(
            finding(f"claim-{claim}", chance.random(), stance, span=(0, 40))
            for claim, stance in zip(claims, stances, strict=True)
        )
        named = (f"claim-{claims[0]}",)
        decision = Decision(action, ("code",), found, named, Thresholds(0.5, 0.8), action)
        posts.claim(tx, place, "text", chance.randrange(1, MEMBERS))
        answer = reply(post_id, named) if action is Action.REVIEW else None
        item = posts.record(tx, place, decision, Mode.REVIEW, answer, "words of a post" if answer else None)
        if item is not None and post_id > OPEN:
            reviews.resolve(tx, item.id, 5, chance.choice((Outcome.POSTED, Outcome.FALSE_MATCH)), None)


async def timed(name: str, call: Callable[[], Awaitable[object]], runs: int = RUNS) -> None:
    """Print the median and the slowest of some runs."""
    took = []
    for _ in range(runs):
        start = time.perf_counter()
        await call()
        took.append((time.perf_counter() - start) * 1_000)
    print(f"{name:32} median {statistics.median(took):8.1f} ms, slowest {max(took):8.1f} ms")


async def measure(store: SqlStore) -> None:
    """Time every read that goes over many rows, and the clicks beside a full queue."""
    desk, since = store.desk, NOON - MONTH
    deep = OPEN - 10
    last = await desk.queue(GUILD, QueueFilter(), offset=deep)
    await timed("queue, first page", lambda: desk.queue(GUILD, QueueFilter()))
    await timed("queue, last page", lambda: desk.queue(GUILD, QueueFilter(), offset=deep))
    await timed("queue, newest first", lambda: desk.queue(GUILD, QueueFilter(newest_first=True)))
    await timed("queue, one forum and claim", lambda: desk.queue(GUILD, QueueFilter(21, "claim-7")))
    await timed("queue, a claim with no card", lambda: desk.queue(GUILD, QueueFilter(claim_id="none")))
    await timed("queue_state", lambda: desk.queue_state(GUILD))
    await timed("review (a click reads it)", lambda: store.review(last[0].id))
    clicks = iter(last)
    await timed("resolve_review (a click)", lambda: store.resolve_review(next(clicks).id, actor_id=5, outcome="kept-x"))
    await timed("reviews_without_card", store.reviews_without_card)
    await timed("outcomes of a claim", lambda: desk.outcomes(GUILD, "claim", "claim-7", 20))
    await timed("outcomes of a claim without any", lambda: desk.outcomes(GUILD, "claim", "none", 20))
    await timed("outcomes of a forum", lambda: desk.outcomes(GUILD, "forum", "21", 40))
    await timed("examples", lambda: desk.examples(GUILD, (0.79, 0.81)))
    await timed("examples, none such", lambda: desk.examples(GUILD, (2.0, 3.0)))
    await timed("handled, 100,000 posts", lambda: desk.handled(GUILD, since), 2)
    await timed("scored, 100,000 posts", lambda: desk.scored(GUILD, since), 2)
    await timed("scored, one forum of four", lambda: desk.scored(GUILD, since, 21), 2)
    await timed("is_opted_out (once a post)", lambda: store.is_opted_out(GUILD, 7))
    await timed("opt_out", lambda: desk.opt_out(GUILD, 7), 1)
    await timed("member_data", lambda: desk.member_data(GUILD, 7))
    await timed("forget, the file written anew", lambda: desk.forget(GUILD, 7), 1)


async def main() -> None:
    """Fill a database in a folder of its own and measure."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "footnote.db"
        async with open_store(f"sqlite:///{path}", key=KEY, clock=FixedClock()) as store:
            await store._database.write(lambda connection: fill(connection, store._vault))
            print(f"{POSTS:,} posts, {OPEN:,} open cards, {path.stat().st_size / 1e6:.0f} MB")
            await measure(store)


if __name__ == "__main__":
    asyncio.run(main())
