"""Migrations: from blank, from the oldest with rows, all or nothing, and the same tables as ``schema`` says."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.core.errors import StoreUnavailable
from bot.core.note_ports import NoteRules, Pack
from bot.store import migration, open_store, upgrade
from bot.store.rows import findings_to_json
from bot.store.schema import metadata
from tests.bot.store.values import KEY, look, promised
from tests.fakes import finding

VERSIONS = sorted((migration.LOCATION / "versions").glob("*.py"))
BROKEN = """
from alembic import op
revision, down_revision = "9999", "{head}"
def upgrade():
    op.execute("CREATE TABLE half (id INTEGER)")
    op.execute("UPDATE forums SET mode = 'auto'")
    op.execute("SELECT * FROM no_such_table")
"""


def migrate(path, target, location=migration.LOCATION):
    """Bring a file to one version, as an older program would have left it."""
    engine = create_engine(f"sqlite:///{path}")
    config = migration._config(location)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, target)
    finally:
        engine.dispose()


def oldest_with_rows(path):
    """Leave a database of the first version with rows in it."""
    migrate(path, "0001")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO forums VALUES (10, 20, 'review', 77)")
        connection.execute("INSERT INTO posts VALUES (1, 10, 20, 30, 'pending', 'aa', 1700000000000000)")
        connection.execute("INSERT INTO forums VALUES (10, 21, 'off', NULL), (11, 22, 'shadow', NULL)")
        connection.execute("INSERT INTO ratings VALUES (900, 'bb', 1, 1700000000000000)")
        connection.execute("INSERT INTO requests VALUES (1, 10, x'00', 1700000000000000)")
        connection.execute("INSERT INTO audit VALUES (1, 1700000000000000, 'forum-set', 10, 20, 5, 'mode review')")
        connection.execute(
            "INSERT INTO reviews VALUES (1, 1, 'open', NULL, '[\"c1\"]', '[]', NULL, NULL, NULL, 1700000000000000,"
            " NULL, NULL, NULL)"
        )


def test_versions_then_ids_are_unique_in_one_line_and_match_their_files():
    texts = {path.name: path.read_text("utf-8") for path in VERSIONS}
    ids = {name: re.search(r'^revision = "(\d{4})"$', text, re.M)[1] for name, text in texts.items()}
    parents = [re.search(r"^down_revision = (.+)$", text, re.M)[1] for text in texts.values()]
    assert all(name.startswith(f"m{revision}_") for name, revision in ids.items())
    assert list(ids.values()) == [f"{number:04}" for number in range(1, len(ids) + 1)]
    assert parents == ["None", *(f'"{revision}"' for revision in list(ids.values())[:-1])]


async def test_upgrade_when_blank_then_the_tables_are_those_of_the_schema(url, path):
    assert await upgrade(url) == migration.newest_version()
    engine = create_engine(url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert differences == []


async def test_upgrade_when_done_twice_then_the_second_changes_nothing(url, path):
    await upgrade(url)
    before = look(path, "SELECT * FROM sqlite_master")
    assert await upgrade(url) == migration.newest_version()
    assert look(path, "SELECT * FROM sqlite_master") == before


async def test_upgrade_when_at_the_oldest_with_rows_then_they_are_kept(url, path):
    oldest_with_rows(path)
    await upgrade(url)
    async with open_store(url, key=KEY) as store:
        forum = await store.forum(10, 20)
        assert (forum.forum_id, forum.mode, forum.moderators_channel_id) == (20, "review", 77)
        assert (await store.status()).pending_posts == 1
        await promised(store)
    assert look(path, "SELECT what FROM audit ORDER BY id") == [("forum-set",), ("decided",)]


async def test_upgrade_then_a_server_with_forums_is_to_take_the_pack_it_had(url, path):
    oldest_with_rows(path)
    await upgrade(url)
    async with open_store(url, key=KEY) as store:
        assert await store.library.servers(Pack.TAKE) == (10, 11)
        assert await store.library.rules(10) == NoteRules(10, 2, None, Pack.TAKE)
        assert await store.library.rules(12) == NoteRules(12)
        assert await store.library.served() == {}


async def test_upgrade_then_older_reviews_ratings_and_requests_have_what_is_new(url, path):
    oldest_with_rows(path)
    await upgrade(url)
    async with open_store(url, key=KEY) as store:
        [item] = await store.reviews_without_card()
        assert (item.id, item.why) == (1, "screened")
        await store.rate(900, 7, is_helpful=False, reasons=["unclear"])
        assert await store.rating_counts(900) == (1, 1)
    assert look(path, "SELECT reasons FROM ratings ORDER BY is_helpful") == [('["unclear"]',), ("[]",)]
    assert look(path, "SELECT asker, closed_at FROM requests") == [(None, None)]


async def test_upgrade_then_older_decisions_get_their_best_score_and_older_posts_no_author(url, path):
    oldest_with_rows(path)
    findings = json.dumps(findings_to_json((finding("c1", 0.4), finding("c2", 0.7))))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO posts VALUES (2, 10, 20, 30, 'decided', 'aa', 1700000000000000)")
        for post_id, found in ((1, "[]"), (2, findings)):
            values = (post_id, "ignore", "ignore", "shadow", "[]", "[]", found, '{"review": 0.5, "reply": 0.8}', 0)
            connection.execute("INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    await upgrade(url)
    assert look(path, "SELECT best FROM decisions ORDER BY post_id") == [(None,), (0.7,)]
    assert look(path, "SELECT DISTINCT author FROM posts") == [(None,)]
    async with open_store(url, key=KEY) as store:
        [(place, best)] = await store.desk.examples(10, (0.6, 0.8))
        assert (place.post_id, best) == (2, finding("c2", 0.7))
        assert len(await store.desk.scored(10, datetime(2020, 1, 1, tzinfo=UTC))) == 2
        assert len(await store.desk.handled(10, datetime(2020, 1, 1, tzinfo=UTC))) == 2


async def test_open_when_the_schema_is_older_then_it_is_upgraded_only_when_asked(url, path):
    oldest_with_rows(path)
    with pytest.raises(StoreUnavailable, match="footnote db upgrade"):
        async with open_store(url, key=KEY):
            pytest.fail("opened")
    assert look(path, "SELECT version_num FROM alembic_version") == [("0001",)]
    async with open_store(url, key=KEY, upgrade=True) as store:
        assert (await store.status()).schema_version == migration.newest_version()


async def test_open_when_the_schema_is_newer_then_one_sentence_and_nothing_changes(url, path):
    await upgrade(url)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9998'")
    with pytest.raises(StoreUnavailable, match="newer version of Footnote"):
        async with open_store(url, key=KEY, upgrade=True):
            pytest.fail("opened")
    assert look(path, "SELECT version_num FROM alembic_version") == [("9998",)]


async def test_upgrade_when_a_migration_fails_half_way_then_neither_table_nor_version_is_there(url, path, tmp_path):
    oldest_with_rows(path)
    location = tmp_path / "migrations 100%"
    shutil.copytree(migration.LOCATION, location)
    (location / "versions" / "m9999_broken.py").write_text(BROKEN.format(head=migration.newest_version()))
    async with open_store(url, key=KEY, upgrade=True) as store:
        with pytest.raises(StoreUnavailable):
            await store._database.write(lambda c: migration.upgrade(c, location))
    assert look(path, "SELECT version_num FROM alembic_version") == [(migration.newest_version(),)]
    assert look(path, "SELECT name FROM sqlite_master WHERE name = 'half'") == []
    assert look(path, "SELECT mode FROM forums") == [("review",), ("off",), ("shadow",)]


@pytest.mark.parametrize("verb", ["UPDATE audit SET what = 'x'", "DELETE FROM audit"])
async def test_audit_then_the_database_refuses_to_change_it(store, path, verb):
    await promised(store)
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(verb)
    assert look(path, "SELECT what FROM audit") == [("decided",)]


def test_schema_then_it_can_be_written_for_postgres_too():
    """No server is asked: this catches types and options that only one of the two knows."""
    dialect = postgresql.dialect()
    statements = [str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables]
    statements += [
        str(CreateIndex(i).compile(dialect=dialect)) for table in metadata.tables.values() for i in table.indexes
    ]
    assert any("BIGSERIAL" in statement for statement in statements)
    assert sum("snowflake" in statement for statement in statements) == 0
