"""``/status``: how the bot is, in one private answer for admins."""

from __future__ import annotations

import math
from collections.abc import Iterator

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.core.errors import StoreUnavailable
from bot.core.setup_steps import INTENT_OFF
from cogs._answers import Interaction, defer, show
from cogs._breaker import trip_name
from cogs._guards import Right, is_refused
from cogs._setup_checks import trouble_lines
from cogs._setup_pages import read_chosen
from cogs._ui import lines_view

SHOWN_ERRORS = 5


class StatusCog(commands.Cog, name="Status"):
    """Tells admins what works and what does not."""

    def __init__(self, bot: FootnoteBot) -> None:
        """Serve this client."""
        self._bot = bot

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def status(self, interaction: Interaction) -> None:
        """Show whether the judge, the store and the connection work, and the last errors."""
        if await is_refused(interaction, Right.ADMIN):
            return
        await defer(interaction)
        lines = [_judge(self._bot, interaction.guild_id or 0), await _store(self._bot)]
        lines += [_connection(self._bot), _intents(self._bot)]
        lines += await _server(self._bot, interaction.guild)
        lines += [*_problems(self._bot, interaction.guild), *_errors(self._bot)]
        await show(interaction, lines_view("Status", lines))


def _judge(bot: FootnoteBot, guild_id: int) -> str:
    problem = bot.services.screener.problem
    behind = "; a change of the notes is not in use yet, the bot tries again by itself" if bot.are_notes_behind else ""
    notes = len(bot.services.notes.of(guild_id))
    return f"**Judge**: {'working' if problem is None else problem} ({notes} notes{behind})"


async def _store(bot: FootnoteBot) -> str:
    try:
        figures = await bot.services.store.status()
    except StoreUnavailable as error:
        return f"**Store**: {error}"
    return (
        f"**Store**: version {figures.schema_version}, {figures.posts} posts,"
        f" {figures.pending_posts} still to be judged, {figures.outbox} replies to be sent,"
        f" {figures.open_reviews} open reviews"
    )


def _connection(bot: FootnoteBot) -> str:
    latency = bot.latency
    measured = f"{latency * 1000:.0f} ms" if math.isfinite(latency) else "not measured yet"
    return f"**Connection**: {measured}, {len(bot.guilds)} servers"


def _intents(bot: FootnoteBot) -> str:
    return "**Message content**: asked for" if bot.intents.message_content else f"**Off**: {INTENT_OFF}"


async def _server(bot: FootnoteBot, guild: discord.Guild | None) -> list[str]:
    """Return what keeps this server's forums from working, with the mend, and which breakers are tripped."""
    if guild is None:
        return []
    try:
        chosen = await read_chosen(bot, guild)
        trips = await bot.services.desk.trips(guild.id)
    except StoreUnavailable:  # said above
        return []
    lines = [] if chosen.watched else ["**Forums**: none is watched. `/setup` starts with that."]
    places = trouble_lines(guild, chosen.watched, chosen.server.moderators_channel_id)
    lines += [f"**To mend**: {line}" for line in places]
    lines += [f"**Fell back to review**: {trip_name(trip.scope, trip.key)}: {trip.sentence}" for trip in trips]
    return lines


def _problems(bot: FootnoteBot, guild: discord.Guild | None) -> Iterator[str]:
    """Yield what could not be started, and what is wrong in this server's channels; other servers' are theirs."""
    yield from (f"**Since the start**: {problem}" for problem in bot.services.problems)
    for channel_id, problem in bot.channel_problems.items():
        if guild is not None and guild.get_channel_or_thread(channel_id) is not None:
            yield f"**<#{channel_id}>**: {problem}"


def _errors(bot: FootnoteBot) -> Iterator[str]:
    if not bot.errors:
        yield "**Errors**: none since the start"
    for error in list(bot.errors)[-SHOWN_ERRORS:]:
        yield f"**Error** `{error.short_id}`: {error.kind} in {error.where}, {discord.utils.format_dt(error.at, 'R')}"
