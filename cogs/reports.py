"""``/report`` and ``/symmetry``: what the bot did with a server's posts, and whether it treats every side alike."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.core.report_words import symmetry_lines
from bot.core.tuning_report import DAYS
from bot.core.tuning_symmetry import symmetry
from cogs._answers import Interaction, defer, show
from cogs._guards import Right, is_refused, refusal
from cogs._note_access import server_of
from cogs._report_picture import draw_report, show_drawn
from cogs._threshold_access import scored_in
from cogs._ui import lines_view

MOST_DAYS = 31  # as many as fit one message with their table
SYMMETRY_DAYS = 90


class Reports(commands.Cog):
    """Shows moderators and admins figures of posts and claims. Nothing here counts by member."""

    def __init__(self, bot: FootnoteBot) -> None:
        """Serve this client."""
        self._bot = bot

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.describe(days="How many past days; 7 without it")
    async def report(self, interaction: Interaction, days: app_commands.Range[int, 1, MOST_DAYS] = DAYS) -> None:
        """Show what the bot saw, flagged and answered, and what people made of it."""
        if await _may_not_read(interaction):
            return
        await defer(interaction)
        await show_drawn(interaction, await draw_report(self._bot, server_of(interaction), days))

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.describe(days="How many past days; 90 without it")
    async def symmetry(self, interaction: Interaction, days: app_commands.Range[int, 1, 365] = SYMMETRY_DAYS) -> None:
        """Show whether claims that suit one side are flagged or dismissed more often than another's."""
        if await _may_not_read(interaction):
            return
        await defer(interaction)
        newest = await self._bot.services.library.newest(server_of(interaction))
        flatters = {note_id: revision.note.flatters for note_id, revision in newest.items()}
        found = symmetry(await scored_in(interaction, days), flatters)
        await show(interaction, lines_view(f"Symmetry, last {days} days", symmetry_lines(found)))


async def _may_not_read(interaction: Interaction) -> bool:
    """Tell a person who is neither moderator nor admin that this is not for them."""
    return refusal(interaction, Right.ADMIN) is not None and await is_refused(interaction, Right.MODERATOR)
