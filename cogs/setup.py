"""``/setup``: a walk-through for admins that can be left and taken up again, and the modes proposed later on."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from cogs._answers import Interaction, defer
from cogs._guards import Right, is_refused
from cogs._proposals import PROPOSAL_BUTTONS
from cogs._setup_show import SETUP_PARTS, show_page


class Setup(commands.Cog):
    """Leads an admin through what the bot needs. Nothing is kept here: each choice is stored when it is made."""

    def __init__(self, bot: FootnoteBot) -> None:
        """Serve this client."""
        self._bot = bot

    async def cog_load(self) -> None:
        """Know the menus and buttons by their custom_ids, so that a page opened before a restart still works."""
        self._bot.add_dynamic_items(*SETUP_PARTS, *PROPOSAL_BUTTONS)

    async def cog_unload(self) -> None:
        """Forget them."""
        self._bot.remove_dynamic_items(*SETUP_PARTS, *PROPOSAL_BUTTONS)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def setup(self, interaction: Interaction) -> None:
        """Set the bot up step by step, or go on where you left."""
        if await is_refused(interaction, Right.ADMIN):
            return
        await defer(interaction)
        await show_page(interaction)
