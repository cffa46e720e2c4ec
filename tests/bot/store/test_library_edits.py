"""Replies to be edited: queued with the change, in its own server only, and each done once to the newest change."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from bot.core.domain import NoteState
from bot.core.note_ports import Change
from bot.store import open_store, schema
from bot.store.rows import seal_reply
from tests.bot.core.samples import NOTE, make_note
from tests.bot.store.values import GUILD, KEY, audited, in_force, look, promised, reply, standing

ID = NOTE.id
OTHER = 11
REPLIES = 500
FAR = timedelta(days=365)


def worded(number: int):
    """A new text of the sample note."""
    return replace(NOTE, would_change=f"Text {number}.")


async def edit(library, number: int, guild_id: int = GUILD):
    """Put a new text of the sample note in force through two approvals."""
    head = await library.head(guild_id, ID)
    head = await library.save(guild_id, worded(number), author_id=5, reason="edit", base=head.revision)
    if head.state is NoteState.DRAFT:
        await library.submit(guild_id, ID, actor_id=5)
    for curator in (5, 6):
        await library.approve(guild_id, ID, head.revision, actor_id=curator)


async def due(library, clock, limit: int = 20):
    """What is to be edited now, as posts and changes."""
    return [(one.sent.post.post_id, one.note_id, one.change) for one in await library.edits_due(clock.now(), limit)]


async def test_approve_of_an_edit_then_the_servers_replies_with_the_note_are_queued(quick_store, library, clock):
    await in_force(library, NOTE)
    await in_force(library, NOTE, OTHER)
    await standing(quick_store, 1, (ID,))
    await standing(quick_store, 2, ("another", ID))
    await standing(quick_store, 3, ("another",))
    await standing(quick_store, 4, (ID,), guild_id=OTHER)
    assert await due(library, clock) == []
    await edit(library, 1)
    assert await due(library, clock) == [(1, ID, Change.CHANGED), (2, ID, Change.CHANGED)]
    [first] = await library.edits_due(clock.now(), limit=1)
    assert (first.sent.message_id, first.sent.reply, first.attempts) == (1001, reply(1, (ID,)), 0)
    assert first.changed_on == clock.now().date()


async def test_first_approval_then_nothing_is_queued(quick_store, library, clock):
    await standing(quick_store, 1, (ID,))
    await library.save(GUILD, NOTE, author_id=5, reason="new", base=None)
    await edit(library, 1)
    assert await due(library, clock) == []


async def test_queue_then_withdrawn_and_failed_replies_are_left_out(quick_store, library, clock):
    await in_force(library, NOTE)
    await standing(quick_store, 1, (ID,))
    await standing(quick_store, 2, (ID,))
    given_up = await promised(quick_store, 3, (ID,))
    await quick_store.mark_failed(given_up.id, "refused", None)
    await quick_store.withdraw(1, "edited")
    await edit(library, 1)
    await standing(quick_store, 4, (ID,))
    await quick_store.withdraw(2, "deleted")
    assert await due(library, clock) == []


async def test_queue_when_a_reply_is_on_its_way_then_it_is_edited_once_it_stands(quick_store, library, clock):
    await in_force(library, NOTE)
    item = await promised(quick_store, 1, (ID,))
    await edit(library, 1)
    assert await due(library, clock) == []
    await quick_store.mark_sent(item.id, 1001)
    assert await due(library, clock) == [(1, ID, Change.CHANGED)]


async def test_each_end_of_a_note_has_its_own_change(quick_store, library, clock):
    await in_force(library, NOTE)
    await standing(quick_store, 1, (ID,))
    clock.at += FAR
    await library.mark_stale(NOTE.review_due + timedelta(days=3))
    [stale] = await library.edits_due(clock.now())
    assert (stale.change, stale.changed_on) == (Change.STALE, NOTE.review_due + timedelta(days=3))
    renewed = replace(NOTE, reviewed_on=date(2027, 11, 23), review_due=date(2028, 5, 1))
    await library.save(GUILD, renewed, author_id=5, reason="read again", base=1)
    for curator in (5, 6):
        await library.approve(GUILD, ID, 2, actor_id=curator)
    assert await due(library, clock) == [(1, ID, Change.RENEWED)]
    await library.retire(GUILD, ID, actor_id=5, reason="wrong")
    [retired] = await library.edits_due(clock.now())
    assert (retired.change, retired.changed_on) == (Change.RETIRED, clock.now().date())
    await edit(library, 9)
    assert await due(library, clock) == [(1, ID, Change.CHANGED)]
    await in_force(library, worded(10))
    assert await due(library, clock) == [(1, ID, Change.CHANGED)]


async def test_retire_of_a_draft_then_nothing_is_queued(quick_store, library, clock):
    await library.save(GUILD, NOTE, author_id=5, reason="new", base=None)
    await standing(quick_store, 1, (ID,))
    await library.retire(GUILD, ID, actor_id=5, reason="not needed")
    assert await due(library, clock) == []


async def test_mark_edited_when_a_newer_change_of_the_same_day_came_then_that_one_waits(quick_store, library, clock):
    await in_force(library, NOTE)
    await standing(quick_store, 1, (ID,))
    await edit(library, 1)
    [older] = await library.edits_due(clock.now())
    await edit(library, 2)
    await library.mark_edited(older.id, older.change, older.changed_on)
    await library.mark_edit_failed(older.id, "refused", None)
    [newer] = await library.edits_due(clock.now())
    assert (newer.change, newer.changed_on, newer.attempts) == (older.change, older.changed_on, 0)
    await library.mark_edited(newer.id, newer.change, newer.changed_on)
    assert await due(library, clock) == []


async def test_two_notes_of_one_reply_change_then_it_is_edited_once(quick_store, library, clock):
    await in_force(library, NOTE)
    await in_force(library, make_note("another"))
    await standing(quick_store, 1, (ID, "another"))
    await edit(library, 1)
    await library.retire(GUILD, "another", actor_id=5, reason="wrong")
    assert await due(library, clock) == [(1, "another", Change.RETIRED)]


async def test_mark_edit_failed_then_it_is_tried_later_or_given_up(store, clock, path):
    library = store.library
    await in_force(library, NOTE)
    await standing(store, 1, (ID,))
    await edit(library, 1)
    [first] = await library.edits_due(clock.now())
    await library.mark_edit_failed(first.id, "server-error", clock.now() + timedelta(minutes=1))
    assert await due(library, clock) == []
    clock.advance(timedelta(minutes=1))
    assert [one.attempts for one in await library.edits_due(clock.now())] == [1]
    await library.mark_edit_failed(first.id, "refused", None)
    clock.advance(FAR)
    assert await due(library, clock) == []
    assert audited(path)[-1] == "reply-edit-given-up"


async def test_edit_of_a_reply_whose_text_was_erased_then_where_it_stands_is_still_known(quick_store, library, clock):
    await in_force(library, NOTE)
    await standing(quick_store, 1, (ID,))
    clock.advance(timedelta(days=31))
    await quick_store.expire(clock.now())
    await edit(library, 1)
    [one] = await library.edits_due(clock.now())
    assert (one.sent.message_id, one.sent.reply.claim_ids, one.sent.reply.lead) == (1001, (ID,), "")


async def carry_out(library, clock, edited: Counter[int], *, until: int) -> None:
    """Edit replies in batches, as upkeep does, until so many are done or none is left."""
    while edited.total() < until:
        batch = await library.edits_due(clock.now(), limit=min(20, until - edited.total()))
        if not batch:
            return
        for one in batch:
            edited[one.sent.message_id] += 1
            await library.mark_edited(one.id, one.change, one.changed_on)


async def stand_many(store, guild_id: int, first: int, count: int) -> None:
    """Let many replies with the note stand, each in a thread of its own; written at once, to be quick."""

    def work(tx):
        text, ids = seal_reply(tx.vault, reply(first, (ID,))), range(first, first + count)
        place = {"guild_id": guild_id, "forum_id": 20, "state": "decided", "claimed_at": tx.now}
        sent = {"state": "sent", "attempts": 0, "claim_ids": [ID], "findings": [], "reply": text, "created_at": tx.now}
        rows = (
            (schema.posts, [{"post_id": number, "thread_id": number, **place} for number in ids]),
            (schema.outbox, [{"id": number, "post_id": number, "message_id": 1000 + number, **sent} for number in ids]),
            (schema.outbox_claims, [{"thread_id": number, "claim_id": ID, "outbox_id": number} for number in ids]),
        )
        for table, values in rows:
            tx.connection.execute(insert(table), values)

    await store._write(work)


async def test_restart_in_the_middle_of_many_edits_then_each_is_done_once_to_the_newest_change(url, path, clock):
    async with open_store(url, key=KEY, clock=clock) as store:
        for guild_id in (GUILD, OTHER):
            await in_force(store.library, NOTE, guild_id)
        await stand_many(store, GUILD, 1, REPLIES)
        await stand_many(store, OTHER, 10_000, 20)
        await edit(store.library, 1)
        edited: Counter[int] = Counter()
        await carry_out(store.library, clock, edited, until=REPLIES // 2)
        [in_flight] = await store.library.edits_due(clock.now(), limit=1)
    async with open_store(url, key=KEY, clock=clock) as store:
        library = store.library
        assert in_flight.sent.message_id in {one.sent.message_id for one in await library.edits_due(clock.now())}
        await carry_out(library, clock, edited, until=REPLIES)
        assert edited == Counter(range(1001, 1001 + REPLIES))
        assert await due(library, clock) == []
    assert look(path, "SELECT DISTINCT change, state, attempts FROM reply_edits") == [("changed", "done", 0)]
    assert look(path, "SELECT count(*) FROM reply_edits") == [(REPLIES,)]


@pytest.mark.parametrize("done_before", [0, 20])
async def test_retire_in_the_middle_of_edits_and_a_restart_then_every_reply_ends_as_retired(
    url, path, clock, done_before
):
    count = 40
    async with open_store(url, key=KEY, clock=clock) as store:
        await in_force(store.library, NOTE)
        await stand_many(store, GUILD, 1, count)
        await edit(store.library, 1)
        await carry_out(store.library, clock, Counter(), until=done_before)
        [in_flight] = await store.library.edits_due(clock.now(), limit=1)
        await store.library.retire(GUILD, ID, actor_id=5, reason="wrong")
    async with open_store(url, key=KEY, clock=clock) as store:
        await store.library.mark_edited(in_flight.id, in_flight.change, in_flight.changed_on)
        edited: Counter[int] = Counter()
        await carry_out(store.library, clock, edited, until=count + 1)
    assert edited == Counter(range(1001, 1001 + count))
    assert look(path, "SELECT DISTINCT change, state FROM reply_edits") == [("retired", "done")]
