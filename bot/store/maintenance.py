"""What ``footnote db`` does: upgrade, check and back up. Each is safe beside a running bot."""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, select

from bot.core.errors import BadInput, BadSetting, StoreUnavailable
from bot.store import upkeep
from bot.store.encryption import sync_folder
from bot.store.engine import Database, create_file, parse_url, sqlite_path, subject
from bot.store.faults import reported_as_store_error
from bot.store.library_texts import is_readable
from bot.store.migration import newest_version, require_newest, version_of
from bot.store.opening import fitting_vault
from bot.store.outbox import WAITS_FOR_DELETION
from bot.store.schema import OutboxState, PostState, ReviewState, contests, outbox, posts, requests, reviews
from bot.store.schema_notes import EditState, note_revisions, reply_edits

_BUSY_TIMEOUT_S = 5.0
_SAFE_SQLITE = (3, 51, 3)
_OTHERS_BITS = 0o077
_LISTED_FAULTS = 3


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One finding of ``check``: a stable name, whether it is in order, and a sentence."""

    name: str
    is_ok: bool
    text: str


async def upgrade(url: str) -> str:
    """Bring the database to the newest schema, or set a blank one up; return the version.

    Raises StoreUnavailable, and then nothing has changed.
    """
    address = parse_url(url)
    path = sqlite_path(address)
    if path is not None:
        create_file(path)
    name = subject(address)
    database = Database(address, _BUSY_TIMEOUT_S)
    try:
        return await database.write(partial(require_newest, name=name, may_upgrade=True), name)
    finally:
        await database.close()


async def check(url: str, *, key: str | None = None, key_file: Path | None = None) -> list[CheckLine]:
    """Verify the database without changing it; with a key, also that the stored texts open.

    Raises StoreUnavailable when it cannot be read at all.
    """
    address = parse_url(url)
    _require_file(address)
    database = Database(address, _BUSY_TIMEOUT_S)
    try:
        lines = await database.read(partial(_check_schema, name=subject(address)), subject(address))
        if sqlite_path(address) is not None:
            lines += _check_file(address) + await database.read(_check_sqlite, subject(address))
        if all(line.is_ok for line in lines):
            lines += await database.read(partial(_check_rows, key=key, key_file=key_file), subject(address))
        return lines
    finally:
        await database.close()


async def backup(url: str, target: Path) -> None:
    """Copy a SQLite database to a new file, whole and verified even while the bot writes. The key is not in it.

    Raises BadInput when ``target`` exists or cannot be written, BadSetting for another kind of database,
    StoreUnavailable when the copy fails; nothing is left at ``target`` then.
    """
    address = parse_url(url)
    source = sqlite_path(address)
    if source is None:
        raise BadSetting("Only a SQLite file can be backed up here; for Postgres use pg_dump.")
    _require_file(address)
    await asyncio.to_thread(_backup, source, target)


def _backup(source: Path, target: Path) -> None:
    """Build the copy under a hidden name; the target appears whole, or not at all when the power goes."""
    taken = BadInput(f"{target} exists already; name a new file for the backup.")
    if target.exists():
        raise taken
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise BadInput(f"The backup {target} cannot be written: {error.strerror}.") from error
    try:
        with reported_as_store_error(f"The backup of {source}"):
            _copy(source, draft)
        _name_durably(draft, target)
    except FileExistsError as error:
        raise taken from error
    finally:
        draft.unlink(missing_ok=True)


def _name_durably(draft: Path, target: Path) -> None:
    """Give the finished file its name; never over another file, except where the disk knows no hard links."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise
    except OSError:
        draft.rename(target)
    sync_folder(target.parent)


def _copy(source: Path, draft: Path) -> None:
    """Copy one snapshot through SQLite's own backup, verify the copy, and push it to the disk."""
    with closing(_connect(source)) as original, closing(_connect(draft)) as copy:
        original.execute("PRAGMA query_only = ON")
        original.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # so that the one file is all there is
        copy.execute("VACUUM")  # and holds no row that was erased
        answer = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if answer != "ok":
        raise StoreUnavailable(f"The database {source} is damaged ({answer}); keep your last good backup.")
    with draft.open("rb+") as file:
        os.fsync(file.fileno())


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)


def _require_file(address: URL) -> None:
    path = sqlite_path(address)
    if path is not None and not path.is_file():
        raise StoreUnavailable(f"There is no database {path} yet; `footnote run` or `footnote db upgrade` makes it.")


def _check_schema(connection: Connection, name: str) -> list[CheckLine]:
    version, newest = version_of(connection), newest_version()
    if version == newest:
        return [CheckLine("schema", True, f"{name} has the newest schema, {newest}.")]
    advice = "run `footnote db upgrade`" if version is None or version < newest else "update Footnote"
    return [CheckLine("schema", False, f"{name} has schema {version or 'none'}, not {newest}; {advice}.")]


def _check_file(address: URL) -> list[CheckLine]:
    path = sqlite_path(address)
    if path is None or os.name != "posix":
        return []
    if path.stat().st_mode & _OTHERS_BITS:
        return [CheckLine("permissions", False, f"Other users may open the database; run: chmod 600 {path}")]
    return [CheckLine("permissions", True, "Only its owner may open the file.")]


def _check_sqlite(connection: Connection) -> list[CheckLine]:
    journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    faults = [row[0] for row in connection.exec_driver_sql(f"PRAGMA integrity_check({_LISTED_FAULTS})")]
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    is_whole = faults == ["ok"]
    return [
        CheckLine(
            "journal", journal == "wal", f"The journal mode is {journal}{'' if journal == 'wal' else ', not wal'}."
        ),
        CheckLine("integrity", is_whole, "The file is whole." if is_whole else f"Damaged: {'; '.join(faults)}."),
        CheckLine("references", not orphans, f"{len(orphans)} rows refer to rows that are missing."),
        CheckLine("sqlite", True, _sqlite_note()),
    ]


def _sqlite_note() -> str:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= _SAFE_SQLITE:
        return f"SQLite {version}."
    return f"SQLite {version}: older than 3.51.3, safe with one bot a file; never run two bots on one file."


def _check_rows(connection: Connection, key: str | None, key_file: Path | None) -> list[CheckLine]:
    lines = [CheckLine("pending", True, _pending(connection)), _check_notes(connection)]
    if key or (key_file and key_file.is_file()):
        lines.append(_check_texts(connection, key, key_file))
    return lines


def _pending(connection: Connection) -> str:
    pending = upkeep.count(connection, posts, posts.c.state == PostState.PENDING)
    due = upkeep.count(connection, outbox, outbox.c.state == OutboxState.DUE)
    open_reviews = upkeep.count(connection, reviews, reviews.c.state == ReviewState.OPEN)
    undeleted = upkeep.count(connection, outbox, WAITS_FOR_DELETION)
    unedited = upkeep.count(connection, reply_edits, reply_edits.c.state == EditState.DUE)
    return (
        f"Waiting: {pending} posts to judge, {due} replies to send, {open_reviews} reviews, "
        f"{undeleted} withdrawn replies to delete, {unedited} replies to edit."
    )


def _check_notes(connection: Connection) -> CheckLine:
    """Read every kept text: a note that this version cannot read is never shown, and nobody would notice."""
    texts = unreadable = 0
    for text in connection.execute(select(note_revisions.c.text).distinct()).scalars():
        texts += 1
        unreadable += not is_readable(text)
    return CheckLine("notes", unreadable == 0, f"{texts} note texts, {unreadable} of them cannot be read.")


def _check_texts(connection: Connection, key: str | None, key_file: Path | None) -> CheckLine:
    try:
        vault = fitting_vault(connection, key, key_file, may_create=False)
    except BadSetting as error:
        return CheckLine("texts", False, str(error))
    columns = (outbox.c.reply, reviews.c.reply, reviews.c.excerpt, requests.c.question, contests.c.words)
    sealed = unreadable = 0
    for column in columns:
        for token in connection.execute(select(column).where(column.is_not(None))).scalars():
            sealed += 1
            unreadable += vault.unseal(token) is None
    return CheckLine("texts", unreadable == 0, f"{sealed} stored texts, {unreadable} of them cannot be decrypted.")
