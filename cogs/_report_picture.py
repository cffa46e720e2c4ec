"""A picture with its figures as text below, as one message; and the report that is sent so, asked for or weekly."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import discord

from bot.core.report_words import report_alt, report_lines, report_title
from bot.core.tuning_report import report
from cogs._answers import CALL_ERRORS, Interaction
from cogs._ui import ACCENT, MAX_TEXT

if TYPE_CHECKING:
    from bot.client import FootnoteBot

FILE_NAME = "figures.png"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture (PNG), its description for those who cannot see it, and lines of Markdown below."""

    heading: str
    png: bytes
    alt: str
    lines: Sequence[str]

    def view(self, *, has_picture: bool = True) -> discord.ui.LayoutView:
        """Return the message's layout; ``file`` must be sent with it where it has the picture."""
        heading = f"### {self.heading}"
        box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(accent_colour=ACCENT)
        box.add_item(discord.ui.TextDisplay(heading))
        if has_picture:
            item = discord.MediaGalleryItem(f"attachment://{FILE_NAME}", description=self.alt)
            box.add_item(discord.ui.MediaGallery(item))
        box.add_item(discord.ui.TextDisplay("\n".join(self.lines)[: MAX_TEXT - len(heading)]))
        view = discord.ui.LayoutView(timeout=None)
        view.add_item(box)
        return view

    @property
    def file(self) -> discord.File:
        """The picture, ready to be uploaded once."""
        return discord.File(BytesIO(self.png), FILE_NAME, description=self.alt)


async def show_drawn(interaction: Interaction, drawn: Drawn) -> None:
    """Answer a deferred command with a picture, seen by that person only."""
    try:
        await interaction.edit_original_response(view=drawn.view(), attachments=[drawn.file])
    except CALL_ERRORS as error:
        log.warning("interaction %s was not answered: %s", interaction.id, type(error).__name__)


async def draw_report(bot: FootnoteBot, guild_id: int, days: int) -> Drawn:
    """Return a server's report over the last days. Raises StoreUnavailable."""
    now = bot.services.clock.now()
    since = now - timedelta(days=days)
    found = report(await bot.services.desk.handled(guild_id, since), now, days=days)
    png = await asyncio.to_thread(bot.services.pictures.report, found)
    return Drawn(report_title(found), png, report_alt(found), report_lines(found))
