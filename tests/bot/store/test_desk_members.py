"""Opting out, and that nothing in the store counts by member. Erasing is tested in ``tests/test_forget``."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import bot.store
from bot.core.domain import Action, Decision, Mode, Thresholds
from bot.core.policy import Reason
from bot.core.ports import PostRef
from bot.core.review import Outcome
from bot.store.schema import metadata
from tests.bot.store.values import GUILD, look, reply
from tests.fakes import finding

MEMBER, OTHER = 123456789012345678, 8
OF_MEMBERS = {"author", "asker", "member"}
COUNTING = re.compile(r"count|group_by|partition_by|rank|sum|Counter|most_common|defaultdict|groupby")


async def judge(store, post_id: int, action: Action, author_id: int = MEMBER, *, reason: str = "code", guild_id=GUILD):
    """Claim a post in a thread of its own and record what was decided."""
    place = PostRef(post_id, guild_id, 20, 100 + post_id)
    decision = Decision(action, (reason,), (finding("c1"),), ("c1",), Thresholds(0.5, 0.8), action)
    await store.claim_post(place, "a", author_id=author_id)
    return await store.record(place, decision, mode=Mode.AUTO, reply=reply(post_id), excerpt="words")


async def test_opt_out_then_for_this_member_in_this_server_until_they_opt_in(quick_store):
    desk = quick_store.desk
    for _ in range(2):
        await desk.opt_out(GUILD, MEMBER)
    assert await desk.is_opted_out(GUILD, MEMBER)
    assert await quick_store.is_opted_out(GUILD, MEMBER)
    assert not await desk.is_opted_out(GUILD, OTHER)
    assert not await desk.is_opted_out(11, MEMBER)
    for _ in range(2):
        await desk.opt_in(GUILD, MEMBER)
    assert not await desk.is_opted_out(GUILD, MEMBER)


async def test_opt_out_then_what_the_bot_was_about_to_say_or_ask_is_cancelled(quick_store, clock):
    await judge(quick_store, 1, Action.REPLY)
    item = await judge(quick_store, 2, Action.REVIEW)
    others = await judge(quick_store, 3, Action.REPLY, OTHER)
    elsewhere = await judge(quick_store, 4, Action.REVIEW, guild_id=11)
    await quick_store.desk.opt_out(GUILD, MEMBER)
    assert await quick_store.outbox_due(clock.now()) == (others,)
    assert await quick_store.claims_said(101) == frozenset()
    assert await quick_store.open_review(2) is None
    assert (await quick_store.review(item.id)).excerpt is None
    assert await quick_store.open_review(4) == elsewhere


async def test_opt_out_then_what_moderators_began_goes_on_and_what_stands_stays(quick_store, clock):
    flagged = await judge(quick_store, 1, Action.REVIEW, reason=Reason.FLAGGED)
    posted = await judge(quick_store, 2, Action.REVIEW)
    await quick_store.resolve_review(posted.id, actor_id=5, outcome=Outcome.POSTED)
    sent = await judge(quick_store, 3, Action.REPLY)
    await quick_store.mark_sent(sent.id, 1003)
    await quick_store.contest(1003, OTHER, "no")
    await quick_store.desk.opt_out(GUILD, MEMBER)
    assert await quick_store.open_review(1) == flagged
    assert [due.post.post_id for due in await quick_store.outbox_due(clock.now())] == [2]
    assert await quick_store.sent_reply(post_id=3) is not None
    assert await quick_store.open_review(3) is not None


async def test_opt_out_when_a_reply_is_just_being_sent_then_its_message_is_deleted(quick_store):
    item = await judge(quick_store, 1, Action.REPLY)
    await quick_store.desk.opt_out(GUILD, MEMBER)
    await quick_store.mark_sent(item.id, 1001)
    assert [sent.message_id for sent in await quick_store.replies_to_delete()] == [1001]


async def test_rows_then_a_member_is_a_digest_of_its_own_in_each_server(store, path):
    for post_id, author_id, guild_id in ((1, MEMBER, GUILD), (2, MEMBER, GUILD), (3, MEMBER, 11), (4, 0, GUILD)):
        await judge(store, post_id, Action.IGNORE, author_id, guild_id=guild_id)
    await store.desk.opt_out(GUILD, MEMBER)
    [[first], [second], [third], [unknown]] = look(path, "SELECT author FROM posts ORDER BY post_id")
    assert first == second != third
    assert unknown is None
    assert look(path, "SELECT member FROM opt_outs") == [(first,)]
    assert look(path, "SELECT what FROM audit WHERE what <> 'decided'") == [], "the audit can forget no opt-out"


async def test_claim_when_edited_then_an_older_post_gets_its_author(store, path):
    place = PostRef(1, GUILD, 20, 30)
    await store.claim_post(place, "a")
    await store.claim_post(place, "b", author_id=MEMBER)
    assert len((await store.desk.member_data(GUILD, MEMBER))["posts"]) == 1


def counted_by_member(tree: ast.Module) -> list[str]:
    """Return the statements that count or group and name a column of members in the same breath."""
    found = []
    for statement in (node for node in ast.walk(tree) if isinstance(node, ast.stmt) and not hasattr(node, "body")):
        calls = [ast.unparse(node.func) for node in ast.walk(statement) if isinstance(node, ast.Call)]
        names = {node.attr for node in ast.walk(statement) if isinstance(node, ast.Attribute)}
        strings = " ".join(
            node.value for node in ast.walk(statement) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
        is_counting = any(COUNTING.search(call) for call in calls) or re.search(r"GROUP BY|COUNT\(", strings, re.I)
        if is_counting and names & OF_MEMBERS:
            found.append(ast.unparse(statement))
    return found


@pytest.mark.parametrize("path", sorted(Path(bot.store.__file__).parent.rglob("*.py")), ids=lambda path: path.stem)
def test_queries_then_none_counts_or_groups_by_member(path):
    assert counted_by_member(ast.parse(path.read_text("utf-8"))) == []


def test_query_check_when_one_counts_by_member_then_sees_it():
    """The check itself can fail."""
    assert counted_by_member(ast.parse("rows = select(posts.c.author, func.count()).group_by(posts.c.author)"))
    assert counted_by_member(ast.parse("def f():\n    return Counter(row.asker for row in rows)"))
    assert counted_by_member(ast.parse("def f():\n    return select(requests.c.asker).order_by(a).group_by(b)"))
    assert not counted_by_member(ast.parse("rows = select(func.count()).where(posts.c.state == 'a')"))


def test_schema_then_members_are_digests_and_no_column_holds_a_figure_of_them():
    """Who decided is named in ``actor_id`` and its like: moderators, admins and curators act in an office."""
    columns = {f"{table.name}.{column.name}": column for table in metadata.tables.values() for column in table.columns}
    of_members = {name for name, column in columns.items() if column.name in OF_MEMBERS}
    expected = {"contests.member", "opt_outs.member", "posts.author", "ratings.member", "requests.asker"}
    assert of_members == expected | {"scan_hits.author"}
    assert all(str(columns[name].type) == "VARCHAR(64)" for name in of_members)
    office = {
        "actor_id",
        "author_id",
        "curator_id",
        "curator_role_id",
        "moderator_role_id",
        "resolved_by",
        "started_by",
    }
    people = {
        column.name for column in columns.values() if re.search(r"_by$|user|actor|curator|role|author_id", column.name)
    }
    assert people == office
    with_digest = [table for table in metadata.tables.values() if OF_MEMBERS & set(table.columns.keys())]
    figures = {"p_asserts"}  # one post's score in a scan
    counts = {c.name for table in with_digest for c in table.columns if re.search(r"count|score|total|p_", c.name)}
    assert counts == figures
