"""The buttons under a posted reply: two ratings, the full note, why it was posted, contest. Each answers privately."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.core.compose import full_note, why
from bot.core.domain import Reply
from bot.core.ports import SentReply
from cogs._answers import Interaction, defer, show, tell
from cogs._places import missing_permissions
from cogs._ui import PersistentButton, lines_view, reply_view, template_for

if TYPE_CHECKING:
    from bot.client import FootnoteBot

GONE = "This reply is no longer on record, so there is nothing more to show."
NO_NOTE = "The note behind this reply is no longer in use."


class Helpful(PersistentButton, template=template_for("fn:up")):
    """Rates the reply as helpful."""

    prefix = "fn:up"
    label = "Helpful"

    async def act(self, interaction: Interaction) -> None:
        """Store the rating."""
        await _rate(interaction, is_helpful=True)


class NotHelpful(PersistentButton, template=template_for("fn:down")):
    """Rates the reply as not helpful."""

    prefix = "fn:down"
    label = "Not helpful"

    async def act(self, interaction: Interaction) -> None:
        """Store the rating."""
        await _rate(interaction, is_helpful=False)


class FullNote(PersistentButton, template=template_for("fn:full")):
    """Shows the whole note, for that member only."""

    prefix = "fn:full"
    label = "Full note"

    async def act(self, interaction: Interaction) -> None:
        """Show each note of the reply as one message."""
        await defer(interaction)
        sent = await _sent(interaction, self.subject_id)
        if sent is None:
            return
        notes = [interaction.client.services.notes.get(claim_id) for claim_id in sent.reply.claim_ids]
        found = [note for note in notes if note is not None]
        if not found:
            await tell(interaction, NO_NOTE)
        for note in found:
            await show(interaction, reply_view(full_note(note, seed=sent.post.post_id)))


class WhyThis(PersistentButton, template=template_for("fn:why")):
    """Explains which words matched, how surely, and what to do about a mistake."""

    prefix = "fn:why"
    label = "Why this?"

    async def act(self, interaction: Interaction) -> None:
        """Show the explanation."""
        await defer(interaction)
        sent = await _sent(interaction, self.subject_id)
        if sent is not None:
            await show(interaction, reply_view(why(sent, interaction.client.services.notes)))


class Contest(PersistentButton, template=template_for("fn:contest")):
    """Asks the moderators to look at the reply again. Who asked is not passed on."""

    prefix = "fn:contest"
    label = "Contest"

    async def act(self, interaction: Interaction) -> None:
        """Tell the moderators' channel once."""
        await defer(interaction)
        sent = await _sent(interaction, self.subject_id)
        if sent is None:
            return
        bot = interaction.client
        channel = await _moderators_channel(bot, sent)
        if channel is None:
            await tell(interaction, "No moderators' channel is set up here. Please write to a moderator.")
            return
        if not bot.posts.is_contested(self.subject_id):
            await channel.send(view=_contest_view(sent), allowed_mentions=discord.AllowedMentions.none())
            bot.posts.note_contest(self.subject_id)
        await tell(interaction, "Thank you. A moderator will look at this reply again.")


REPLY_BUTTONS: tuple[type[PersistentButton], ...] = (Helpful, NotHelpful, FullNote, WhyThis, Contest)


def posted_view(reply: Reply) -> discord.ui.LayoutView:
    """Return a reply as it is posted, with its buttons."""
    return reply_view(reply, *(button(reply.post_id) for button in REPLY_BUTTONS))


async def _rate(interaction: Interaction, *, is_helpful: bool) -> None:
    await defer(interaction)
    if interaction.message is not None:
        store = interaction.client.services.store
        await store.rate(interaction.message.id, interaction.user.id, is_helpful=is_helpful)
    await tell(interaction, "Thank you, noted. You can change your mind by pressing the other button.")


async def _sent(interaction: Interaction, post_id: int) -> SentReply | None:
    """Return what the clicked reply was about; tells the person when it is not on record any more."""
    sent = await interaction.client.services.store.sent_reply(post_id=post_id)
    if sent is None:
        await tell(interaction, GONE)
    return sent


async def _moderators_channel(bot: FootnoteBot, sent: SentReply) -> discord.TextChannel | None:
    """Return where the moderators of a reply's forum are reached, if the bot may write there."""
    settings = await bot.services.store.forum(sent.post.guild_id, sent.post.forum_id)
    channel = bot.get_channel(settings.moderators_channel_id or 0) if settings is not None else None
    return channel if isinstance(channel, discord.TextChannel) and not missing_permissions(channel) else None


def _contest_view(sent: SentReply) -> discord.ui.LayoutView:
    link = f"https://discord.com/channels/{sent.post.guild_id}/{sent.post.thread_id}/{sent.message_id}"
    claims = ", ".join(f"`{claim_id}`" for claim_id in sent.reply.claim_ids)
    return lines_view("A member contests a reply", [link, f"Claims: {claims}", "Delete the reply if they are right."])
