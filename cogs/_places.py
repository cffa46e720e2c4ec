"""Finding a post's thread, and what stands in the way of writing there: asked before sending, never found out by it.

Ten thousand refused requests in ten minutes get a bot banned for a while, so a request bound to be refused is not made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from bot.client import FootnoteBot

Place = discord.Thread | discord.TextChannel

# Discord's permission names as its settings page words them.
_READ = {"view_channel": "View Channel", "read_message_history": "Read Message History"}
_IN_THREADS = {**_READ, "send_messages_in_threads": "Send Messages in Threads"}
_IN_CHANNEL = {**_READ, "send_messages": "Send Messages"}


async def find_place(bot: FootnoteBot, channel_id: int) -> Place | None:
    """Return a thread or text channel by id, asking Discord when it is not cached (an archived thread is not).

    None for another kind of channel. Raises discord.NotFound or discord.Forbidden as Discord answers.
    """
    channel = bot.get_channel(channel_id) or await bot.fetch_channel(channel_id)
    return channel if isinstance(channel, discord.Thread | discord.TextChannel) else None


def is_closed(place: Place) -> bool:
    """Tell whether a thread is archived or locked; writing there would revive it against somebody's will."""
    return isinstance(place, discord.Thread) and (place.archived or place.locked)


def missing_permissions(channel: Place | discord.ForumChannel) -> tuple[str, ...]:
    """Return the names of the permissions that the bot lacks to read and write here; () when all is well.

    A thread whose parent is not cached cannot be asked about and counts as well.
    """
    me = channel.guild.me
    if me is None or (isinstance(channel, discord.Thread) and channel.parent is None):
        return ()
    return missing_names(channel, channel.permissions_for(me))


def missing_names(channel: Place | discord.abc.GuildChannel, granted: discord.Permissions) -> tuple[str, ...]:
    """Return what is missing of the permissions needed in a channel of this kind, named as Discord's settings do."""
    return tuple(name for key, name in _needed(channel).items() if not getattr(granted, key))


def needed_names(channel: Place | discord.abc.GuildChannel) -> tuple[str, ...]:
    """Return the permissions needed in a channel of this kind, named as Discord's settings do."""
    return tuple(_needed(channel).values())


def _needed(channel: Place | discord.abc.GuildChannel) -> dict[str, str]:
    return _IN_CHANNEL if isinstance(channel, discord.TextChannel) else _IN_THREADS
