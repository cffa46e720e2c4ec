"""The buttons below the notice that something fell back to review by itself."""

from __future__ import annotations

from discord.ext import commands

from bot.client import FootnoteBot
from cogs._breaker import BREAKER_BUTTONS


class Breakers(commands.Cog):
    """Registers them, so that a notice sent weeks ago still works."""

    def __init__(self, bot: FootnoteBot) -> None:
        """Serve this client."""
        self._bot = bot

    async def cog_load(self) -> None:
        """Know the buttons by their custom_ids."""
        self._bot.add_dynamic_items(*BREAKER_BUTTONS)

    async def cog_unload(self) -> None:
        """Forget them."""
        self._bot.remove_dynamic_items(*BREAKER_BUTTONS)
