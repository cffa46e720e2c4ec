"""The members' side of a posted reply: the buttons under it, and the menus of reasons that ratings open."""

from __future__ import annotations

from discord.ext import commands

from bot.client import FootnoteBot
from cogs._rating_reasons import RATING_MENUS
from cogs._reply_buttons import REPLY_BUTTONS


class Ratings(commands.Cog):
    """Registers buttons and menus, so that they work on every reply ever posted."""

    def __init__(self, bot: FootnoteBot) -> None:
        """Serve this client."""
        self._bot = bot

    async def cog_load(self) -> None:
        """Know them by their custom_ids."""
        self._bot.add_dynamic_items(*REPLY_BUTTONS, *RATING_MENUS)

    async def cog_unload(self) -> None:
        """Forget them."""
        self._bot.remove_dynamic_items(*REPLY_BUTTONS, *RATING_MENUS)
