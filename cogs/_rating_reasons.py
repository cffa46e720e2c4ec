"""Why a member rates a reply as they do: a private answer to the vote, with a menu of reasons that may stay empty.

The vote is stored before the answer is shown; the reasons replace each other. Nobody is ever shown who rated.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

import discord

from bot.core.ratings import REASON_LABELS, reasons_for
from cogs._answers import Interaction
from cogs._ui import PersistentSelect, template_for

_CHANGEABLE = "You can change your mind by pressing the other button. Nobody is shown who rated."


class _Reasons(PersistentSelect, template="(?!)"):
    """Stores the reasons of one side of the rating, with the vote, for the message in its id."""

    placeholder = "Why? Choose all that fit"
    least = 0
    is_helpful: ClassVar[bool]

    @classmethod
    def choices(cls) -> Mapping[str, str]:
        """The reasons that this side may give."""
        return {reason.value: REASON_LABELS[reason] for reason in reasons_for(cls.is_helpful)}

    async def act(self, interaction: Interaction) -> None:
        """Store the vote with these reasons and show what was noted; the menu stays for another choice."""
        await interaction.response.defer()
        chosen = self.item.values
        store = interaction.client.services.store
        await store.rate(self.subject_id, interaction.user.id, is_helpful=self.is_helpful, reasons=chosen)
        await interaction.edit_original_response(view=rated_view(self.subject_id, self.is_helpful, chosen))


class HelpfulReasons(_Reasons, template=template_for("fn:up-why")):
    """Why the reply is helpful."""

    prefix = "fn:up-why"
    is_helpful = True
    most = len(reasons_for(True))


class NotHelpfulReasons(_Reasons, template=template_for("fn:down-why")):
    """Why it is not."""

    prefix = "fn:down-why"
    is_helpful = False
    most = len(reasons_for(False))


RATING_MENUS: tuple[type[PersistentSelect], ...] = (HelpfulReasons, NotHelpfulReasons)


def rated_view(message_id: int, is_helpful: bool, chosen: Collection[str] = ()) -> discord.ui.LayoutView:
    """Return the thanks for a vote on a message, with the menu of reasons as it stands."""
    menu = HelpfulReasons if is_helpful else NotHelpfulReasons
    vote = "helpful" if is_helpful else "not helpful"
    labels = [label for value, label in menu.choices().items() if value in chosen]
    why = f", because: {'; '.join(labels)}" if labels else ""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.TextDisplay(f"Thank you, noted as {vote}{why}. {_CHANGEABLE}"))
    view.add_item(discord.ui.ActionRow(menu(message_id, chosen)))
    return view
