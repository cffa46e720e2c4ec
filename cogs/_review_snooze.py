"""Snooze this claim here: for some days it leads to no card and no reply in this forum; the card is closed with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import discord

from bot.core.errors import BadInput
from bot.core.ports import ReviewItem
from bot.core.review import Outcome
from cogs._answers import Interaction, sentence_view, show
from cogs._breaker import check_breakers
from cogs._guards import Right
from cogs._review_closing import CardButton, redraw_closed, why_closed
from cogs._review_words import note_names
from cogs._ui import PersistentSelect, template_for

ASK = "For how long shall this lead to no card and no reply in this forum? The card is closed as not worth it."


class Snooze(CardButton, template=template_for("fn:snooze")):
    """Asks for how long."""

    prefix = "fn:snooze"
    label = "Snooze this claim here"

    async def act(self, interaction: Interaction) -> None:
        """Offer the days, to that moderator only."""
        view = sentence_view(ASK)
        view.add_item(discord.ui.ActionRow(SnoozeFor(self.subject)))
        await show(interaction, view)


class SnoozeFor(PersistentSelect, template=template_for("fn:snooze-for")):
    """Snoozes the claims of a review item in its forum and closes the item."""

    prefix = "fn:snooze-for"
    placeholder = "Days"
    right = Right.MODERATOR

    @classmethod
    def choices(cls) -> Mapping[str, str]:
        """How long a snooze may be."""
        return {"1": "1 day", "7": "7 days", "30": "30 days"}

    async def act(self, interaction: Interaction) -> None:
        """Snooze first: whoever closes the card, the claim stays quiet."""
        await interaction.response.defer()
        services = interaction.client.services
        item = await services.store.review(self.subject_id)
        if item is None:
            raise BadInput("That card is not on record any more.")
        until = services.clock.now() + timedelta(days=int(self.item.values[0]))
        place = item.post
        await services.store.snooze(
            place.guild_id, place.forum_id, item.reply.claim_ids, until, actor_id=interaction.user.id
        )
        what = f"Snoozed in <#{place.forum_id}> until {discord.utils.format_dt(until, 'f')}"
        said = await _close(interaction, item, what)
        await interaction.edit_original_response(view=sentence_view(said))


async def _close(interaction: Interaction, item: ReviewItem, what: str) -> str:
    """Close the card if nobody was faster; return what the moderator is told. Raises BadInput for a contested reply."""
    bot = interaction.client
    closed = await bot.services.store.resolve_review(
        item.id, actor_id=interaction.user.id, outcome=Outcome.NOT_WORTH.value
    )
    if closed is None:
        return f"{what}. {await why_closed(bot, item.id)}"
    names = note_names(closed.reply.claim_ids)
    await redraw_closed(interaction, closed, [f"**{what} by {interaction.user.mention}**: {names}"])
    await check_breakers(bot, closed)
    return f"{what}."
