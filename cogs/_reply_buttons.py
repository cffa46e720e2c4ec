"""The buttons under a posted reply: two ratings, the full note, why it was posted, contest. Each answers privately."""

from __future__ import annotations

import discord

from bot.core.compose import full_note, why
from bot.core.domain import Reply
from bot.core.ports import SentReply
from cogs._answers import Interaction, defer, show, tell
from cogs._contest_form import ask_why
from cogs._rating_reasons import rated_view
from cogs._ui import PersistentButton, reply_view, template_for

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
        in_use = interaction.client.services.notes.of(sent.post.guild_id)
        notes = [in_use.get(claim_id) for claim_id in sent.reply.claim_ids]
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
            await show(interaction, reply_view(why(sent, interaction.client.services.notes.of(sent.post.guild_id))))


class Contest(PersistentButton, template=template_for("fn:contest")):
    """Asks the moderators to look at the reply again. Who asked is not passed on."""

    prefix = "fn:contest"
    label = "Contest"

    async def act(self, interaction: Interaction) -> None:
        """Ask what is wrong; no deferring, because a form must be the first answer."""
        sent = await _sent(interaction, self.subject_id)
        if sent is not None:
            await ask_why(interaction, sent)


REPLY_BUTTONS: tuple[type[PersistentButton], ...] = (Helpful, NotHelpful, FullNote, WhyThis, Contest)


def posted_view(reply: Reply) -> discord.ui.LayoutView:
    """Return a reply as it is posted, with its buttons."""
    return reply_view(reply, *(button(reply.post_id) for button in REPLY_BUTTONS))


async def _rate(interaction: Interaction, *, is_helpful: bool) -> None:
    """Store the vote at once, then offer the reasons for it."""
    await defer(interaction)
    if interaction.message is None:
        return
    message_id = interaction.message.id
    await interaction.client.services.store.rate(message_id, interaction.user.id, is_helpful=is_helpful)
    await show(interaction, rated_view(message_id, is_helpful))


async def _sent(interaction: Interaction, post_id: int) -> SentReply | None:
    """Return what the clicked reply was about; tells the person when it is not on record any more."""
    sent = await interaction.client.services.store.sent_reply(post_id=post_id)
    if sent is None:
        await tell(interaction, GONE)
    return sent
