"""One message to a server's moderators that is no review card: what the bot noticed or proposes. Pings nobody."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import discord

from cogs._answers import CALL_ERRORS
from cogs._places import missing_permissions

if TYPE_CHECKING:
    from bot.client import FootnoteBot

View = discord.ui.LayoutView

log = logging.getLogger(__name__)


async def send_notice(bot: FootnoteBot, guild_id: int, view: View, forum_id: int | None = None) -> bool:
    """Send it to the forum's moderators' channel, else to the server's; False where none takes it.

    Raises StoreUnavailable.
    """
    channel = await notice_channel(bot, guild_id, forum_id)
    if channel is None:
        log.warning("server %s: no moderators' channel for a notice", guild_id)
        return False
    try:
        async with asyncio.timeout(bot.services.options.send_deadline_s):
            await channel.send(view=view, allowed_mentions=discord.AllowedMentions.none())
    except CALL_ERRORS as error:
        log.warning("channel %s: notice not sent: %s", channel.id, type(error).__name__)
        return False
    return True


async def notice_channel(bot: FootnoteBot, guild_id: int, forum_id: int | None = None) -> discord.TextChannel | None:
    """Return the forum's moderators' channel, else the server's, else another forum's, that the bot may write in.

    Raises StoreUnavailable.
    """
    services = bot.services
    forums = await services.store.forums(guild_id)
    server = await services.desk.server(guild_id)
    ranked = sorted(forums, key=lambda settings: settings.forum_id != forum_id)
    own = [settings.moderators_channel_id for settings in ranked if settings.forum_id == forum_id]
    others = [settings.moderators_channel_id for settings in ranked]
    for channel_id in dict.fromkeys([*own, server.moderators_channel_id, *others]):
        channel = bot.get_channel(channel_id or 0)
        if isinstance(channel, discord.TextChannel) and not missing_permissions(channel):
            return channel
    return None
