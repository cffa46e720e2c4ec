"""How far each thread was read, and the messages that came while the bot was away.

Cursors are kept in memory and written a few seconds later, so a crash makes the next start read a little twice;
``store.claim_post`` drops what was handled already.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import discord

from bot.core.domain import ForumSettings, Mode
from cogs._answers import CALL_ERRORS
from cogs._places import Place, missing_permissions

if TYPE_CHECKING:
    from bot.client import FootnoteBot

log = logging.getLogger(__name__)

OVERLAP = 60_000 << 22  # a minute of snowflake time read again: posts in flight at a crash are behind the cursor


class Cursors:
    """The newest message seen in each thread."""

    def __init__(self, bot: FootnoteBot) -> None:
        """Start with nothing to write."""
        self._bot = bot
        self._unwritten: dict[tuple[int, int], int] = {}
        self._busy = asyncio.Lock()

    def move(self, forum_id: int, thread_id: int, message_id: int) -> None:
        """Advance a thread's cursor, to be written at the next ``flush``."""
        key = (forum_id, thread_id)
        self._unwritten[key] = max(message_id, self._unwritten.get(key, 0))

    async def flush(self) -> None:
        """Write what moved. Raises StoreUnavailable, keeping what was not written."""
        for key, message_id in list(self._unwritten.items()):
            await self._bot.services.store.move_cursor(*key, message_id)
            if self._unwritten.get(key) == message_id:  # upkeep and a new session may flush at the same time
                del self._unwritten[key]

    async def missed(self, guild: discord.Guild) -> AsyncIterator[discord.Message]:
        """Yield the messages of watched forums that came after the cursors, oldest first in each thread."""
        async with self._busy:
            await self.flush()
            for settings in await self._bot.services.store.forums(guild.id):
                forum = guild.get_channel(settings.forum_id)
                if settings.mode is Mode.OFF or not isinstance(forum, discord.ForumChannel | discord.TextChannel):
                    continue
                self._tell_what_is_missing(forum)
                async for message in self._missed_in(forum, settings):
                    yield message

    def _tell_what_is_missing(self, forum: discord.ForumChannel | discord.TextChannel) -> None:
        """Say at the start, in the log and in ``/status``, what keeps the bot from answering in a watched channel."""
        if missing := missing_permissions(forum):
            self._bot.channel_problems[forum.id] = f"missing permissions: {', '.join(missing)}"
            log.warning("channel %s: missing permissions: %s", forum.id, ", ".join(missing))

    async def _missed_in(
        self, forum: discord.ForumChannel | discord.TextChannel, settings: ForumSettings
    ) -> AsyncIterator[discord.Message]:
        seen = await self._bot.services.store.cursors(forum.id)
        if not seen:  # never read before: begin here, the past was not asked for
            self.move(forum.id, forum.id, newest_in(forum))
            return
        for place in _places(forum):
            after = seen.get(place.id) or max(place.id - 1, min(seen.values()))
            if (place.last_message_id or 0) <= after or missing_permissions(place):
                continue
            async for message in self._history(place, after - OVERLAP if place.id in seen else after):
                yield message

    async def _history(self, place: Place, after: int) -> AsyncIterator[discord.Message]:
        limit = self._bot.services.options.catch_up_limit
        try:
            async for message in place.history(limit=limit, after=discord.Object(after), oldest_first=True):
                yield message
        except CALL_ERRORS as error:
            log.warning("channel %s not caught up: %s", place.id, type(error).__name__)


def newest_in(forum: discord.ForumChannel | discord.TextChannel) -> int:
    """Return the newest message id that the cache knows in a channel and its threads."""
    return max(forum.id, *(place.last_message_id or 0 for place in _places(forum)), forum.last_message_id or 0)


def _places(forum: discord.ForumChannel | discord.TextChannel) -> Iterator[Place]:
    """Yield where people write: the active threads, and a text channel itself."""
    yield from forum.threads
    if isinstance(forum, discord.TextChannel):
        yield forum
