"""Questions that found no note: sealed, counted by people within one server, erased when they have served."""

from __future__ import annotations

from datetime import timedelta

from tests.bot.store.values import audited, files_hold, look

ANNA, BERT = 123456789012345678, 223456789012345678


async def test_requests_then_newest_first_sealed_on_disk(store, path):
    await store.record_request(10, "who paid for the moon base?", asker_id=ANNA)
    await store.record_request(10, "and for Atlantis?", asker_id=ANNA)
    await store.record_request(11, "elsewhere", asker_id=ANNA)
    assert await store.requests(10) == ("and for Atlantis?", "who paid for the moon base?")
    assert not files_hold(path, "Atlantis")
    assert not files_hold(path, "moon base")
    assert not files_hold(path, str(ANNA))


async def test_demands_tell_people_apart_in_one_server_and_link_nobody_across_servers(quick_store, library, clock):
    for guild_id, asker_id in ((10, ANNA), (10, BERT), (10, ANNA), (11, ANNA)):
        await quick_store.record_request(guild_id, f"from {asker_id}", asker_id=asker_id)
    anna, bert, again = await library.demands(10)
    assert anna.asker == again.asker != bert.asker
    assert (anna.question, anna.at) == (f"from {ANNA}", clock.now())
    [elsewhere] = await library.demands(11)
    assert elsewhere.asker not in (anna.asker, bert.asker)
    assert [demand.id for demand in await library.demands(10, limit=1)] == [anna.id]


async def test_close_demands_takes_the_servers_own_off_the_list_once_and_erases_them(store, path):
    for guild_id in (10, 10, 11):
        await store.record_request(guild_id, "what?", asker_id=ANNA)
    newest, oldest = await store.library.demands(10)
    [elsewhere] = await store.library.demands(11)
    assert await store.library.close_demands(10, [newest.id, elsewhere.id, 404], actor_id=5) == 1
    assert await store.library.close_demands(10, [newest.id], actor_id=6) == 0
    assert await store.library.demands(10) == (oldest,)
    assert await store.library.demands(11) == (elsewhere,)
    assert look(path, "SELECT id, asker FROM requests WHERE question IS NULL") == [(newest.id, None)]
    assert audited(path) == ["requests-closed"]


async def test_close_demands_of_none_then_nothing_happens(store, path):
    assert await store.library.close_demands(10, [], actor_id=5) == 0
    assert audited(path) == []


async def test_demands_when_from_before_askers_were_kept_then_they_count_as_one(store):
    await store.record_request(10, "what?", asker_id=ANNA)
    await store._database.write(lambda c: c.exec_driver_sql("UPDATE requests SET asker = NULL"))
    assert [demand.asker for demand in await store.library.demands(10)] == [""]


async def test_expire_then_the_asker_goes_with_the_question(store, clock, path):
    await store.record_request(10, "what?", asker_id=ANNA)
    clock.advance(timedelta(days=1))
    assert await store.expire(clock.now()) == 1
    assert await store.library.demands(10) == ()
    assert look(path, "SELECT question, asker FROM requests") == [(None, None)]
