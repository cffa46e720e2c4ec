"""Forgetting a member: what they wrote and who they are is in no table, file, backup or log line afterwards.

The words go the whole way from the screening, with a scripted judge, to a store on a file: a post, its card and reply,
a rating, an objection, a question. Others' rows are left as they were.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from contextlib import closing

import pytest

from bot.core.desk_ports import ScanHit
from bot.core.domain import ForumSettings, Mode, Post, Thresholds
from bot.core.notebook import NoteBook
from bot.core.ports import OutboxItem, PostRef, ReviewItem
from bot.core.screening import Screening
from bot.store import backup, open_store
from tests.bot.core.samples import make_note
from tests.bot.store.values import KEY, audited, look
from tests.clocks import FixedClock
from tests.fakes import FakeScreener, FixedLanguage, finding

GUILD, OTHER_GUILD, FORUM = 710_000_000_000_000_001, 710_000_000_000_000_002, 720_000_000_000_000_001
MEMBER, OTHER = 730_000_000_000_000_123, 730_000_000_000_000_456
MARKER = "xylophonic"
POST, CARD_POST, OTHERS_POST, ELSEWHERE = 11, 12, 13, 14
TEXT = f"Everyone knows the {MARKER} moon base was built."


@pytest.fixture
def path(tmp_path):
    """Where the database is."""
    return tmp_path / "footnote.db"


@pytest.fixture
async def store(path):
    """An open store on a file."""
    async with open_store(f"sqlite:///{path}", key=KEY, clock=FixedClock()) as opened:
        yield opened


@pytest.fixture
def screening(store):
    """The path of one post over that store."""
    return Screening(
        screener=FakeScreener({"moon base": (finding("moon-base", 0.93, span=(0, len(TEXT))),)}),
        store=store,
        language=FixedLanguage(),
        defaults=Thresholds(0.5, 0.8),
        clock=FixedClock(),
        notes=NoteBook(everywhere={"moon-base": make_note("moon-base")}),
    )


async def say(screening, post_id: int, mode: Mode, author_id: int = MEMBER, guild_id: int = GUILD):
    """Screen a post in a thread of its own and return what it led to."""
    post = Post(TEXT, post_id, guild_id, FORUM, 100 + post_id, author_id)
    return (await screening.screen(post, ForumSettings(guild_id, FORUM, mode))).item


async def live(store, screening) -> dict[str, object]:
    """Let the member do all that leaves something behind, beside somebody else; return what is theirs."""
    for post_id, author_id, guild_id in (
        (POST, MEMBER, GUILD),
        (OTHERS_POST, OTHER, GUILD),
        (ELSEWHERE, MEMBER, OTHER_GUILD),
    ):
        item = await say(screening, post_id, Mode.AUTO, author_id, guild_id)
        assert isinstance(item, OutboxItem)
        await store.mark_sent(item.id, 900 + post_id)
    card = await say(screening, CARD_POST, Mode.REVIEW)
    assert isinstance(card, ReviewItem)
    await store.mark_card(card.id, 800)
    for member_id in (MEMBER, OTHER):
        await store.rate(900 + OTHERS_POST, member_id, is_helpful=False, reasons=["unclear"])
        await store.contest(900 + OTHERS_POST, member_id, f"{MARKER} objection of {member_id}")
        await store.record_request(GUILD, f"what of the {MARKER} question of {member_id}?", asker_id=member_id)
    scan = await store.desk.start_scan(GUILD, FORUM, actor_id=5)
    place = PostRef(77, GUILD, FORUM, 78)
    await store.desk.keep_scan(scan, [ScanHit(place, "reply", finding("moon-base"), MEMBER)])
    return await store.desk.member_data(GUILD, MEMBER)


def digests(store) -> set[str]:
    """Return what stands for the member in the server's rows."""
    digest = store._vault.digest
    return {
        digest("author", GUILD, MEMBER),
        digest("request", GUILD, MEMBER),
        digest("rating", 900 + OTHERS_POST, MEMBER),
        digest("contest", 900 + OTHERS_POST, MEMBER),
    }


def opened(store, path) -> str:
    """Return every value of every table as text, sealed ones opened."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        queries = [f"SELECT * FROM {table}" for table in tables]  # noqa: S608
        values = [value for query in queries for row in connection.execute(query) for value in row]
    texts = (store._vault.unseal(value) if isinstance(value, bytes) else str(value) for value in values)
    return "\n".join(text for text in texts if text is not None)


def sealed(path) -> list[bytes]:
    """Return the sealed texts that the tables hold now."""
    query = (
        "SELECT reply FROM outbox UNION ALL SELECT reply FROM reviews UNION ALL SELECT excerpt FROM reviews "
        "UNION ALL SELECT question FROM requests UNION ALL SELECT words FROM contests"
    )
    return [token for (token,) in look(path, query) if token is not None]


async def test_member_data_then_everything_of_this_member_in_this_server(store, screening):
    data = await live(store, screening)
    assert [row["post"] for row in data["posts"]] == [POST, CARD_POST]
    assert [row["post"] for row in data["replies"]] == [POST]
    assert [row["post"] for row in data["reviews"]] == [CARD_POST]
    assert MARKER in data["replies"][0]["text"]
    assert data["reviews"][0]["words"] == TEXT
    assert [row["message"] for row in data["ratings"]] == [900 + OTHERS_POST]
    assert [row["words"] for row in data["contests"]] == [f"{MARKER} objection of {MEMBER}"]
    assert [row["question"] for row in data["requests"]] == [f"what of the {MARKER} question of {MEMBER}?"]
    assert [row["post"] for row in data["scan_hits"]] == [77]
    assert data["opted_out"] is False
    assert str(OTHER) not in json.dumps(data)


async def test_member_data_when_nothing_is_stored_then_every_kind_is_empty(store, screening):
    await live(store, screening)
    assert not any((await store.desk.member_data(GUILD, 4)).values())


async def test_forget_then_nothing_of_the_member_is_left_anywhere(store, screening, path, tmp_path, caplog):
    """Looked for in opened tables, in the raw bytes of file, log and backup, and in what was logged on the way."""
    caplog.set_level(logging.DEBUG)
    await live(store, screening)
    elsewhere = await store.desk.member_data(OTHER_GUILD, MEMBER)
    before, marks = sealed(path), digests(store)
    await store.desk.forget(GUILD, MEMBER)
    await backup(f"sqlite:///{path}", tmp_path / "copy.db")

    lost = [token for token in before if token not in sealed(path)]
    assert len(lost) == 5, "reply, card's reply and excerpt, objection, question"
    files = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert {"footnote.db", "footnote.db-wal", "copy.db"} <= files.keys()
    needles = [*lost, *(mark.encode() for mark in marks), MARKER.encode(), str(MEMBER).encode()]
    needles += [MEMBER.to_bytes(8, order) for order in ("big", "little")]
    assert [(name, needle) for name, held in files.items() for needle in needles if needle in held] == []

    assert MARKER not in caplog.text
    assert str(MEMBER) not in caplog.text
    assert not any((await store.desk.member_data(GUILD, MEMBER)).values())
    assert await store.desk.member_data(OTHER_GUILD, MEMBER) == elsewhere
    assert all(elsewhere[kind] for kind in ("posts", "replies"))


async def test_forget_then_the_needles_were_there_before(store, screening, path):
    """The search above can fail: the same marks are in the file until then, and the words once it is opened."""
    await live(store, screening)
    held = path.read_bytes() + path.with_name("footnote.db-wal").read_bytes()
    assert all(mark.encode() in held for mark in digests(store))
    assert all(token in held for token in sealed(path))
    assert f"{MARKER} objection of {MEMBER}" in opened(store, path)


async def test_forget_then_what_others_wrote_stays(store, screening, path):
    await live(store, screening)
    await store.desk.forget(GUILD, MEMBER)
    left = opened(store, path)
    assert f"{MARKER} objection of {OTHER}" in left
    assert f"{MARKER} question of {OTHER}" in left
    assert str(MEMBER) not in left
    assert await store.rating_counts(900 + OTHERS_POST) == (0, 1)
    assert (await store.sent_reply(post_id=OTHERS_POST)).reply.claim_ids == ("moon-base",)
    assert (await store.sent_reply(post_id=ELSEWHERE)) is not None


async def test_forget_then_names_what_still_shows_and_upkeep_deletes_the_replies(store, screening):
    """The other's card quotes the member's objection: it is to be closed, and a new one shows the objection left."""
    await live(store, screening)
    [contested] = await store.reviews_without_card()
    await store.mark_card(contested.id, 801)
    shown = await store.desk.forget(GUILD, MEMBER)
    assert [post.post_id for post in shown] == [POST, CARD_POST, OTHERS_POST]
    assert [sent.message_id for sent in await store.replies_to_delete()] == [900 + POST]
    assert await store.open_review(CARD_POST) is None
    [again] = await store.reviews_without_card()
    assert again.post.post_id == OTHERS_POST
    assert await store.contests(OTHERS_POST) == (f"{MARKER} objection of {OTHER}",)
    await store.mark_deleted(900 + POST)
    assert await store.replies_to_delete() == ()


async def test_forget_when_nobody_else_objected_then_the_item_is_closed(store, screening):
    item = await say(screening, OTHERS_POST, Mode.AUTO, OTHER)
    await store.mark_sent(item.id, 913)
    await store.contest(913, MEMBER, MARKER)
    assert [post.post_id for post in await store.desk.forget(GUILD, MEMBER)] == [OTHERS_POST]
    assert await store.open_review(OTHERS_POST) is None
    assert await store.sent_reply(post_id=OTHERS_POST) is not None


async def test_forget_then_the_post_is_never_taken_on_again(store, screening):
    await live(store, screening)
    await store.desk.forget(GUILD, MEMBER)
    post = Post(f"{TEXT} Edited.", POST, GUILD, FORUM, 100 + POST, MEMBER)
    assert await screening.screen(post, ForumSettings(GUILD, FORUM, Mode.AUTO), is_edit=True) is None
    assert await store.unfinished_posts(FixedClock().now().replace(year=2030)) == ()


async def test_forget_while_a_post_is_judged_then_nothing_of_it_is_kept(store, screening, path):
    place = PostRef(POST, GUILD, FORUM, 100 + POST)
    await store.claim_post(place, "a", author_id=MEMBER)
    await store.desk.forget(GUILD, MEMBER)
    await screening.retry(Post(TEXT, POST, GUILD, FORUM, 100 + POST, MEMBER), ForumSettings(GUILD, FORUM, Mode.AUTO))
    assert look(path, "SELECT (SELECT count(*) FROM decisions), (SELECT count(*) FROM outbox)") == [(0, 0)]
    assert await store.withdraw(POST, "deleted") is None
    assert look(path, "SELECT state, author, text_hash FROM posts") == [("forgotten", None, None)]


async def test_forget_then_an_opt_out_alone_stays(store, screening):
    await live(store, screening)
    await store.desk.opt_out(GUILD, MEMBER)
    await store.desk.forget(GUILD, MEMBER)
    data = await store.desk.member_data(GUILD, MEMBER)
    assert data.pop("opted_out") is True
    assert not any(data.values())


async def test_forget_then_the_audit_says_that_and_not_whom(store, screening, path):
    await live(store, screening)
    await store.desk.opt_out(GUILD, MEMBER)
    await store.desk.forget(GUILD, MEMBER)
    assert audited(path)[-1] == "member-forgotten"
    whole = str(look(path, "SELECT * FROM audit"))
    assert MARKER not in whole
    assert str(MEMBER) not in whole
    assert str(OTHER) not in whole
