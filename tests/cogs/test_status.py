"""``/status`` and what people are told when things fail."""

from __future__ import annotations

import discord

from bot.core.domain import ForumSettings, Mode
from bot.core.errors import StoreUnavailable
from cogs._guards import Right, refusal
from tests.cogs.conftest import ASSERTED, World, text_of


async def test_status_when_all_is_well_then_says_so(world: World):
    await world.watch()
    await world.open_thread(world.ann, "Moon", ASSERTED)
    result = await world.admin.slash(world.plain, "status")
    said = text_of(result.response)
    assert result.ephemeral
    assert "**Judge**: working (2 notes)" in said
    assert "1 posts" in said
    assert "Errors**: none" in said


async def test_status_when_there_is_trouble_then_names_each(world: World):
    silent = discord.PermissionOverwrite(send_messages=False)
    quiet = world.guild.create_text_channel("quiet", overwrites={world.bot.user: silent})
    await world.watch(channel=quiet)
    await world.ann.send(quiet, ASSERTED)
    world.screener.problem = "The weights are missing."
    short_id = world.bot.report(KeyError("x"), "on_message")
    said = text_of((await world.admin.slash(world.plain, "status")).response)
    assert "The weights are missing." in said
    assert f"<#{quiet.id}>**: missing permissions: Send Messages" in said
    assert f"`{short_id}`: KeyError in on_message" in said


async def test_status_then_says_how_to_mend_each_place_and_what_is_behind(world: World):
    silent = discord.PermissionOverwrite(send_messages=False)
    quiet = world.guild.create_text_channel("quiet", overwrites={world.bot.user: silent})
    said = text_of((await world.admin.slash(world.plain, "status")).response)
    assert "none is watched. `/setup` starts with that." in said
    await world.store.put_forum(ForumSettings(world.guild.id, quiet.id, Mode.REVIEW, world.mods.id), actor_id=1)
    world.bot.are_notes_behind = True
    said = text_of((await world.admin.slash(world.plain, "status")).response)
    assert f"**To mend**: In <#{quiet.id}> open Edit Channel, Permissions, add my role and allow Send" in said
    assert said.count("To mend") == 1
    assert "a change of the notes is not in use yet" in said


async def test_status_when_the_store_is_down_then_still_answers(world: World):
    async def down() -> None:
        raise StoreUnavailable("The database is locked.")

    world.store.status = down
    said = text_of((await world.admin.slash(world.plain, "status")).response)
    assert "The database is locked." in said
    assert "Judge" in said


async def test_command_when_it_breaks_then_person_gets_a_short_number(world: World):
    async def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    world.screener.suggest = broken
    result = await world.ann.slash(world.plain, "context", query="What about the moon?")
    said = text_of(result.response)
    assert world.bot.errors[-1].short_id in said
    assert "secret detail" not in said
    assert len(world.env.errors) == 1


async def test_errors_when_many_then_only_the_last_are_kept(world: World):
    for number in range(50):
        world.bot.report(ValueError(number), "test")
    assert len(world.bot.errors) == 20


class _Click:
    """As much of an interaction as the guard reads."""

    def __init__(self, guild_id: int | None, permissions: discord.Permissions) -> None:
        self.guild_id, self.permissions = guild_id, permissions


def test_rights_when_asked_then_follow_one_table():
    """One table for commands and buttons; a direct message is answered politely."""
    member, moderator = discord.Permissions.none(), discord.Permissions(manage_messages=True)
    admin, everything = discord.Permissions(manage_guild=True), discord.Permissions.all()
    assert refusal(_Click(1, member), Right.MEMBER) is None
    assert "moderators" in refusal(_Click(1, member), Right.MODERATOR)
    assert refusal(_Click(1, moderator), Right.MODERATOR) is None
    assert "admins" in refusal(_Click(1, moderator), Right.ADMIN)
    assert refusal(_Click(1, admin), Right.ADMIN) is None
    assert refusal(_Click(1, everything), Right.ADMIN) is None
    assert "inside a server" in refusal(_Click(None, everything), Right.MEMBER)


async def test_commands_when_told_to_discord_then_admin_ones_are_hidden_and_none_work_in_messages(world: World):
    commands = {command.name: command for command in world.bot.tree.walk_commands() if command.parent is None}
    admins, moderators = {"forum", "setup", "status", "threshold"}, {"report", "symmetry"}
    assert set(commands) == {"context", "note", "privacy", "requests", *admins, *moderators}
    assert all(command.guild_only for command in commands.values())
    assert all(commands[name].default_permissions.manage_guild for name in admins)
    assert all(commands[name].default_permissions.manage_messages for name in moderators)
