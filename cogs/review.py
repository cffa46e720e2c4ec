"""The moderators' side: the buttons and menus of the review cards. What a click may do is checked at the click."""

from __future__ import annotations

from discord.ext import commands

from bot.client import FootnoteBot
from cogs._review_card import CARD_BUTTONS, CARD_MENUS


class Review(commands.Cog):
    """Registers the cards' buttons and menus, so that a card sent weeks ago still works."""

    def __init__(self, bot: FootnoteBot) -> None:
        """Serve this client."""
        self._bot = bot

    async def cog_load(self) -> None:
        """Know them by their custom_ids."""
        self._bot.add_dynamic_items(*CARD_BUTTONS, *CARD_MENUS)

    async def cog_unload(self) -> None:
        """Forget them."""
        self._bot.remove_dynamic_items(*CARD_BUTTONS, *CARD_MENUS)
