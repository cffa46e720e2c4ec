"""Replies already posted are edited where a note behind them changed: all, once each, whatever comes between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import simcord

from bot.client import BotOptions, FootnoteBot
from bot.core.compose import NOT_IN_USE, UNDER_REVIEW
from bot.core.domain import Point
from bot.core.errors import StoreUnavailable
from bot.core.note_ports import Library
from bot.store.opening import open_store
from cogs._note_edits import A_CHANNEL, A_ROUND, _chosen
from tests.cogs.conftest import ALSO_ASSERTED, ASSERTED, NOTES, SCRIPT, World, WorldClock, services, text_of
from tests.fakes import FakeScreener

ROUND_S = 11  # seconds, a little over upkeep's
MESSAGE = "/channels/*/messages/*"
CHANGED = replace(NOTES["moon-base"], documented=(Point("A record of 2026 shows none.", (1,)),))


async def change(world: World, note=CHANGED) -> None:
    """A curator's new text comes into force."""
    await world.store.library.take_in(world.guild.id, [note], actor_id=7, reason="Newer record")
    await world.bot.reload_notes()


async def rounds(world: World, count: int = 1) -> None:
    for _ in range(count):
        await world.env.advance_time(ROUND_S)


async def due(world: World) -> int:
    """How many edits are left, whenever their time."""
    return len(await world.store.library.edits_due(world.clock.now() + timedelta(days=400), limit=1_000))


async def test_note_when_changed_then_its_reply_is_edited_once_and_says_so(world: World):
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    other = await world.open_thread(world.ann, "River", ALSO_ASSERTED)
    await change(world)
    await rounds(world, 3)
    (reply,) = world.ours(thread)
    said = text_of(reply)
    assert "A record of 2026 shows none." in said
    assert f"This note was changed on {world.clock.now().date()}." in said
    assert "About: “moon base was built" in said
    assert world.button(reply, "Helpful") == f"fn:up:{thread.id}"
    assert text_of(world.ours(other)[0]).count("was changed") == 0
    assert len([one for one in world.env.http_requests if one.method == "PATCH"]) == 1


async def test_note_when_retired_then_the_reply_shrinks_and_two_buttons_stay(world: World):
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    await world.store.library.retire(world.guild.id, "moon-base", actor_id=7, reason="Superseded")
    await world.bot.reload_notes()
    await rounds(world)
    (reply,) = world.ours(thread)
    said = text_of(reply)
    assert NOT_IN_USE in said
    assert "No record shows it." not in said
    assert said.endswith("Why this?\nContest")
    again = await world.open_thread(world.bob, "Moon again", ASSERTED)
    assert world.ours(again) == []


async def test_reply_when_made_of_two_notes_then_only_the_changed_part_says_so(world: World):
    river = replace(SCRIPT["river treaty was signed"][0], start=30, end=50)
    world.screener.script = {"moon": [*SCRIPT["moon base was built"], river]}
    await world.watch()
    thread = await world.open_thread(world.ann, "Both", ASSERTED)
    await change(world)
    await rounds(world)
    first, second = text_of(world.ours(thread)[0]).split("Claim 2 of 2")
    assert "was changed" in first
    assert "was changed" not in second


async def test_review_when_overdue_then_curators_are_told_once_and_replies_say_so(world: World):
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    world.clock.ahead = date(2028, 1, 1) - world.env.now().date()
    await rounds(world, 3)
    (notice,) = world.ours(world.mods)
    said = text_of(notice)
    assert "`moon-base`" in said
    assert "`river-treaty`" in said
    assert notice.mentions == []
    reply = text_of(world.ours(thread)[0])
    assert "Under review since 2028-01-01." in reply
    assert UNDER_REVIEW in reply
    await change(world, replace(NOTES["moon-base"], reviewed_on=date(2028, 1, 1), review_due=date(2029, 1, 1)))
    await rounds(world)
    renewed = text_of(world.ours(thread)[0])
    assert "This note was reviewed again on 2028-01-01." in renewed
    assert UNDER_REVIEW not in renewed


async def test_message_when_deleted_then_its_edit_is_given_up(world: World):
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    (reply,) = world.ours(thread)
    world.env.backend.delete_message(thread.id, reply.id)
    await change(world)
    await rounds(world, 3)
    assert await due(world) == 0
    assert len([one for one in world.env.http_requests if one.method == "PATCH"]) == 1


async def test_edit_when_discord_fails_for_a_while_then_is_made_later(world: World):
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    world.env.inject_error("PATCH", MESSAGE, status=503, times=1)
    await change(world)
    await rounds(world)
    assert await due(world) == 1
    await rounds(world, 4)
    assert "was changed" in text_of(world.ours(thread)[0])
    assert await due(world) == 0


async def test_thread_when_archived_then_nothing_is_asked_of_discord_and_the_edit_waits(world: World):
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    world.bot.get_channel(thread.id).archived = True
    await change(world)
    await rounds(world, 3)
    assert [one for one in world.env.http_requests if one.method == "PATCH"] == []
    assert await due(world) == 1
    world.bot.get_channel(thread.id).archived = False
    world.clock.ahead = timedelta(days=1)
    await rounds(world)
    assert "was changed" in text_of(world.ours(thread)[0])


@pytest.fixture
async def on_disk(tmp_path: Path) -> AsyncIterator[World]:
    """The same world over a database file."""
    clock, screener, options = WorldClock(), FakeScreener(SCRIPT), BotOptions(upkeep_seconds=10)
    url = f"sqlite+aiosqlite:///{tmp_path}/footnote.db"
    async with open_store(url, key_file=tmp_path / "footnote.key", clock=clock, upgrade=True) as store:
        env = simcord.Env(FootnoteBot(services(store, screener, clock, options)), shard_count=1, settle_timeout=60)
        await env.start()
        try:
            clock.env = env
            world = World(env, store, screener, clock, options)
            await world.build()
            yield world
        finally:
            await env.shutdown()


class Forgetful:
    """Stands before a library and loses the note that an edit was made, as a crash right after it does."""

    def __init__(self, inner: Library) -> None:
        self._inner = inner
        self.lost = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    async def mark_edited(self, *_: object) -> None:
        self.lost += 1
        raise StoreUnavailable("The process ended here.")


async def test_thirty_replies_when_the_bot_dies_among_the_edits_then_each_ends_right(on_disk: World):
    world = on_disk
    await world.watch()
    threads = [await world.open_thread(world.ann, f"Moon {number}", ASSERTED) for number in range(30)]
    await change(world)
    forgetful = Forgetful(world.store.library)
    world.bot.services = replace(world.bot.services, library=forgetful)
    await rounds(world)
    made = sum("was changed" in text_of(world.ours(thread)[0]) for thread in threads)
    assert 0 < made <= A_ROUND < len(threads)
    assert forgetful.lost == made
    assert await due(world) == 30

    await world.restart()
    await rounds(world)
    await world.restart()
    await rounds(world, 4)
    replies = [world.ours(thread) for thread in threads]
    assert [len(own) for own in replies] == [1] * 30
    assert all(text_of(own[0]).count("A record of 2026 shows none.") == 1 for own in replies)
    assert all(text_of(own[0]).count("This note was changed on") == 1 for own in replies)
    assert await due(world) == 0


async def test_note_when_changed_again_among_the_edits_then_the_newest_text_stands_everywhere(on_disk: World):
    world = on_disk
    await world.watch()
    threads = [await world.open_thread(world.ann, f"Moon {number}", ASSERTED) for number in range(15)]
    await change(world)
    await rounds(world)
    await world.store.library.retire(world.guild.id, "moon-base", actor_id=7, reason="Superseded")
    await rounds(world, 3)
    assert all(NOT_IN_USE in text_of(world.ours(thread)[0]) for thread in threads)
    assert await due(world) == 0


async def test_one_channel_with_many_replies_then_others_are_edited_in_the_same_round(world: World):
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    await world.store.library.take_in(world.guild.id, [CHANGED], actor_id=7, reason="Newer record")
    (edit,) = await world.store.library.edits_due(world.clock.now())
    crowded = replace(edit.sent, post=replace(edit.sent.post, thread_id=thread.id + 1))
    chosen = _chosen([*(replace(edit, id=number, sent=crowded) for number in range(50)), edit])
    assert [len(each) for each in chosen] == [A_CHANNEL, 1]
