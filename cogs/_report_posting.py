"""The weekly report by itself, in the moderators' channel of a server that wishes for it."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import discord

from bot.core.tuning_report import DAYS
from cogs._answers import CALL_ERRORS
from cogs._notices import notice_channel
from cogs._report_picture import Drawn, draw_report

if TYPE_CHECKING:
    from bot.client import FootnoteBot

WEEK = timedelta(days=DAYS)
NO_PINGS = discord.AllowedMentions.none()
TRY_AGAIN = timedelta(days=1)  # after Discord did not take a report

log = logging.getLogger(__name__)


async def post_reports(bot: FootnoteBot) -> None:
    """Post every report that is due. It is marked first: a crash loses one report rather than posting it twice."""
    now = bot.services.clock.now()
    for settings in await bot.services.desk.reports_due(now - WEEK):
        channel = await notice_channel(bot, settings.guild_id)
        if channel is None:
            log.warning("server %s: no moderators' channel to post the report in", settings.guild_id)
            continue
        drawn = await draw_report(bot, settings.guild_id, DAYS)
        await bot.services.desk.mark_reported(settings.guild_id, now)
        if not await _post(bot, channel, drawn):
            await bot.services.desk.mark_reported(settings.guild_id, now - WEEK + TRY_AGAIN)


async def _post(bot: FootnoteBot, channel: discord.TextChannel, drawn: Drawn) -> bool:
    """Send the report, without its picture where the bot may not attach files; False where Discord did not take it."""
    try:
        async with asyncio.timeout(bot.services.options.send_deadline_s):
            if channel.permissions_for(channel.guild.me).attach_files:
                await channel.send(view=drawn.view(), file=drawn.file, allowed_mentions=NO_PINGS)
            else:
                await channel.send(view=drawn.view(has_picture=False), allowed_mentions=NO_PINGS)
    except CALL_ERRORS as error:
        log.warning("channel %s: report not sent: %s", channel.id, type(error).__name__)
        return False
    return True
