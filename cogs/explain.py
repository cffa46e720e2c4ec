"""The moderators' message menus: Explain screening, and Flag for context."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from cogs._answers import Interaction, defer
from cogs._explain import explain_post, offer_flags
from cogs._guards import Right, is_refused

EXPLAIN_MENU = "Explain screening"
FLAG_MENU = "Flag for context"


class Explain(commands.Cog):
    """Lets moderators look behind a decision, and ask about a post that the judge passed over."""

    def __init__(self, bot: FootnoteBot) -> None:
        """Serve this client."""
        self._bot = bot
        self._menus = (_menu(EXPLAIN_MENU, explain_post), _menu(FLAG_MENU, offer_flags))

    async def cog_load(self) -> None:
        """Add the menus, which a cog cannot declare."""
        for menu in self._menus:
            self._bot.tree.add_command(menu)

    async def cog_unload(self) -> None:
        """Take them back."""
        for menu in self._menus:
            self._bot.tree.remove_command(menu.name, type=menu.type)


def _menu(name: str, answer: Callable[[Interaction, discord.Message], Awaitable[None]]) -> app_commands.ContextMenu:
    async def chosen(interaction: Interaction, message: discord.Message) -> None:
        if await is_refused(interaction, Right.MODERATOR):
            return
        await defer(interaction)
        await answer(interaction, message)

    menu = app_commands.ContextMenu(name=name, callback=chosen)
    menu.guild_only = True
    menu.default_permissions = discord.Permissions(manage_messages=True)
    return menu
