"""Posts, decisions and replies for store tests to vary, and a look into the file beside the store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.core.domain import Action, Decision, Mode, Note, Reply, ReplySection, Thresholds
from bot.core.ports import OutboxItem, PostRef, ReviewItem
from bot.store import SqlLibrary, SqlStore
from tests.fakes import finding

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
OTHER_KEY = "YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlqYWI="
WORDS = "the moon base was paid for by Atlantis"
GUILD, FORUM, THREAD = 10, 20, 30


def post(post_id: int = 1, thread_id: int = THREAD, guild_id: int = GUILD) -> PostRef:
    """Return a post's place."""
    return PostRef(post_id, guild_id, FORUM, thread_id)


def decision(action: Action = Action.REPLY, claims: tuple[str, ...] = ("c1",)) -> Decision:
    """Return a decision with one finding a claim."""
    found = tuple(finding(claim) for claim in claims)
    return Decision(action, ("over-reply",), found, claims, Thresholds(0.5, 0.8), action)


def reply(post_id: int = 1, claims: tuple[str, ...] = ("c1",)) -> Reply:
    """Return a reply that quotes ``WORDS``."""
    return Reply(post_id, claims, f"On “{WORDS}”:", (ReplySection("What is documented", ("- a", "- b")),), "2026-11-01")


async def promised(store: SqlStore, post_id: int = 1, claims: tuple[str, ...] = ("c1",)) -> OutboxItem:
    """Claim a post and record a reply to it."""
    await store.claim_post(post(post_id), f"hash {post_id}")
    item = await store.record(
        post(post_id), decision(claims=claims), mode=Mode.AUTO, reply=reply(post_id, claims), excerpt=WORDS
    )
    assert isinstance(item, OutboxItem)
    return item


async def standing(
    store: SqlStore, post_id: int, claims: tuple[str, ...] = ("c1",), guild_id: int = GUILD
) -> OutboxItem:
    """Record a reply in a thread of its own and note it as sent, as message 1000 + ``post_id``."""
    place = post(post_id, THREAD + post_id, guild_id)
    await store.claim_post(place, f"hash {post_id}")
    item = await store.record(
        place, decision(claims=claims), mode=Mode.AUTO, reply=reply(post_id, claims), excerpt=WORDS
    )
    assert isinstance(item, OutboxItem)
    await store.mark_sent(item.id, 1000 + post_id)
    return item


async def in_force(library: SqlLibrary, note: Note, guild_id: int = GUILD) -> None:
    """Put one note in force, as an admin's import does."""
    assert await library.take_in(guild_id, [note], actor_id=9, reason="import") == 1


async def asked(store: SqlStore, post_id: int = 1, claims: tuple[str, ...] = ("c1",)) -> ReviewItem:
    """Claim a post and record a review of it."""
    await store.claim_post(post(post_id), f"hash {post_id}")
    found = decision(Action.REVIEW, claims)
    item = await store.record(post(post_id), found, mode=Mode.REVIEW, reply=reply(post_id, claims), excerpt=WORDS)
    assert isinstance(item, ReviewItem)
    return item


def look(path: Path, query: str) -> list[tuple[object, ...]]:
    """Return a query's rows, read beside the store."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def audited(path: Path) -> list[str]:
    """Return what the audit says happened, in order."""
    return [str(row[0]) for row in look(path, "SELECT what FROM audit ORDER BY id")]


def files_hold(path: Path, text: str) -> bool:
    """Tell whether the database or one of its side files holds the text as it is."""
    return any(text.encode() in file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
