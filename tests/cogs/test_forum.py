"""``/forum``: only admins, shadow first, and plain words on what is missing."""

from __future__ import annotations

import discord
import pytest
from simcord.backend.errors import SetupError

from bot.core.domain import Mode
from tests.cogs.conftest import ASSERTED, World, text_of


async def test_watch_when_nothing_else_is_said_then_starts_in_shadow(world: World):
    result = await world.admin.slash(world.plain, "forum watch", channel=world.forum)
    said = text_of(result.response)
    assert "nothing is posted" in said
    settings = await world.store.forum(world.guild.id, world.forum.id)
    assert settings.mode is Mode.SHADOW
    await world.open_thread(world.ann, "Moon", ASSERTED)
    assert world.screener.assessed == [ASSERTED]


async def test_watch_when_permissions_are_missing_then_names_them(world: World):
    silent = discord.PermissionOverwrite(send_messages=False, read_message_history=False)
    quiet = world.guild.create_text_channel("quiet", overwrites={world.bot.user: silent})
    result = await world.admin.slash(world.plain, "forum watch", channel=quiet, mode="auto")
    said = text_of(result.response)
    assert "Send Messages" in said
    assert "Read Message History" in said
    assert "No moderators' channel" in said


async def test_mode_when_changed_then_keeps_the_moderators_channel(world: World):
    await world.admin.slash(world.plain, "forum watch", channel=world.forum, moderators_channel=world.mods)
    await world.admin.slash(world.plain, "forum mode", channel=world.forum, mode="auto")
    settings = await world.store.forum(world.guild.id, world.forum.id)
    assert (settings.mode, settings.moderators_channel_id) == (Mode.AUTO, world.mods.id)


async def test_mode_when_channel_is_not_watched_then_says_so(world: World):
    result = await world.admin.slash(world.plain, "forum mode", channel=world.forum, mode="auto")
    assert "not watched" in text_of(result.response)
    assert await world.store.forum(world.guild.id, world.forum.id) is None


async def test_unwatch_then_posts_are_not_read_any_more(world: World):
    await world.watch()
    await world.admin.slash(world.plain, "forum unwatch", channel=world.forum)
    await world.open_thread(world.ann, "Moon", ASSERTED)
    assert world.screener.assessed == []
    listed = await world.admin.slash(world.plain, "forum list")
    assert "None yet" in text_of(listed.response)


async def test_list_then_names_channel_and_mode(world: World):
    await world.watch(Mode.REVIEW)
    listed = await world.admin.slash(world.plain, "forum list")
    assert f"<#{world.forum.id}>: review." in text_of(listed.response)


@pytest.mark.parametrize("command", ["forum list", "status"])
async def test_member_when_calling_an_admin_command_then_discord_hides_it(world: World, command: str):
    with pytest.raises(SetupError, match="not visible"):
        await world.ann.slash(world.plain, command)


@pytest.mark.parametrize("command", ["forum list", "status"])
async def test_member_when_the_server_opened_the_command_then_is_refused_by_us(world: World, command: str):
    """``default_permissions`` is a hint that a server can undo."""
    known = world.env.backend.find_command(command.split()[0], world.guild.id, type=1)
    world.guild.set_command_permissions(int(known["id"]), {world.guild.default_role: True})
    result = await world.ann.slash(world.plain, command)
    assert "Only admins" in text_of(result.response)


async def test_past_when_a_channel_is_newly_watched_then_is_left_alone(world: World):
    """Watching begins now: nobody is answered for what they wrote before."""
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    await world.admin.slash(world.plain, "forum watch", channel=world.forum, mode="auto")
    await world.restart()
    await world.env.advance_time(15)
    assert world.ours(thread) == []
