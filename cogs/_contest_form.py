"""Contest: a member objects to a reply in their own words, and the moderators are asked about it again."""

from __future__ import annotations

import discord

from bot.core.domain import ForumSettings
from bot.core.ports import SentReply
from cogs._answers import Interaction, defer, tell
from cogs._guards import Right
from cogs._note_forms import Field, KeptForm, Typed
from cogs._places import missing_permissions

WORDS_LIMIT = 600
NO_CHANNEL = "No moderators' channel is set up here. Please write to a moderator."
NEXT = (
    "A moderator will look at this reply again and keep it or withdraw it; you will see under the post which. "
    "They read what you wrote and are not told who wrote it."
)
DECIDED = "The moderators decided on your objection already, so this reply stays as it is. They are not asked again."


async def ask_why(interaction: Interaction, sent: SentReply) -> None:
    """Open the form, unless nobody could read what is written in it."""
    bot = interaction.client
    settings = await bot.services.store.forum(sent.post.guild_id, sent.post.forum_id)
    channel = bot.get_channel(settings.moderators_channel_id or 0) if settings is not None else None
    if settings is None or not isinstance(channel, discord.TextChannel) or missing_permissions(channel):
        await tell(interaction, NO_CHANNEL)
        return
    await interaction.response.send_modal(_form(sent, settings))


def _form(sent: SentReply, settings: ForumSettings) -> KeptForm:
    async def take(interaction: Interaction, typed: Typed) -> None:
        await defer(interaction)
        await tell(interaction, await _contest(interaction, sent, settings, typed["words"].strip()))

    hint = "Moderators read it and are not told who wrote it. You may leave it empty."
    words = Field("words", "What is wrong with this reply?", hint, is_long=True, is_required=False, limit=WORDS_LIMIT)
    return KeptForm("Contest this reply", [words], take, Right.MEMBER)


async def _contest(interaction: Interaction, sent: SentReply, settings: ForumSettings, words: str) -> str:
    """Store the objection, bring it before the moderators, and return what the member is told."""
    from cogs._review_card import send_card  # not at import time: cards post replies, and replies carry this button

    bot, store = interaction.client, interaction.client.services.store
    is_new = await store.contest(sent.message_id, interaction.user.id, words)
    item = await store.open_review(sent.post.post_id)
    if item is None:
        return DECIDED
    await send_card(bot, item, settings)
    return f"{'Thank you.' if is_new else 'Noted: this replaces what you wrote before.'} {NEXT}"
