"""``/privacy``: what is stored of a member, a copy of it, erasing it, opting out. Each member for themselves."""

from __future__ import annotations

import io
import json
from datetime import datetime

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.core.privacy_words import EXPORT, EXPORT_NAME, NOW_IN, NOW_OUT, show_lines
from cogs._answers import Interaction, defer, show, tell
from cogs._guards import Right, is_refused
from cogs._privacy_forget import ForgetMe, confirm_view
from cogs._ui import lines_view


@app_commands.guild_only()
class Privacy(
    commands.GroupCog, group_name="privacy", group_description="What is stored of you here, and what to do about it"
):
    """Answers members about themselves only."""

    def __init__(self, bot: FootnoteBot) -> None:
        """Serve this client."""
        self._bot = bot

    async def cog_load(self) -> None:
        """Know the confirming button by its custom_id."""
        self._bot.add_dynamic_items(ForgetMe)

    async def cog_unload(self) -> None:
        """Forget it."""
        self._bot.remove_dynamic_items(ForgetMe)

    @app_commands.command()
    async def show(self, interaction: Interaction) -> None:
        """Show what is stored of you in this server, and for how long."""
        member = await _asking(interaction)
        if member is None:
            return
        desk, days = self._bot.services.desk, self._bot.services.options.retention_days
        is_opted_out = await desk.is_opted_out(*member)
        lines = show_lines(await desk.member_data(*member), is_opted_out=is_opted_out, retention_days=days)
        await show(interaction, lines_view("Your data in this server", lines))

    @app_commands.command()
    async def export(self, interaction: Interaction) -> None:
        """Get a file with everything that is stored of you in this server."""
        member = await _asking(interaction)
        if member is None:
            return
        data = await self._bot.services.desk.member_data(*member)
        text = json.dumps(data, ensure_ascii=False, indent=2, default=_as_text)
        view = lines_view("Your data in this server", [EXPORT])
        view.add_item(discord.ui.File(f"attachment://{EXPORT_NAME}"))
        file = discord.File(io.BytesIO(text.encode()), filename=EXPORT_NAME)
        await interaction.edit_original_response(view=view, attachments=[file])

    @app_commands.command()
    async def forget(self, interaction: Interaction) -> None:
        """Erase everything that is stored of you in this server."""
        member = await _asking(interaction)
        if member is not None:
            await show(interaction, confirm_view(interaction.user.id))

    @app_commands.command(name="opt-out")
    async def opt_out(self, interaction: Interaction) -> None:
        """Have the bot never reply to your posts in this server by itself."""
        member = await _asking(interaction)
        if member is not None:
            await self._bot.services.desk.opt_out(*member)
            await tell(interaction, NOW_OUT)

    @app_commands.command(name="opt-in")
    async def opt_in(self, interaction: Interaction) -> None:
        """Let the bot reply to your posts in this server again."""
        member = await _asking(interaction)
        if member is not None:
            await self._bot.services.desk.opt_in(*member)
            await tell(interaction, NOW_IN)


async def _asking(interaction: Interaction) -> tuple[int, int] | None:
    """Return server and member of a command, deferred; None once the person was told why not."""
    if await is_refused(interaction, Right.MEMBER):
        return None
    await defer(interaction)
    return interaction.guild_id or 0, interaction.user.id


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
