"""Private answers to a click or a command: one sentence or one layout, seen by that person only.

A late or vanished interaction is no failure of ours: it is logged by id and dropped.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import aiohttp
import discord

if TYPE_CHECKING:
    from bot.client import FootnoteBot

    Interaction = discord.Interaction[FootnoteBot]
else:
    Interaction = discord.Interaction

log = logging.getLogger(__name__)

# What a REST call may raise besides a bug of ours: discord.py lets the transport's own errors through.
CALL_ERRORS = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)

DEFERRED = "footnote-deferred"  # marks an interaction whose first real answer is still due


async def defer(interaction: Interaction) -> None:
    """Answer within Discord's three seconds, before any slow work; the real answer follows through ``show``."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    interaction.extras[DEFERRED] = True


async def tell(interaction: Interaction, sentence: str) -> None:
    """Answer with one plain sentence, whatever state the interaction is in."""
    await show(interaction, sentence_view(sentence))


async def show(interaction: Interaction, view: discord.ui.LayoutView) -> None:
    """Answer with a layout: first answer, or the edit after ``defer``, or one more message after that."""
    is_waiting = interaction.extras.pop(DEFERRED, False)
    try:
        if not interaction.response.is_done():
            await interaction.response.send_message(view=view, ephemeral=True)
        elif is_waiting:
            await interaction.edit_original_response(view=view)
        else:
            await interaction.followup.send(view=view, ephemeral=True)
    except CALL_ERRORS as error:
        log.warning("interaction %s was not answered: %s", interaction.id, type(error).__name__)


def sentence_view(text: str) -> discord.ui.LayoutView:
    """Return plain words as a message."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.TextDisplay(text[:4000]))
    return view
