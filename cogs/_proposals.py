"""The bot's proposals to go from shadow to review, and on to auto: asked once a step, switched by an admin's click."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import discord

from bot.core.domain import ForumSettings, Mode
from bot.core.proposals import ASK_AGAIN, LOOK_BACK, Proposal, lowest_reply, propose
from cogs._answers import Interaction, tell
from cogs._guards import Right
from cogs._notices import send_notice
from cogs._ui import PersistentButton, lines_view, template_for

if TYPE_CHECKING:
    from bot.client import FootnoteBot

NEXT_MODE = {Mode.SHADOW: Mode.REVIEW, Mode.REVIEW: Mode.AUTO}
CHANGED = "The mode of <#{forum}> was changed meanwhile, so nothing was switched. `/forum list` shows it."


class _Switch(PersistentButton, template="(?!)"):
    """Takes a forum one mode further, from the mode that the proposal was made in."""

    style = discord.ButtonStyle.primary
    right = Right.ADMIN
    mode: ClassVar[Mode]

    async def act(self, interaction: Interaction) -> None:
        """Switch, unless the mode was changed since."""
        store = interaction.client.services.store
        settings = await store.forum(interaction.guild_id or 0, self.subject_id)
        if settings is None or NEXT_MODE.get(settings.mode) is not self.mode:
            await tell(interaction, CHANGED.format(forum=self.subject_id))
            return
        await store.put_forum(replace(settings, mode=self.mode), actor_id=interaction.user.id)
        done = f"<#{self.subject_id}> was switched to {self.mode} by {interaction.user.mention}."
        await interaction.response.edit_message(view=lines_view("Done", [done, "`/forum mode` changes it back."]))


class SwitchToReview(_Switch, template=template_for("fn:to-review")):
    """From shadow to review."""

    prefix = "fn:to-review"
    label = "Switch to review"
    mode = Mode.REVIEW


class SwitchToAuto(_Switch, template=template_for("fn:to-auto")):
    """From review to auto."""

    prefix = "fn:to-auto"
    label = "Switch to auto"
    mode = Mode.AUTO


class _NotNow(PersistentButton, template="(?!)"):
    """Puts a proposal off."""

    label = "Not now"
    right = Right.ADMIN
    mode: ClassVar[Mode]

    async def act(self, interaction: Interaction) -> None:
        """Keep that it may be asked again later."""
        services = interaction.client.services
        until = services.clock.now() + ASK_AGAIN
        await services.desk.keep_proposal(interaction.guild_id or 0, self.subject_id, self.mode, until=until)
        said = (
            f"Not now, said {interaction.user.mention}. <#{self.subject_id}> stays as it is; I ask again after "
            f"{discord.utils.format_dt(until, 'D')} if the figures still speak for {self.mode}."
        )
        await interaction.response.edit_message(view=lines_view("Put off", [said]))


class ReviewNotNow(_NotNow, template=template_for("fn:no-review")):
    """Stays in shadow for now."""

    prefix = "fn:no-review"
    mode = Mode.REVIEW


class AutoNotNow(_NotNow, template=template_for("fn:no-auto")):
    """Stays in review for now."""

    prefix = "fn:no-auto"
    mode = Mode.AUTO


_BUTTONS: dict[Mode, tuple[type[PersistentButton], type[PersistentButton]]] = {
    Mode.REVIEW: (SwitchToReview, ReviewNotNow),
    Mode.AUTO: (SwitchToAuto, AutoNotNow),
}
PROPOSAL_BUTTONS: tuple[type[PersistentButton], ...] = tuple(button for pair in _BUTTONS.values() for button in pair)


async def propose_modes(bot: FootnoteBot) -> None:
    """Look at each forum once and propose what its figures speak for. Raises StoreUnavailable."""
    for settings in await bot.services.store.forums():
        if settings.mode in NEXT_MODE:
            await _look_at(bot, settings)


async def _look_at(bot: FootnoteBot, settings: ForumSettings) -> None:
    services, guild_id, forum_id = bot.services, settings.guild_id, settings.forum_id
    if not await services.desk.is_proposal_due(guild_id, forum_id, NEXT_MODE[settings.mode]):
        return
    rows = await services.desk.scored(guild_id, services.clock.now() - LOOK_BACK, forum_id)
    thresholds = await services.store.threshold_rows(guild_id)
    proposal = propose(settings.mode, rows, lowest_reply(services.screening.defaults, thresholds, forum_id))
    if proposal is not None and await send_notice(bot, guild_id, _view(settings, proposal), forum_id):
        await services.desk.keep_proposal(guild_id, forum_id, proposal.mode, until=None)


def _view(settings: ForumSettings, proposal: Proposal) -> discord.ui.LayoutView:
    ask = f"Admins: shall <#{settings.forum_id}> go from {settings.mode} to {proposal.mode}?"
    view = lines_view(f"A proposal: {proposal.mode} mode", [ask, *proposal.lines])
    view.add_item(discord.ui.ActionRow(*(button(settings.forum_id) for button in _BUTTONS[proposal.mode])))
    return view
