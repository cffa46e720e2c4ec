"""How a click closes a review item: the first one wins, the second is told by whom, how and when it was closed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord

from bot.core.compose_changes import compose_now
from bot.core.domain import Reply
from bot.core.ports import PostRef, ReviewItem
from bot.core.review import LABELS, Outcome, parse_outcome
from cogs._answers import CALL_ERRORS, Interaction, tell
from cogs._breaker import check_breakers
from cogs._guards import Right
from cogs._review_words import post_link
from cogs._ui import PersistentButton

if TYPE_CHECKING:
    from bot.client import FootnoteBot

log = logging.getLogger(__name__)

OVERTAKEN = "This one is closed already: the post was edited or deleted meanwhile, or was answered otherwise."

_DONE = {
    Outcome.KEPT: "Reply kept",
    Outcome.WITHDRAWN: "Reply withdrawn",
    Outcome.WITHDRAWN_UNFIT: "Reply withdrawn, the note does not fit",
}
"""What was done, where the button's wording does not say it."""


class CardButton(PersistentButton, template="(?!)"):
    """A button on a review card; its id carries the item's. For moderators."""

    right = Right.MODERATOR


class Resolve(CardButton, template="(?!)"):
    """Closes a review item with one outcome."""

    outcome: Outcome

    async def act(self, interaction: Interaction) -> None:
        """Close the item if it is still open, say on the card who did, and do what follows."""
        item = await close_item(interaction, self.subject_id, self.outcome, await self.reply(interaction))
        if item is not None:
            await interaction.response.edit_message(view=closed_view(item.post, self.verdict(interaction, item)))
            await self.follow_up(interaction.client, item)
            await check_breakers(interaction.client, item)

    async def reply(self, _interaction: Interaction) -> Reply | None:
        """Return the reply to release in place of the one that was composed with the card, None for that one."""
        return None

    def verdict(self, interaction: Interaction, item: ReviewItem) -> Sequence[str]:
        """Return the lines that stay on the card."""
        return (verdict_line(interaction, self.outcome),)

    async def follow_up(self, bot: FootnoteBot, item: ReviewItem) -> None:
        """Do what the outcome asks for beyond closing the item."""


async def close_item(
    interaction: Interaction, item_id: int, outcome: Outcome, reply: Reply | None = None
) -> ReviewItem | None:
    """Close an item; None, and the person is told, where somebody was faster. Raises BadInput for a stale button."""
    bot = interaction.client
    item = await bot.services.store.resolve_review(
        item_id, actor_id=interaction.user.id, outcome=outcome.value, reply=reply
    )
    if item is None:
        await tell(interaction, await why_closed(bot, item_id))
        return None
    bot.posts.take_card(item.post.post_id)
    return item


async def reply_now(bot: FootnoteBot, item_id: int) -> Reply | None:
    """Return an open item's reply made of the notes as they are now; None for one that is closed or gone.

    A card may wait for weeks, and its notes change meanwhile. Raises BadInput where one is not in use any more.
    """
    item = await bot.services.store.review(item_id)
    if item is None or not item.reply.sections or await bot.services.store.review_result(item_id) is not None:
        return None
    notes = bot.services.notes.of(item.post.guild_id)
    return compose_now(item.reply, notes, bot.services.clock.now().date())


async def why_closed(bot: FootnoteBot, item_id: int) -> str:
    """Say who was faster, what they decided and when."""
    result = await bot.services.store.review_result(item_id)
    if result is None:
        return OVERTAKEN
    what = _done(parse_outcome(result.outcome))
    when = discord.utils.format_dt(result.at, "f")
    return f"This one is closed already: <@{result.actor_id}> was faster ({what}, {when})."


def verdict_line(interaction: Interaction, outcome: Outcome) -> str:
    """Return what was decided, by whom and when."""
    when = discord.utils.format_dt(interaction.client.services.clock.now(), "f")
    return f"**{_done(outcome)} by {interaction.user.mention}**, {when}"


def closed_view(post: PostRef, verdict: Sequence[str]) -> discord.ui.LayoutView:
    """Return the card of a closed item: where the post is and what became of it, no words of it, no buttons."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(discord.ui.TextDisplay("\n".join([post_link(post), *verdict]))))
    return view


async def redraw_closed(interaction: Interaction, item: ReviewItem, verdict: Sequence[str]) -> None:
    """Show on an item's card that it is closed, where the click came from a form or a private answer."""
    bot = interaction.client
    bot.posts.take_card(item.post.post_id)
    if item.card_message_id is None or interaction.channel_id is None:
        return
    card = bot.get_partial_messageable(interaction.channel_id).get_partial_message(item.card_message_id)
    try:
        await card.edit(view=closed_view(item.post, verdict))
    except CALL_ERRORS as error:
        log.warning("card of review %s not closed: %s", item.id, type(error).__name__)


def _done(outcome: Outcome) -> str:
    return _DONE.get(outcome, LABELS[outcome])
