"""Watches the forums that were opted in: new messages, edits, deletions, and what was missed while away.

Only messages count, never thread creation: a thread can exist before its opener does. The gateway never waits for
the judge; each event runs in its own task and a bounded number are screened at once.
"""

from __future__ import annotations

import discord
from discord.ext import commands

from bot.client import FootnoteBot
from cogs._acting import screen_message, take_back, take_back_thread
from cogs._cursors import Cursors


class Watch(commands.Cog):
    """Turns Discord's message events into screenings and withdrawals."""

    def __init__(self, bot: FootnoteBot, cursors: Cursors) -> None:
        """Watch with this client, keeping how far each thread was read in ``cursors``."""
        self._bot = bot
        self._cursors = cursors

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Screen a new post."""
        post = await screen_message(self._bot, message)
        if post is not None:
            self._cursors.move(post.forum_id, post.thread_id, post.id)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Screen an edited post again; Discord also sends this event when it adds a link's preview."""
        before, after = payload.cached_message, payload.message
        if after.edited_at is None or (before is not None and before.content == after.content):
            return
        await screen_message(self._bot, after, is_edit=True)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Withdraw what was said or promised about a deleted post."""
        if payload.guild_id is not None:
            await take_back(self._bot, payload.message_id, "deleted")

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Withdraw for each of the deleted posts."""
        if payload.guild_id is not None:
            for message_id in payload.message_ids:
                await take_back(self._bot, message_id, "deleted")

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Withdraw for all posts of a deleted thread; Discord names none of them."""
        await take_back_thread(self._bot, payload.thread_id)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Catch up after a start or an outage: a new session replays nothing."""
        await self._catch_up(guild)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Catch up after a new session; servers that are up to date cost nothing."""
        for guild in self._bot.guilds:
            await self._catch_up(guild)

    async def _catch_up(self, guild: discord.Guild) -> None:
        async for message in self._cursors.missed(guild):
            await self.on_message(message)
