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

from sqlalchemy import Connection, insert

from bot.core.desk_ports import QueueFilter
from bot.core.domain import Action, Stance
from bot.core.review import Outcome
from bot.store import SqlStore, open_store
from bot.store.encryption import Vault
from bot.store.rows import findings_to_json, seal_reply
from bot.store.schema import decisions, posts, reviews
from tests.bot.store.values import GUILD, KEY, reply
from tests.clocks import NOON, FixedClock
from tests.fakes import finding

POSTS, OPEN, DECIDED, BATCH, CLAIMS, MEMBERS, RUNS = 100_000, 10_000, 5_000, 1_000, 60, 500, 5
MONTH = timedelta(days=30)


def fill(connection: Connection, vault: Vault) -> None:
    """Write the rows table by table: through the store's own queries it would take minutes."""
    chance = random.Random(5)  # noqa: S311
    sealed = seal_reply(vault, reply(1, ("claim-1",))), vault.seal("words of a post")
    members = [vault.digest("author", GUILD, member) for member in range(MEMBERS)]
    for start in range(1, POSTS + 1, BATCH):
        rows = [row_of(chance, post_id, sealed, members) for post_id in range(start, start + BATCH)]
        for table, position in ((posts, 0), (decisions, 1), (reviews, 2)):
            if values := [row[position] for row in rows if row[position]]:
                connection.execute(insert(table), values)


def row_of(
    chance: random.Random, post_id: int, sealed: tuple[bytes, bytes], members: list[str]
) -> tuple[dict[str, object], ...]:
    """Return one post's rows of posts, decisions and reviews; the last is empty for most."""
    at = NOON - MONTH + MONTH * post_id / POSTS
    names = [f"claim-{number}" for number in chance.sample(range(CLAIMS), 5)]
    stances = chance.choices(tuple(Stance), k=5)
    found = [finding(name, chance.random(), stance) for name, stance in zip(names, stances, strict=True)]
    judged = {
        "claim_ids": names[:1],
        "findings": findings_to_json(found),
        "thresholds": {"review": 0.5, "reply": 0.8},
    }
    action = Action.REVIEW if post_id <= OPEN + DECIDED else Action.IGNORE
    post = {"post_id": post_id, "guild_id": GUILD, "forum_id": 20 + post_id % 4, "thread_id": 1_000_000 + post_id}
    post |= {"state": "decided", "text_hash": f"{post_id:064}", "claimed_at": at, "author": chance.choice(members)}
    best = max(one.p_asserts for one in found)
    decision = {"post_id": post_id, "action": action, "would_be": action, "mode": "review", "reasons": ["code"]}
    decision |= {"decided_at": at, "best": best, **judged}
    if action is Action.IGNORE:
        return post, decision, {}
    review = {"post_id": post_id, "reply": sealed[0], "excerpt": sealed[1], "created_at": at, "why": "screened"}
    review |= {"card_message_id": post_id, **judged}
    if post_id <= OPEN:
        return post, decision, {**review, "state": "open", "outcome": None, "resolved_by": None, "resolved_at": None}
    outcome = chance.choice((Outcome.POSTED, Outcome.FALSE_MATCH))
    return post, decision, {**review, "state": "closed", "outcome": outcome, "resolved_by": 5, "resolved_at": at}


async def timed(name: str, call: Callable[[], Awaitable[object]], runs: int = RUNS) -> None:
    """Print the median and the slowest of some runs, and the processor's time, which other programs do not stretch."""
    took, worked = [], []
    for _ in range(runs):
        start, busy = time.perf_counter(), time.process_time()
        await call()
        took.append((time.perf_counter() - start) * 1_000)
        worked.append((time.process_time() - busy) * 1_000)
    median, slowest, processor = statistics.median(took), max(took), statistics.median(worked)
    line = f"{name:32} median {median:8.1f} ms, slowest {slowest:8.1f} ms, processor {processor:8.1f} ms"
    print(line)  # noqa: T201


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
    await timed(
        "resolve_review (a click)", lambda: store.resolve_review(next(clicks).id, actor_id=5, outcome=Outcome.POSTED)
    )
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
            print(f"{POSTS:,} posts, {OPEN:,} open cards, {path.stat().st_size / 1e6:.0f} MB")  # noqa: T201
            await measure(store)


if __name__ == "__main__":
    asyncio.run(main())
