"""The starter pack: offered to a server that has not decided, taken or declined by one click of an admin."""

from __future__ import annotations

from dataclasses import dataclass, replace

import discord
import pytest
import simcord

from bot.core.domain import Mode, Post
from bot.core.errors import ScreenerUnavailable
from bot.core.note_ports import Pack
from tests.cogs.conftest import ASSERTED, NOTES, World, text_of
from tests.fakes import FakeScreener

USE, EMPTY = "Use the starter pack", "Start empty"


@dataclass
class NewServer:
    """A second server, which the bot has just joined: two admins, a member, nothing decided."""

    world: World

    async def build(self) -> None:
        env = self.world.env
        self.guild = env.create_guild("New")
        self.forum = self.guild.create_forum_channel("debate")
        self.plain = self.guild.create_text_channel("lounge")
        rights = self.guild.create_role("Admins", permissions=discord.Permissions(manage_guild=True))
        self.one, self.two = (self.guild.add_member(env.create_user(name), roles=[rights]) for name in ("one", "two"))
        self.member = self.guild.add_member(env.create_user("member"))
        await env.settle()

    async def offer(self, admin: simcord.actors.MemberActor | None = None) -> simcord.ResponseMessage:
        result = await (admin or self.one).slash(self.plain, "forum watch", channel=self.forum, mode="auto")
        (offered,) = result.followups
        return offered

    async def answer(self) -> Pack:
        return (await self.world.store.library.rules(self.guild.id)).pack


@pytest.fixture
async def new(world: World) -> NewServer:
    one = NewServer(world)
    await one.build()
    return one


async def test_watch_when_the_server_decided_already_then_nothing_is_offered(world: World):
    result = await world.admin.slash(world.plain, "forum watch", channel=world.forum)
    assert result.followups == []


async def test_watch_when_undecided_then_offers_the_pack_and_forces_nothing(new: NewServer):
    said = text_of(await new.offer())
    assert f"{len(NOTES)} reviewed notes" in said
    assert said.endswith(f"{USE}\n{EMPTY}")
    assert await new.answer() is Pack.UNDECIDED
    assert new.world.bot.services.notes.of(new.guild.id) == {}


async def test_use_then_the_notes_are_in_use_in_that_server(new: NewServer):
    clicked = await new.one.click(await new.offer(), label=USE)
    assert "2 notes are in use here now." in text_of(clicked.response)
    assert await new.answer() is Pack.TAKEN
    decision = await new.world.bot.services.screening.judge(Post(ASSERTED, guild_id=new.guild.id), mode=Mode.AUTO)
    assert decision.claim_ids == ("moon-base",)


async def test_start_empty_then_nothing_is_taken_in_and_nothing_offered_again(new: NewServer):
    clicked = await new.one.click(await new.offer(), label=EMPTY)
    assert "no notes were taken in" in text_of(clicked.response)
    assert await new.world.store.library.heads(new.guild.id) == ()
    again = await new.one.slash(new.plain, "forum watch", channel=new.forum)
    assert again.followups == []


async def test_two_admins_when_both_click_then_the_first_click_counts(new: NewServer):
    first, second = await new.offer(new.one), await new.offer(new.two)
    await new.one.click(first, label=EMPTY)
    clicked = await new.two.click(second, label=USE)
    assert "started without the pack" in text_of(clicked.response)
    assert await new.answer() is Pack.DECLINED
    assert await new.world.store.library.heads(new.guild.id) == ()


async def test_offer_when_clicked_after_a_restart_then_still_works(new: NewServer):
    offered = await new.offer()
    await new.world.restart()
    await new.one.click(offered, label=USE)
    assert set(new.world.bot.services.notes.of(new.guild.id)) == set(NOTES)


class Deaf(FakeScreener):
    """A judge that takes no claims until it hears again."""

    is_deaf = False

    async def load_claims(self, claims):
        if self.is_deaf:
            raise ScreenerUnavailable("The claims could not be loaded.")
        await super().load_claims(claims)


async def test_use_when_the_judge_does_not_take_the_claims_then_says_so_and_upkeep_goes_on_trying(new: NewServer):
    judge = Deaf(new.world.screener.script)
    judge.is_deaf = True
    new.world.bot.services = replace(new.world.bot.services, screener=judge)
    clicked = await new.one.click(await new.offer(), label=USE)
    assert "not in use yet: The claims could not be loaded." in text_of(clicked.response)
    assert new.world.bot.services.notes.of(new.guild.id) == {}
    status = await new.one.slash(new.plain, "status")
    assert "a change of the notes is not in use yet" in text_of(status.response)
    judge.is_deaf = False
    await new.world.env.advance_time(11)
    assert set(new.world.bot.services.notes.of(new.guild.id)) == set(NOTES)
