"""The circuit breaker at work: looks after each decision, keeps that it tripped and tells the curators.

What trips it is ``breaker``'s to say; what a tripped one holds back is ``policy``'s.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, ClassVar

import discord

from bot.core.breaker import CLAIM, FORUM, BreakerSettings, rule
from bot.core.desk_ports import Trip
from bot.core.errors import AppError
from bot.core.ports import ReviewItem
from bot.core.review import LABELS
from cogs._answers import Interaction, defer, show, tell
from cogs._guards import Right
from cogs._notices import send_notice
from cogs._review_words import post_link
from cogs._ui import CLAIM as CLAIM_ID
from cogs._ui import PersistentButton, lines_view, template_for

if TYPE_CHECKING:
    from bot.client import FootnoteBot

log = logging.getLogger(__name__)

SHOWN = 10  # decided posts behind "Show them"
NONE_SHOWN = "None of these posts is on record any more."
ON_ALREADY = "This is switched on already."


class _Shown(PersistentButton, template="(?!)"):
    """Lists the last decided posts of what tripped."""

    label = "Show them"
    right = Right.MODERATOR
    scope: ClassVar[str]

    async def act(self, interaction: Interaction) -> None:
        """Show a link to each, with what was decided."""
        await defer(interaction)
        desk = interaction.client.services.desk
        decided = await desk.decided(interaction.guild_id or 0, self.scope, self.subject, SHOWN)
        lines = [f"- {post_link(post)}: {LABELS[outcome]}" for post, outcome in decided]
        heading = f"Last decided: {trip_name(self.scope, self.subject)}"
        await show(interaction, lines_view(heading, lines or [NONE_SHOWN]))


class ShowOfClaim(_Shown, template=template_for("fn:trip-claim", CLAIM_ID)):
    """For a claim."""

    prefix = "fn:trip-claim"
    scope = "claim"


class ShowOfForum(_Shown, template=template_for("fn:trip-forum")):
    """For a forum."""

    prefix = "fn:trip-forum"
    scope = "forum"


class _SwitchOn(PersistentButton, template="(?!)"):
    """Lets the bot answer by itself again; decisions from before count no more."""

    label = "Switch on again"
    style = discord.ButtonStyle.primary
    scope: ClassVar[str]

    async def act(self, interaction: Interaction) -> None:
        """Reset the breaker once and say who did."""
        desk, guild_id = interaction.client.services.desk, interaction.guild_id or 0
        if not await desk.reset_trip(guild_id, self.scope, self.subject, actor_id=interaction.user.id):
            await tell(interaction, ON_ALREADY)
            return
        done = f"{trip_name(self.scope, self.subject)} was switched on again by {interaction.user.mention}."
        await interaction.response.edit_message(view=lines_view("Switched on again", [done]))


class ResetClaim(_SwitchOn, template=template_for("fn:reset-claim", CLAIM_ID)):
    """For a claim: a moderator may."""

    prefix = "fn:reset-claim"
    right = Right.MODERATOR
    scope = "claim"


class ResetForum(_SwitchOn, template=template_for("fn:reset-forum")):
    """For a whole forum: an admin must."""

    prefix = "fn:reset-forum"
    right = Right.ADMIN
    scope = "forum"


_BUTTONS: dict[str, tuple[type[PersistentButton], type[PersistentButton]]] = {
    "claim": (ShowOfClaim, ResetClaim),
    "forum": (ShowOfForum, ResetForum),
}
BREAKER_BUTTONS: tuple[type[PersistentButton], ...] = tuple(button for pair in _BUTTONS.values() for button in pair)


async def check_breakers(bot: FootnoteBot, item: ReviewItem) -> None:
    """Look at the breakers of a decided item's claims and forum; call it after each decision.

    Never raises for a store that is away: the next decision looks again.
    """
    try:
        for claim_id in item.reply.claim_ids:
            await _check(bot, item, "claim", claim_id, CLAIM)
        await _check(bot, item, "forum", str(item.post.forum_id), FORUM)
    except AppError as error:
        log.warning("breakers not checked after review %s: %s", item.id, error)


async def _check(bot: FootnoteBot, item: ReviewItem, scope: str, key: str, settings: BreakerSettings) -> None:
    desk, guild_id = bot.services.desk, item.post.guild_id
    ruling = rule(await desk.outcomes(guild_id, scope, key, settings.window), settings)
    trip = Trip(guild_id, scope, key, bot.services.clock.now(), ruling.sentence)
    if ruling.trips and await desk.trip(trip):
        await send_notice(bot, guild_id, _view(trip), item.post.forum_id)


def _view(trip: Trip) -> discord.ui.LayoutView:
    what = "This claim" if trip.scope == "claim" else "This forum"
    lines = [
        f"{trip_name(trip.scope, trip.key)}: {trip.sentence}",
        f"{what} fell back to review by itself. Please look at what was decided, and at the note or the thresholds.",
    ]
    view = lines_view("Too many dismissals", lines)
    view.add_item(discord.ui.ActionRow(*(button(trip.key) for button in _BUTTONS[trip.scope])))
    return view


def trip_name(scope: str, key: str) -> str:
    """Return what tripped, as Discord shows it."""
    return f"The claim `{key}`" if scope == "claim" else f"The forum <#{key}>"
