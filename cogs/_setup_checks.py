"""What the bot may do in a server, checked one by one, with the mend for what is missing; for ``/setup``, ``/status``.

Asks what Discord has told already; sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import discord

from bot.core.domain import ForumSettings
from bot.core.setup_steps import INTENT_OFF, mend, ticks
from cogs._places import missing_permissions, needed_names

if TYPE_CHECKING:
    from bot.client import FootnoteBot

Watchable = discord.ForumChannel | discord.TextChannel

_PICTURES = {"embed_links": "Embed Links", "attach_files": "Attach Files"}  # for links and figures among the cards
GONE = "I cannot see it: it was deleted, or I lack View Channel there."


def check_lines(
    bot: FootnoteBot, guild: discord.Guild, watched: Sequence[ForumSettings], cards_id: int | None
) -> list[str]:
    """Return everything that is checked, a line each, the mend below what is missing."""
    is_reading = bot.intents.message_content
    lines = [f"✓ Message content: I see what people post.{_judge_line(bot)}" if is_reading else f"✗ {INTENT_OFF}"]
    if not is_reading:
        lines.append(_judge_line(bot).strip())
    for settings in watched:
        lines += _place_lines(guild, settings.forum_id, is_for_cards=False)
    if cards_id is not None:
        lines += _place_lines(guild, cards_id, is_for_cards=True)
    if not watched:
        lines += _server_lines(guild)
    return lines


def trouble_lines(guild: discord.Guild, watched: Sequence[ForumSettings], cards_id: int | None) -> Iterator[str]:
    """Yield the mend for each place where something is missing; nothing where all is well."""
    for settings in watched:
        yield from _mends(guild, settings.forum_id, is_for_cards=False)
    places = dict.fromkeys([cards_id, *(settings.moderators_channel_id for settings in watched)])
    for place_id in places:
        if place_id is not None:
            yield from _mends(guild, place_id, is_for_cards=True)


def missing_for_cards(channel: discord.TextChannel) -> tuple[str, ...]:
    """Return the names of the permissions that are missing in the moderators' channel."""
    granted = channel.permissions_for(channel.guild.me)
    pictures = tuple(name for key, name in _PICTURES.items() if not getattr(granted, key))
    return missing_permissions(channel) + pictures


def _place_lines(guild: discord.Guild, channel_id: int, *, is_for_cards: bool) -> list[str]:
    channel = guild.get_channel(channel_id)
    if not isinstance(channel, Watchable):
        return [f"<#{channel_id}>: {GONE}"]
    names = (*needed_names(channel), *(_PICTURES.values() if is_for_cards else ()))
    line = f"{channel.mention}: {ticks(names, _missing(channel, is_for_cards=is_for_cards))}"
    return [line, *(f"-# {sentence}" for sentence in _mends(guild, channel_id, is_for_cards=is_for_cards))]


def _mends(guild: discord.Guild, channel_id: int, *, is_for_cards: bool) -> list[str]:
    channel = guild.get_channel(channel_id)
    if not isinstance(channel, Watchable):
        return [f"<#{channel_id}>: {GONE}"]
    missing = _missing(channel, is_for_cards=is_for_cards)
    return [mend(channel.mention, missing)] if missing else []


def _missing(channel: Watchable, *, is_for_cards: bool) -> tuple[str, ...]:
    if is_for_cards and isinstance(channel, discord.TextChannel):
        return missing_for_cards(channel)
    return missing_permissions(channel)


def _server_lines(guild: discord.Guild) -> list[str]:
    """Return what my roles allow in general, while no forum is chosen that could be asked about."""
    granted = guild.me.guild_permissions
    names = {
        "view_channel": "View Channel",
        "read_message_history": "Read Message History",
        "send_messages_in_threads": "Send Messages in Threads",
        "send_messages": "Send Messages",
        **_PICTURES,
    }
    missing = tuple(name for key, name in names.items() if not getattr(granted, key))
    line = f"My roles here: {ticks(names.values(), missing)}."
    if not missing:
        return [line]
    return [line, "-# Allow what is missing in Server Settings, Roles, my role; or in the forums that you choose next."]


def _judge_line(bot: FootnoteBot) -> str:
    problem = bot.services.screener.problem
    return "\n✓ The judge that reads posts is loaded." if problem is None else f"\n✗ The judge is not loaded: {problem}"
