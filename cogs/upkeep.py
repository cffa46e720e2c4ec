"""What must be done again and again: promised replies, review cards, posts left undecided, notes that changed or aged.

Each duty is guarded by itself: the loop of discord.py would stop for good on the first unexpected exception.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from discord.ext import commands, tasks

from bot.client import FootnoteBot
from bot.core.errors import AppError
from bot.core.note_ports import NoteHead
from cogs._cursors import Cursors
from cogs._duties import delete_withdrawn, erase_expired, retry_unfinished, send_cards, send_due, tell_curators
from cogs._note_edits import edit_posted
from cogs._proposals import propose_modes
from cogs._report_posting import post_reports

log = logging.getLogger(__name__)

ERASE_EVERY = timedelta(hours=1)


class Upkeep(commands.Cog):
    """Runs the duties every few seconds."""

    def __init__(self, bot: FootnoteBot, cursors: Cursors) -> None:
        """Prepare the loop; it starts with ``cog_load``."""
        self._bot = bot
        self._cursors = cursors
        self._erased_at = bot.services.clock.now() - ERASE_EVERY
        self._aged_on: date | None = None
        self._proposed_on: date | None = None
        self._untold: tuple[NoteHead, ...] = ()
        self._loop = tasks.loop(seconds=bot.services.options.upkeep_seconds)(self.tick)

    async def cog_load(self) -> None:
        """Start the loop; it does not wait for ``on_ready``, which a RESUME during start-up can swallow."""
        self._loop.start()

    async def cog_unload(self) -> None:
        """Stop the loop and write what is only in memory."""
        self._loop.cancel()
        await self._guarded(self._cursors.flush, "keeping cursors")

    async def tick(self) -> None:
        """Do every duty once."""
        bot = self._bot
        if not bot.guilds:  # not connected yet, or in no server
            return
        await self._guarded(self._cursors.flush, "keeping cursors")
        await self._guarded(lambda: send_due(bot), "sending promised replies")
        await self._guarded(lambda: delete_withdrawn(bot), "deleting withdrawn replies")
        await self._guarded(lambda: send_cards(bot), "sending review cards")
        await self._guarded(lambda: retry_unfinished(bot), "retrying posts")
        await self._guarded(self._age_notes, "looking for notes whose review is due")
        if bot.are_notes_behind:
            await self._guarded(bot.reload_notes, "taking changed notes into use")
        await self._guarded(lambda: edit_posted(bot), "editing posted replies")
        await self._guarded(self._propose, "proposing modes")
        if bot.services.clock.now() - self._erased_at >= ERASE_EVERY:
            await self._guarded(lambda: post_reports(bot), "posting weekly reports")
            await self._guarded(self._erase, "erasing what is old")

    async def _erase(self) -> None:
        await erase_expired(self._bot)
        self._erased_at = self._bot.services.clock.now()

    async def _propose(self) -> None:
        """Once a day, as the figures promise the less the more often somebody looks."""
        today = self._bot.services.clock.now().date()
        if today != self._proposed_on:
            await propose_modes(self._bot)
            self._proposed_on = today

    async def _age_notes(self) -> None:
        """Once a day, turn notes stale whose review is overdue, and tell their curators."""
        services = self._bot.services
        today = services.clock.now().date()
        if today != self._aged_on:
            stale = await services.library.mark_stale(today)
            self._aged_on, self._untold = today, (*self._untold, *stale)
            self._bot.are_notes_behind = self._bot.are_notes_behind or bool(stale)
        self._untold = await tell_curators(self._bot, self._untold)

    async def _guarded(self, duty: Callable[[], Awaitable[object]], name: str) -> None:
        try:
            await duty()
        except AppError as error:
            log.warning("%s: %s", name, error)
        except Exception as error:  # noqa: BLE001 - the next duty and the next round must go on
            self._bot.report(error, name)
