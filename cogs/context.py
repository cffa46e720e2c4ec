"""Context on request: a command, a message menu, and a mention of the bot in a reply. Works without message content."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.core.errors import AppError, BadInput
from cogs._answers import CALL_ERRORS, Interaction, defer, sentence_view
from cogs._candidates import (
    ShowNote,
    answer_privately,
    candidates_view,
    nearest_notes,
    question_about,
    question_from,
    record_demand,
)
from cogs._guards import Right, is_refused
from cogs._places import Place, is_closed, missing_permissions

MENU_NAME = "Get context"
MENTION_EVERY_S = 20.0  # one public answer a member in this time: the answers are seen by everybody


class Context(commands.Cog):
    """Answers members who ask."""

    def __init__(self, bot: FootnoteBot) -> None:
        """Serve this client."""
        self._bot = bot
        self._menu = app_commands.ContextMenu(name=MENU_NAME, callback=self._get_context)
        self._menu.guild_only = True
        self._cooldown = commands.CooldownMapping.from_cooldown(1, MENTION_EVERY_S, commands.BucketType.member)

    async def cog_load(self) -> None:
        """Add the message menu, which a cog cannot declare, and know the note buttons."""
        self._bot.tree.add_command(self._menu)
        self._bot.add_dynamic_items(ShowNote)

    async def cog_unload(self) -> None:
        """Take both back."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)
        self._bot.remove_dynamic_items(ShowNote)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(query="A question, a claim, or a link to a message in this server")
    async def context(self, interaction: Interaction, query: app_commands.Range[str, 3, 1000]) -> None:
        """Find reviewed notes about a question, a claim or a message."""
        if await is_refused(interaction, Right.MEMBER):
            return
        await defer(interaction)
        await answer_privately(interaction, await question_from(interaction, query))

    async def _get_context(self, interaction: Interaction, message: discord.Message) -> None:
        if await is_refused(interaction, Right.MEMBER):
            return
        await defer(interaction)
        await answer_privately(interaction, question_about(message))

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a person who mentions the bot in a reply: about the message replied to, for all to see."""
        place = message.channel
        if message.author.bot or self._bot.user not in message.mentions or message.reference is None:
            return
        if not isinstance(place, discord.Thread | discord.TextChannel) or is_closed(place):
            return
        if missing_permissions(place) or self._cooldown.update_rate_limit(message):
            return
        await self._answer_publicly(message, place)

    async def _answer_publicly(self, message: discord.Message, place: Place) -> None:
        try:
            view = await self._view_for(message, place)
            await place.send(
                view=view,
                reference=message.to_reference(fail_if_not_exists=False),
                nonce=str(message.id),
                allowed_mentions=discord.AllowedMentions.none(),
            )
        except CALL_ERRORS as error:
            self._bot.sentence_for(error, "mention")

    async def _view_for(self, message: discord.Message, place: Place) -> discord.ui.LayoutView:
        try:
            question = question_about(await _replied_to(message, place))
            notes = await nearest_notes(self._bot, place.guild.id, question)
            if not notes:
                await record_demand(self._bot, place.guild.id, question, message.author.id)
            return candidates_view(notes)
        except AppError as error:
            return sentence_view(str(error))


async def _replied_to(message: discord.Message, place: Place) -> discord.Message:
    """Return the message replied to, from the event itself or from Discord. Raises BadInput when it is gone."""
    reference = message.reference
    if reference is not None and isinstance(reference.resolved, discord.Message):
        return reference.resolved
    if reference is None or reference.message_id is None or reference.channel_id != place.id:
        raise BadInput("Please reply to a message of this channel when you ask me about it.")
    try:
        return await place.fetch_message(reference.message_id)
    except discord.NotFound:
        raise BadInput("The message you replied to is gone.") from None
