"""The buttons of a card that asks about a contested reply: it stays, or its message is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord

from bot.core.ports import ReviewItem
from bot.core.review import LABELS, Outcome
from cogs._answers import Interaction
from cogs._delivery import delete_reply
from cogs._review_closing import CardButton, Resolve, verdict_line
from cogs._review_words import note_names
from cogs._ui import template_for

if TYPE_CHECKING:
    from bot.client import FootnoteBot


class KeepIt(Resolve, template=template_for("fn:keep")):
    """Leaves the reply as it stands."""

    prefix = "fn:keep"
    label = LABELS[Outcome.KEPT]
    outcome = Outcome.KEPT


class WithdrawIt(Resolve, template=template_for("fn:withdraw")):
    """Takes the reply back: the objection is right."""

    prefix = "fn:withdraw"
    label = LABELS[Outcome.WITHDRAWN]
    style = discord.ButtonStyle.danger
    outcome = Outcome.WITHDRAWN

    async def follow_up(self, bot: FootnoteBot, item: ReviewItem) -> None:
        """Delete the message now rather than at the next upkeep."""
        for sent in await bot.services.store.replies_to_delete():
            if sent.post.post_id == item.post.post_id:
                await delete_reply(bot, sent)


class NoteDoesNotFit(WithdrawIt, template=template_for("fn:unfit")):
    """Takes the reply back because its note does not answer such posts, which curators should look at."""

    prefix = "fn:unfit"
    label = LABELS[Outcome.WITHDRAWN_UNFIT]
    style = discord.ButtonStyle.secondary
    outcome = Outcome.WITHDRAWN_UNFIT

    def verdict(self, interaction: Interaction, item: ReviewItem) -> Sequence[str]:
        """Name the notes, for the curators who read this channel."""
        ask = f"Curators, please see whether this answers what such posts say: {note_names(item.reply.claim_ids)}"
        return (verdict_line(interaction, self.outcome), ask)


CONTEST_BUTTONS: tuple[type[CardButton], ...] = (KeepIt, WithdrawIt, NoteDoesNotFit)
