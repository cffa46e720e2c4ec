"""``footnote db``: check and backup, also beside a running bot."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing

import pytest

from bot.core.errors import BadInput, BadSetting, StoreUnavailable
from bot.store import backup, check, maintenance, open_store, upgrade
from tests.bot.store.values import KEY, OTHER_KEY, asked, files_hold, look, promised


def faults(lines):
    """Return the names of the lines that are not in order."""
    return [line.name for line in lines if not line.is_ok]


async def test_check_when_all_is_well_then_every_line_is_ok_and_counts_what_waits(store, url):
    await promised(store, 1, ("c1",))
    await asked(store, 2, ("c2",))
    lines = {line.name: line for line in await check(url, key=KEY)}
    assert faults(lines.values()) == []
    expected = ["schema", "permissions", "journal", "integrity", "references", "sqlite", "pending", "notes", "texts"]
    assert list(lines) == expected
    assert "0 posts to judge, 1 replies to send, 1 reviews" in lines["pending"].text
    assert lines["texts"].text == "3 stored texts, 0 of them cannot be decrypted."


async def test_check_then_it_changes_nothing(url, path):
    await upgrade(url)
    before = path.read_bytes()
    await check(url)
    assert path.read_bytes() == before


async def test_check_with_another_key_then_says_so(store, url):
    [line] = [line for line in await check(url, key=OTHER_KEY) if not line.is_ok]
    assert line.name == "texts"
    assert "not the one" in line.text


async def test_check_when_a_text_was_damaged_then_counts_it(store, url):
    item = await promised(store)
    await store._database.write(lambda c: c.exec_driver_sql("UPDATE outbox SET reply = x'00' WHERE id = ?", (item.id,)))
    assert faults(await check(url, key=KEY)) == ["texts"]


async def test_check_when_others_may_read_the_file_then_says_the_command(store, url, path):
    path.chmod(0o644)
    [line] = [line for line in await check(url) if not line.is_ok]
    assert f"chmod 600 {path}" in line.text


async def test_check_when_a_row_refers_to_nothing_then_says_so(url, path):
    await upgrade(url)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO outbox_claims VALUES (30, 'c1', 99)")
    assert faults(await check(url)) == ["references"]


async def test_check_when_the_schema_is_blank_then_says_upgrade(url, path):
    path.touch(mode=0o600)
    [line] = [line for line in await check(url) if line.name == "schema"]
    assert not line.is_ok
    assert "footnote db upgrade" in line.text


@pytest.mark.parametrize("action", [check, lambda url: backup(url, None)])
async def test_check_or_backup_when_there_is_no_file_then_one_sentence_and_none_is_made(url, path, action):
    with pytest.raises(StoreUnavailable, match="There is no database"):
        await action(url)
    assert not path.exists()


async def test_backup_while_the_bot_writes_then_the_copy_is_whole_private_and_opens(store, url, tmp_path):
    target = tmp_path / "copy.db"
    writes = (promised(store, post_id, (f"c{post_id}",)) for post_id in range(2, 12))
    await promised(store)
    await asyncio.gather(backup(url, target), *writes)
    assert look(target, "PRAGMA integrity_check") == [("ok",)]
    [[posts, decisions]] = look(target, "SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM decisions)")
    assert posts >= decisions >= 1
    assert os.stat(target).st_mode & 0o777 == 0o600
    assert not files_hold(target, "Atlantis")
    async with open_store(f"sqlite:///{target}", key=KEY) as copy:
        assert (await copy.status()).posts == posts


async def test_backup_when_the_target_exists_then_it_is_left_alone(store, url, tmp_path):
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(BadInput, match="exists already"):
        await backup(url, target)
    assert target.read_text() == "precious"


async def test_backup_when_the_target_appears_meanwhile_then_it_is_left_alone(store, url, tmp_path, monkeypatch):
    target = tmp_path / "copy.db"
    copy = maintenance._copy

    def copy_slowly(source, draft):
        copy(source, draft)
        target.write_text("precious")

    monkeypatch.setattr(maintenance, "_copy", copy_slowly)
    with pytest.raises(BadInput, match="exists already"):
        await backup(url, target)
    assert target.read_text() == "precious"
    assert sorted(file.name for file in tmp_path.iterdir() if file.name.startswith(".")) == []


async def test_backup_when_the_folder_is_missing_then_one_sentence(store, url, tmp_path):
    with pytest.raises(BadInput, match="cannot be written"):
        await backup(url, tmp_path / "nowhere" / "copy.db")


async def test_backup_when_the_database_is_damaged_then_nothing_is_left_at_the_target(url, path, tmp_path):
    path.write_bytes(b"no database at all, only a file of some length" * 100)
    (folder := tmp_path / "backups").mkdir()
    with pytest.raises(StoreUnavailable):
        await backup(url, folder / "copy.db")
    assert list(folder.iterdir()) == []


async def test_backup_when_it_is_postgres_then_names_the_right_tool():
    with pytest.raises(BadSetting, match="pg_dump"):
        await backup("postgresql://host/name", None)
