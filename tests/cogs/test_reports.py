"""``/report`` and ``/symmetry``: figures as a picture and as text, and the report that comes by itself once a week."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import discord
import pytest
from simcord.backend.errors import SetupError

from bot.app import pictures
from bot.core.desk_ports import ServerSettings
from bot.core.tuning_report import report
from tests.clocks import NOON
from tests.cogs.conftest import NOTES, World, text_of
from tests.cogs.deciding import PNG, RIGHT, WRONG, decide, draw_nothing

UPKEEP_S = 15
HOUR, DAY = timedelta(hours=1, minutes=1), timedelta(days=1)


async def wish(world: World, *, channel: bool = True) -> None:
    """Let the server wish for its weekly report."""
    draw_nothing(world)
    settings = ServerSettings(world.guild.id, world.mods.id if channel else None, posts_report=True)
    await world.bot.services.desk.put_server(settings, actor_id=world.admin.id)


async def pass_time(world: World, time: timedelta) -> None:
    """Days that nobody plays, and the next round of upkeep."""
    world.clock.ahead += time
    await world.env.advance_time(UPKEEP_S)


def reports(world: World) -> list[discord.Message]:
    return [message for message in world.ours(world.mods) if "### Report" in text_of(message)]


async def test_report_then_has_the_picture_and_the_same_as_tables(world: World):
    pictures().report(report([], NOON))  # the first one loads the library, and SimCord's patience is short
    await decide(world)
    result = await world.mod.slash(world.plain, "report")
    assert result.ephemeral
    (picture,) = result.response.attachments
    assert (await picture.read()).startswith(PNG)
    assert picture.description.startswith("Bars of flagged posts a day: 4 answered, 2 dismissed, of 6 flagged")
    said = text_of(result.response)
    assert "posts seen                      6" in said
    assert " 4         2         0" in said
    assert "Flagged: a card or a reply" in said


@pytest.mark.parametrize("command", ["report", "symmetry"])
async def test_figures_then_are_for_moderators_and_admins(world: World, command: str):
    with pytest.raises(SetupError, match="not visible"):
        await world.ann.slash(world.plain, command)
    known = world.env.backend.find_command(command, world.guild.id, type=1)
    world.guild.set_command_permissions(int(known["id"]), {world.guild.default_role: True})
    assert "Only moderators" in text_of((await world.ann.slash(world.plain, command)).response)
    draw_nothing(world)
    for person in (world.mod, world.admin):
        assert "Only" not in text_of((await person.slash(world.plain, command)).response)


async def test_symmetry_then_compares_the_sides_that_claims_suit(world: World):
    for note_id, side in (("moon-base", "moon party"), ("river-treaty", "river party")):
        sided = replace(NOTES[note_id], flatters=(side,))
        await world.bot.services.library.take_in(world.guild.id, [sided], actor_id=1, reason="sides")
    await decide(world, [(0.9, WRONG)] * 9, "moon-base")
    await decide(world, [(0.9, RIGHT)] * 9, "river-treaty")
    said = text_of((await world.mod.slash(world.plain, "symmetry", days=30)).response)
    assert "most often on claims that suit moon party (9 of 9, 100 %)" in said
    assert "more than chance explains" in said
    assert "  dismissed   0 % (0 to 30), 0 of 9" in said


async def test_weekly_report_then_comes_once_a_week_even_over_restarts(world: World):
    await decide(world)
    await wish(world)
    await pass_time(world, HOUR)
    (first,) = reports(world)
    assert first.attachments
    assert "posts seen                      6" in text_of(first)
    assert world.posted()[-1]["allowed_mentions"]["parse"] == []
    await world.restart()
    await pass_time(world, 6 * DAY)
    assert len(reports(world)) == 1
    await pass_time(world, DAY)
    assert len(reports(world)) == 2


async def test_weekly_report_when_nobody_wished_for_it_then_does_not_come(world: World):
    await world.watch()
    await pass_time(world, HOUR)
    assert reports(world) == []


async def test_weekly_report_when_no_server_channel_is_set_then_goes_to_the_forums(world: World):
    await world.watch()
    await wish(world, channel=False)
    await pass_time(world, HOUR)
    assert len(reports(world)) == 1


async def test_weekly_report_when_files_may_not_be_attached_then_comes_as_text(world: World):
    no_files = discord.PermissionOverwrite(attach_files=False)
    world.mods = world.guild.create_text_channel("quiet-mods", overwrites={world.bot.user: no_files})
    await wish(world)
    await pass_time(world, HOUR)
    (message,) = reports(world)
    assert message.attachments == []
    assert "posts seen" in text_of(message)


async def test_weekly_report_when_discord_refuses_it_then_is_tried_the_next_day(world: World):
    await wish(world)
    world.env.inject_error("POST", f"/channels/{world.mods.id}/messages", status=403, code=50013)
    await pass_time(world, HOUR)
    assert reports(world) == []
    await pass_time(world, HOUR)
    assert reports(world) == []
    await pass_time(world, DAY)
    assert len(reports(world)) == 1
