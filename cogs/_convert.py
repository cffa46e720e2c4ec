"""Discord's messages into the product's ``Post``.

Knows what a message is (person, bot, system, thread, opener), not whether it is worth screening: ``policy`` does.
"""

from __future__ import annotations

import discord

from bot.core.domain import Post
from cogs._places import Place

_PEOPLES_TYPES = frozenset({discord.MessageType.default, discord.MessageType.reply})


def to_post(message: discord.Message, place: Place) -> Post | None:
    """Return the message as a post, or None for what no person wrote in a server: bots, webhooks, system, DMs.

    ``place`` is the message's channel; ``message.channel`` does not do, as it knows no parent for an uncached thread.
    """
    if message.guild is None or message.author.bot or message.webhook_id is not None:
        return None
    if message.type not in _PEOPLES_TYPES:
        return None
    forum_id, thread_id = place_of(place)
    return Post(
        text=message.content,
        id=message.id,
        guild_id=message.guild.id,
        forum_id=forum_id,
        thread_id=thread_id,
        author_id=message.author.id,
        title=_title(message, place),
        parent_text=_parent_text(message),
        created_at=message.created_at,
    )


def place_of(channel: Place) -> tuple[int, int]:
    """Return (where settings live, where the words stand): a thread's parent and the thread, or one channel twice."""
    if isinstance(channel, discord.Thread):
        return channel.parent_id, channel.id
    return channel.id, channel.id


def _title(message: discord.Message, place: Place) -> str | None:
    """Only the opener carries the thread's title; in a forum its id is the thread's own."""
    return place.name if isinstance(place, discord.Thread) and place.id == message.id else None


def _parent_text(message: discord.Message) -> str | None:
    """The text replied to, where the gateway sent it along; never fetched for it alone."""
    reference = message.reference
    resolved = reference.resolved if reference is not None else None
    return resolved.content or None if isinstance(resolved, discord.Message) else None
