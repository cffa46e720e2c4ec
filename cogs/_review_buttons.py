"""The buttons of a card that asks about a post: release the reply, or dismiss it with the reason that tuning needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.core.domain import Reply
from bot.core.ports import ReviewItem
from bot.core.review import LABELS, Outcome
from cogs._answers import Interaction
from cogs._delivery import deliver
from cogs._review_closing import CardButton, Resolve, reply_now
from cogs._ui import template_for

if TYPE_CHECKING:
    from bot.client import FootnoteBot


class PostIt(Resolve, template=template_for("fn:post")):
    """Releases the reply; the outbox sends it."""

    prefix = "fn:post"
    label = "Post"
    style = discord.ButtonStyle.primary
    outcome = Outcome.POSTED

    async def reply(self, interaction: Interaction) -> Reply | None:
        """Return the reply as the notes are now."""
        return await reply_now(interaction.client, self.subject_id)

    async def follow_up(self, bot: FootnoteBot, item: ReviewItem) -> None:
        """Send the reply now."""
        await deliver_now(bot, item)


class FalseMatch(Resolve, template=template_for("fn:no-match")):
    """Dismisses: the post is about something else."""

    prefix = "fn:no-match"
    label = LABELS[Outcome.FALSE_MATCH]
    outcome = Outcome.FALSE_MATCH


class NotAsserted(Resolve, template=template_for("fn:no-assert")):
    """Dismisses: the post does not assert the claim."""

    prefix = "fn:no-assert"
    label = LABELS[Outcome.NOT_ASSERTED]
    outcome = Outcome.NOT_ASSERTED


class NoteUnfit(Resolve, template=template_for("fn:no-fit")):
    """Dismisses: the note does not answer what the post says."""

    prefix = "fn:no-fit"
    label = LABELS[Outcome.NOTE_UNFIT]
    outcome = Outcome.NOTE_UNFIT


class NotWorth(Resolve, template=template_for("fn:no-worth")):
    """Dismisses: true enough, but no reply is wanted here."""

    prefix = "fn:no-worth"
    label = LABELS[Outcome.NOT_WORTH]
    outcome = Outcome.NOT_WORTH


SCREENED_BUTTONS: tuple[type[CardButton], ...] = (PostIt, FalseMatch, NotAsserted, NoteUnfit, NotWorth)


async def deliver_now(bot: FootnoteBot, item: ReviewItem) -> None:
    """Send a released reply now rather than at the next upkeep."""
    read_at = bot.posts.mark()
    for promised in await bot.services.store.outbox_due(bot.services.clock.now()):
        if promised.post.post_id == item.post.post_id:
            await deliver(bot, promised, read_at)
