"""``/setup``: a walk-through that can be left at every step, and the modes that are proposed later."""

from __future__ import annotations

from dataclasses import dataclass, replace

import discord
import pytest
import simcord

from bot.client import BotOptions
from bot.core.desk_ports import ServerSettings
from bot.core.domain import ForumSettings, Mode
from bot.core.note_ports import Pack
from tests.cogs.conftest import ASSERTED, NOTES, World, text_of


@dataclass
class Walk:
    """An admin on the way through the pages; ``page`` is the private answer that shows them."""

    world: World
    page: simcord.ResponseMessage | None = None

    async def begin(self) -> str:
        result = await self.world.admin.slash(self.world.plain, "setup")
        assert result.ephemeral
        self.page = result.response
        return self.shows

    async def press(self, label: str) -> str:
        await self.world.admin.click(self.page, label=label)
        return self.shows

    async def choose(self, menu: str, *chosen: object) -> str:
        await self.world.admin.select(self.page, chosen, custom_id=f"fn:setup-{menu}:{self.world.guild.id}")
        return self.shows

    @property
    def shows(self) -> str:
        return text_of(self.page)


@pytest.fixture
def walk(world: World) -> Walk:
    return Walk(world)


async def server_of(world: World) -> ServerSettings:
    return await world.bot.services.desk.server(world.guild.id)


async def test_setup_when_walked_through_then_everything_chosen_is_stored(world: World, walk: Walk):
    curators = world.guild.create_role("Curators")
    assert "Setup 1 of 6" in await walk.begin()
    assert "Which forums to watch" in await walk.press("Next")
    assert f"<#{world.forum.id}>: shadow" in await walk.choose("forums", world.forum)
    assert f"<#{world.plain.id}>: shadow" in await walk.choose("texts", world.plain)
    await walk.press("Next")
    moderators = world.guild.create_role("Judges")
    assert f"Channel: <#{world.mods.id}>" in await walk.choose("cards", world.mods)
    assert f"Role: <@&{moderators.id}>" in await walk.choose("mods", moderators)
    await walk.press("Next")
    assert f"<@&{curators.id}>" in await walk.choose("curators", curators)
    assert "once one curator approves it" in await walk.press("One curator approves")
    assert "2 notes are in use here" in await walk.press("Next")
    assert "Press Start to finish." in await walk.press("Next")
    said = await walk.press("Start")
    assert "What happens next" in said
    assert await server_of(world) == ServerSettings(world.guild.id, world.mods.id, moderators.id, is_set_up=True)
    rules = await world.store.library.rules(world.guild.id)
    assert (rules.curator_role_id, rules.approvals, rules.pack) == (curators.id, 1, Pack.TAKEN)
    for channel in (world.forum, world.plain):
        settings = await world.store.forum(world.guild.id, channel.id)
        assert settings == ForumSettings(world.guild.id, channel.id, Mode.SHADOW, world.mods.id)


async def test_setup_when_finished_then_posts_are_judged_and_nothing_is_posted(world: World, walk: Walk):
    before = await world.open_thread(world.ann, "Old", "The river treaty was signed by nobody, as I said before.")
    await walk.begin()
    await walk.press("Next")
    await walk.choose("forums", world.forum)
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    await world.restart()
    await world.env.advance_time(15)
    assert world.screener.assessed == [ASSERTED]
    assert world.ours(thread) == world.ours(before) == []


async def test_setup_when_left_and_the_bot_restarts_then_the_open_page_goes_on(world: World, walk: Walk):
    await walk.begin()
    await walk.press("Next")
    await walk.choose("forums", world.forum)
    await world.restart()
    assert "Where moderators are asked" in await walk.press("Next")
    assert f"Channel: <#{world.mods.id}>" in await walk.choose("cards", world.mods)


async def test_setup_when_taken_up_again_then_opens_the_first_step_not_done(world: World, walk: Walk):
    await world.watch(Mode.SHADOW)
    assert "Setup 3 of 6" in await walk.begin()
    await walk.choose("cards", world.mods)
    assert "Setup 6 of 6" in await walk.begin()


async def test_setup_when_a_forum_has_a_mode_already_then_it_stays(world: World, walk: Walk):
    await world.watch(Mode.AUTO)
    await walk.begin()
    await walk.press("Back")
    assert f"<#{world.forum.id}>: auto" in await walk.choose("forums", world.forum)
    await walk.press("Next")
    await walk.choose("cards", world.plain)
    settings = await world.store.forum(world.guild.id, world.forum.id)
    assert (settings.mode, settings.moderators_channel_id) == (Mode.AUTO, world.mods.id)


async def test_setup_when_something_is_needed_still_then_says_which_step(world: World, walk: Walk):
    await world.bot.services.desk.put_server(ServerSettings(world.guild.id), actor_id=1)
    await world.store.put_forum(ForumSettings(world.guild.id, world.forum.id), actor_id=1)
    await walk.begin()
    for _ in range(3):
        said = await walk.press("Next")
    assert "Still needed: step 3, where moderators are asked." in said
    assert "Press Start" not in said
    with pytest.raises(Exception, match="Start"):
        await walk.press("Start")


async def test_checks_when_permissions_are_missing_then_each_is_named_with_its_mend(world: World, walk: Walk):
    plain = discord.PermissionOverwrite(attach_files=False)
    quiet = world.guild.create_text_channel("quiet", overwrites={world.bot.user: plain})
    await world.store.put_forum(ForumSettings(world.guild.id, world.forum.id, Mode.SHADOW), actor_id=1)
    await walk.begin()
    said = await walk.choose("cards", quiet)
    assert f"In <#{quiet.id}> open Edit Channel, Permissions, add my role and allow Attach Files (to show" in said
    await walk.press("Back")
    said = await walk.press("Back")
    assert f"<#{world.forum.id}>: ✓ View Channel, ✓ Read Message History, ✓ Send Messages in Threads" in said
    assert "✓ Send Messages, ✓ Embed Links, ✗ Attach Files" in said
    assert "✓ Message content" in said


async def test_notes_step_when_the_pack_is_undecided_then_offers_it(world: World, walk: Walk):
    rules = await world.store.library.rules(world.guild.id)
    await world.store.library.put_rules(replace(rules, pack=Pack.UNDECIDED), actor_id=1)
    await world.watch(Mode.SHADOW)
    await walk.begin()
    await walk.choose("cards", world.mods)
    assert f"{len(NOTES)} reviewed notes" in await walk.begin()
    clicked = await world.admin.click(walk.page, label="Start empty")
    assert "no notes were taken in" in text_of(clicked.response)
    assert "without the starter pack" in await walk.press("Back") + await walk.press("Next")


async def test_page_when_the_admin_is_one_no_more_then_is_refused_at_the_click(world: World, walk: Walk):
    """The role was taken away while the page was open."""
    await walk.begin()
    world.env.backend.delete_role(world.guild.id, world.guild.roles["Admins"].id)
    result = await world.admin.click(walk.page, label="Next")
    assert "Only admins" in text_of(result.response)


async def test_moderators_role_when_chosen_then_decides_who_may_click_a_card(world: World, walk: Walk):
    judges = world.guild.create_role("Judges")
    judge = world.guild.add_member(world.env.create_user("judge"), roles=[judges])
    await world.watch(Mode.REVIEW)
    await walk.begin()
    await walk.choose("cards", world.mods)
    await walk.choose("mods", judges)
    await world.open_thread(world.ann, "Moon", ASSERTED)
    (card,) = world.ours(world.mods)
    refused = await world.mod.click(card, label="Post")
    assert "moderators' role, which `/setup` chose" in text_of(refused.response)
    await judge.click(card, label="Post")
    assert f"Posted by <@{judge.id}>" in text_of(world.ours(world.mods)[0])


async def test_setup_when_called_by_a_moderator_then_is_hidden(world: World):
    with pytest.raises(Exception, match="not visible"):
        await world.mod.slash(world.plain, "setup")


class TestWithoutMessageContent:
    """The privileged intent refused: setup and status say what is off and how to get it."""

    @pytest.fixture
    def options(self) -> BotOptions:
        return BotOptions(message_content=False)

    @pytest.mark.parametrize("command", ["setup", "status"])
    async def test_command_then_says_how_to_switch_it_on(self, world: World, command: str):
        said = text_of((await world.admin.slash(world.plain, command)).response)
        assert "Message content is switched off" in said
        assert "Developer Portal" in said
        assert "FOOTNOTE_BOT__MESSAGE_CONTENT=true" in said

    async def test_menus_and_asks_and_mentions_then_work(self, world: World):
        await world.watch(Mode.REVIEW)
        post = await world.bob.send(world.plain, ASSERTED)
        asked = await world.ann.slash(world.plain, "context", query="What about the moon?")
        assert "A moon base was built in secret" in text_of(asked.response)
        menu = await world.mod.context_menu(world.plain, "Explain screening", post)
        assert "Score 0.95" in text_of(menu.response)
        await world.ann.send(world.plain, f"<@{world.bot.user.id}> please", reply_to=post)
        assert len(world.ours(world.plain)) == 1
