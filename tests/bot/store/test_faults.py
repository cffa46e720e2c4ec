"""A disk that is full, a lock that does not go away, a process that is killed: nothing half-written."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from bot.core.domain import Mode
from bot.core.errors import StoreUnavailable
from bot.store import open_store
from tests.bot.store.values import KEY, WORDS, decision, look, post, promised, reply

WRITE_FOR_EVER = """
import asyncio, sys
from bot.core.domain import Mode
from bot.store import open_store
from tests.bot.store.values import decision, post, reply
async def main(url, key):
    async with open_store(url, key=key) as store:
        for post_id in range(1, 10**6):
            claims = (f"c{post_id}", f"d{post_id}")
            await store.record(post(post_id), decision(claims=claims), mode=Mode.AUTO, reply=reply(post_id, claims),
                               excerpt=None)
            print(post_id, flush=True)
asyncio.run(main(*sys.argv[1:]))
"""

COUNTS = "SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM decisions), (SELECT count(*) FROM outbox)"


async def pragma(store, text):
    """Set something on the one connection that writes."""
    return await store._database.write(lambda c: c.exec_driver_sql(f"PRAGMA {text}").scalar())


async def record(store, post_id):
    claims = (f"c{post_id}",)
    return await store.record(
        post(post_id), decision(claims=claims), mode=Mode.AUTO, reply=reply(post_id, claims), excerpt=WORDS
    )


async def record_until_refused(store):
    """Return how many posts were stored and the error that ended it."""
    for kept in range(1000):
        try:
            await record(store, kept + 1)
        except StoreUnavailable as error:
            return kept, error
    pytest.fail("the disk never filled up")


async def test_write_when_the_disk_is_full_then_one_sentence_nothing_half_written_and_it_recovers(store, path):
    await pragma(store, f"max_page_count = {await pragma(store, 'page_count') + 4}")
    kept, refusal = await record_until_refused(store)
    assert "disk is full" in str(refusal)
    assert look(path, COUNTS) == [(kept, kept, kept)]
    assert (await store.status()).posts == kept, "reading goes on"
    await pragma(store, "max_page_count = 100000")
    await record(store, 5000)
    assert look(path, COUNTS) == [(kept + 1, kept + 1, kept + 1)]
    assert look(path, "PRAGMA integrity_check") == [("ok",)]


async def test_write_when_another_program_holds_the_lock_then_one_sentence_and_it_recovers(store, path):
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            await record(store, 1)
        assert (await store.status()).posts == 0, "reading goes on"
    await record(store, 1)
    assert look(path, COUNTS) == [(1, 1, 1)]


async def test_write_when_the_file_cannot_be_written_then_one_sentence(store):
    await store._database.write(lambda c: c.exec_driver_sql("PRAGMA query_only = ON"))
    with pytest.raises(StoreUnavailable, match="permissions"):
        await record(store, 1)


async def test_read_then_its_connection_cannot_write(store):
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        await store._database.read(lambda c: c.exec_driver_sql("DELETE FROM posts"))


async def open_and_read(url):
    async with open_store(url, key=KEY) as store:
        await store.outbox_due(datetime.now(UTC))
        await store.status()


async def test_read_when_the_file_is_damaged_then_one_sentence(url, path):
    async with open_store(url, key=KEY) as store:
        for post_id in range(1, 60):
            await record(store, post_id)
    await open_and_read(url)
    content = bytearray(path.read_bytes())
    content[4096 * 3 :] = b"\xaa" * (len(content) - 4096 * 3)
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable, match=r"damaged|not a database"):
        await open_and_read(url)


async def test_write_when_a_constraint_breaks_then_the_bug_is_not_dressed_as_a_fault_of_the_disk(store):
    await promised(store)
    with pytest.raises(IntegrityError):
        await store._database.write(lambda c: c.exec_driver_sql("INSERT INTO decisions SELECT * FROM decisions"))


async def test_write_when_the_caller_is_cancelled_then_it_is_finished_whole(store, path):
    """A shutdown in the middle of a post leaves no half of it."""
    tasks = [asyncio.create_task(record(store, post_id)) for post_id in range(1, 6)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    assert all(isinstance(end, asyncio.CancelledError) for end in await asyncio.gather(*tasks, return_exceptions=True))
    await record(store, 100)
    [counts] = look(path, COUNTS)
    assert len(set(counts)) == 1
    assert (await store.status()).posts == counts[0]


async def test_close_when_writes_are_running_and_queued_then_it_waits_for_them(url, path):
    may_go_on = threading.Event()
    async with open_store(url, key=KEY) as store:
        tasks = [asyncio.create_task(store._database.write(lambda _: may_go_on.wait(10)))]
        tasks.append(asyncio.create_task(record(store, 1)))
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert look(path, COUNTS) == [(0, 0, 0)]
        may_go_on.set()
    assert look(path, COUNTS) == [(1, 1, 1)]


async def test_reads_when_their_callers_are_cancelled_then_the_connections_go_on_serving(store):
    for _ in range(5):
        tasks = [asyncio.create_task(store.status()) for _ in range(5)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert (await store.status()).posts == 0


async def test_write_then_the_event_loop_is_free_meanwhile(store, path):
    """The gateway must not wait for a disk or a lock."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(record(store, 1))
        turns = 0
        while not waiting.done():
            await asyncio.sleep(0.01)
            turns += 1
        assert isinstance(waiting.exception(), StoreUnavailable)
    assert turns >= 5, "the lock is waited for during 0.2 s"


def kill_after(lines, url):
    """Start the endless writer, kill it after so many stored posts, and return the last one it reported."""
    command = [sys.executable, "-c", WRITE_FOR_EVER, url, KEY]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for _ in range(lines):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    rest, _ = process.communicate(timeout=30)
    return max([lines, *(int(line) for line in rest.split())])


def test_killed_in_the_middle_of_writing_then_the_database_is_whole_and_nothing_is_half_written(url, path):
    async def due():
        async with open_store(url, key=KEY) as store:
            return await store.outbox_due(datetime.now(UTC), limit=10**6)

    last = kill_after(20, url)
    items = asyncio.run(due())
    assert look(path, "PRAGMA integrity_check") == [("ok",)]
    assert look(path, "PRAGMA foreign_key_check") == []
    [counts] = look(path, COUNTS)
    assert counts in [(last,) * 3, (last + 1,) * 3], "what was reported as stored is stored, and whole"
    assert len(items) == counts[0]
    assert look(path, "SELECT count(*) FROM outbox_claims") == [(2 * counts[0],)]
