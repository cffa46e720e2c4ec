"""Opening: keys, permissions, wrong files, and one plain sentence for each fault."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing

import pytest

from bot.core.errors import BadSetting, StoreUnavailable
from bot.store import open_store
from bot.store.encryption import Vault, new_key, parse_key
from tests.bot.store.values import KEY, OTHER_KEY, asked, look, promised


async def failure(url, **options):
    """Open the store, which must fail, and return the error after checking that its text is one sentence."""
    with pytest.raises((BadSetting, StoreUnavailable)) as caught:
        async with open_store(url, busy_timeout_s=0.1, **options):
            pytest.fail("the store opened")
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    assert len(sentence) < 300
    return caught.value


async def test_open_when_the_file_is_missing_then_it_and_its_folder_are_made_private(tmp_path):
    path = tmp_path / "data" / "footnote.db"
    key_file = tmp_path / "data" / "key"
    async with open_store(f"sqlite:///{path}", key_file=key_file) as store:
        await asked(store)
        modes = {file.name: os.stat(file).st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == dict.fromkeys(("footnote.db", "footnote.db-wal", "footnote.db-shm", "key"), 0o600)


async def test_open_then_the_connections_have_the_settings_that_the_promises_rest_on(store):
    """Full sync: the outbox survives a power cut. Readers cannot write. Erased text is overwritten."""
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout", "query_only")

    def settings(connection):
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert await store._database.write(settings) == ["wal", 2, 1, 1, 200, 0]
    assert (await store._database.read(settings))[-2:] == [200, 1]


async def test_open_when_closed_then_only_the_one_file_is_left(url, path):
    async with open_store(url, key=KEY) as store:
        await asked(store)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_open_again_with_the_key_file_then_the_texts_open(url, tmp_path):
    for _ in range(2):
        async with open_store(url, key_file=tmp_path / "key") as store:
            await store.record_request(10, "what?", asker_id=5)
    async with open_store(url, key_file=tmp_path / "key") as store:
        assert await store.requests(10) == ("what?", "what?")


async def test_open_with_both_then_the_key_wins_and_no_file_is_made(url, tmp_path):
    async with open_store(url, key=KEY, key_file=tmp_path / "key"):
        assert not (tmp_path / "key").exists()


async def test_open_with_another_key_then_one_sentence_and_nothing_is_lost(url, path):
    async with open_store(url, key=KEY) as store:
        item = await promised(store)
    before = path.read_bytes()
    error = await failure(url, key=OTHER_KEY)
    assert "key" in str(error)
    assert error.exit_code == 2
    assert path.read_bytes() == before
    async with open_store(url, key=KEY) as store:
        assert await store.outbox_due(item.created_at) == (item,)


async def test_open_when_the_key_file_was_lost_then_no_new_key_is_made(url, tmp_path):
    """A fresh key would hide that the old texts can no longer be read."""
    async with open_store(url, key_file=tmp_path / "key"):
        pass
    (tmp_path / "key").rename(tmp_path / "lost")
    assert "missing" in str(await failure(url, key_file=tmp_path / "key"))
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize("content", ["", "not a key", KEY[:-4], KEY + KEY, "é" * 44])
async def test_open_when_the_key_file_holds_garbage_then_one_sentence(url, tmp_path, content):
    (tmp_path / "key").write_text(content)
    (tmp_path / "key").chmod(0o600)
    assert "valid key" in str(await failure(url, key_file=tmp_path / "key"))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
async def test_open_when_others_may_read_the_key_file_then_says_the_command(url, tmp_path, mode):
    (tmp_path / "key").write_text(KEY)
    (tmp_path / "key").chmod(mode)
    assert "chmod 600" in str(await failure(url, key_file=tmp_path / "key"))


async def test_open_when_the_key_file_is_a_folder_then_one_sentence(url, tmp_path):
    (tmp_path / "key").mkdir()
    assert "cannot be read" in str(await failure(url, key_file=tmp_path / "key"))


async def test_open_when_the_key_is_garbage_then_it_is_not_repeated(url):
    error = await failure(url, key="hunter2")
    assert "hunter2" not in str(error)


async def test_open_without_any_key_then_says_so(url):
    assert "no encryption key" in str(await failure(url))


@pytest.mark.parametrize("url", ["footnote.db", "mysql://host/name", "sqlite:///file:x?mode=ro", ""])
async def test_open_when_the_address_cannot_be_served_then_says_what_can(url):
    assert "sqlite:///" in str(await failure(url, key=KEY))


async def test_open_when_the_file_is_no_database_then_it_stays_as_it_was(url, path):
    path.write_text("a shopping list, long enough to be read as a header by a careless program" * 20)
    before = path.read_bytes()
    error = await failure(url, key=KEY)
    assert "not a database" in str(error)
    assert str(path) in str(error)
    assert path.read_bytes() == before


async def test_open_when_the_database_is_another_programs_then_it_stays_as_it_was(url, path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    assert "another program" in str(await failure(url, key=KEY))
    assert look(path, "SELECT name FROM sqlite_master") == [("recipes",)]


async def test_open_when_the_path_is_a_folder_then_one_sentence(tmp_path):
    assert "cannot be opened" in str(await failure(f"sqlite:///{tmp_path}", key=KEY))


async def test_open_when_the_folder_cannot_be_made_then_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be created" in str(await failure(f"sqlite:///{tmp_path}/file/footnote.db", key=KEY))


async def test_open_when_another_program_holds_the_lock_then_one_sentence(url, path):
    async with open_store(url, key=KEY):
        pass
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "locked" in str(await failure(url, key=KEY))


async def test_open_when_two_start_on_a_missing_file_then_both_share_one_key(url, tmp_path):
    async def start():
        async with open_store(url, key_file=tmp_path / "key") as store:
            await store.record_request(10, "what?", asker_id=5)

    await asyncio.gather(start(), start())
    async with open_store(url, key_file=tmp_path / "key") as store:
        assert await store.requests(10) == ("what?", "what?")


async def test_open_in_memory_then_it_needs_no_key_and_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with open_store("sqlite:///:memory:") as store:
        item = await promised(store)
        assert await store.outbox_due(item.created_at) == (item,)
    assert list(tmp_path.iterdir()) == []


def test_vault_when_the_text_was_sealed_with_another_key_then_none():
    one, other = (Vault(parse_key(new_key(), "test")) for _ in range(2))
    sealed = one.seal("words")
    assert one.unseal(sealed) == "words"
    assert other.unseal(sealed) is None
    assert one.unseal(sealed[:-1]) is None
    assert one.seal("words") != sealed


def test_digest_then_parts_and_key_all_count():
    one, other = (Vault(parse_key(key, "test")) for key in (KEY, OTHER_KEY))
    digests = [one.digest("a", "bc"), one.digest("ab", "c"), one.digest("abc"), other.digest("a", "bc")]
    assert len(set(digests)) == 4
    assert one.digest("post", 1) == one.digest("post", 1)
