"""From a message to what is done about it: shared by new messages, edits, catch-up and retries.

The judging is ``Screening``'s; here a message becomes a post, and what was decided is carried out.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.core.domain import Action, ForumSettings, Mode, Post
from bot.core.errors import AppError
from bot.core.policy import Reason
from bot.core.ports import OutboxItem
from bot.core.screening import Screened
from cogs._answers import CALL_ERRORS
from cogs._convert import to_post
from cogs._delivery import delete_reply, delete_unconfirmed, deliver
from cogs._places import Place, find_place
from cogs._review_card import close_card, send_card

if TYPE_CHECKING:
    from bot.client import FootnoteBot

CARD_WITHDRAWN = "Closed: the post was edited or deleted, or the bot answered it by itself."
_CARD_STAYS = {Reason.ALREADY_ANSWERED, Reason.SNOOZED, Reason.SCREENER_BUSY, Reason.SCREENER_UNAVAILABLE}

log = logging.getLogger(__name__)


async def screen_message(bot: FootnoteBot, message: discord.Message, *, is_edit: bool = False) -> Post | None:
    """Screen one message if its channel is watched and act on the result; returns the post if it was in scope."""
    watched = await watched_post(bot, message)
    if watched is None:
        return None
    post, settings = watched
    if is_edit:
        bot.posts.note_change(post.id)
    async with bot.slots, bot.posts.hold(post.id):
        read_at = bot.posts.mark()
        screened = await bot.services.screening.screen(post, settings, is_edit=is_edit)
    if screened is not None:
        await act_on(bot, post.id, screened, settings, read_at)
    return post


async def watched_post(bot: FootnoteBot, message: discord.Message) -> tuple[Post, ForumSettings] | None:
    """Return the message as a post with its forum's settings; None where the bot has no business."""
    if message.guild is None or message.author.bot:
        return None
    place = await _place(bot, message, message.guild.id)
    post = to_post(message, place) if place is not None else None
    if post is None:
        return None
    settings = await bot.services.store.forum(post.guild_id, post.forum_id)
    return (post, settings) if settings is not None and settings.mode is not Mode.OFF else None


async def take_back(bot: FootnoteBot, post_id: int, reason: str) -> None:
    """Cancel what is promised for a post, erase what was stored of it, and delete our reply and card if they stand."""
    bot.posts.note_change(post_id)
    async with bot.posts.hold(post_id):
        sent = await bot.services.store.withdraw(post_id, reason)
    if sent is not None:
        await delete_reply(bot, sent)
    else:
        await delete_unconfirmed(bot, post_id)
    await close_card(bot, post_id, CARD_WITHDRAWN)


async def take_back_thread(bot: FootnoteBot, thread_id: int) -> None:
    """Erase what was stored of a deleted thread's posts and take their words off the review cards."""
    for post_id in await bot.services.store.withdraw_thread(thread_id, "thread-deleted"):
        bot.posts.note_change(post_id)
        await close_card(bot, post_id, CARD_WITHDRAWN)


async def act_on(bot: FootnoteBot, post_id: int, screened: Screened, settings: ForumSettings, read_at: int) -> None:
    """Carry out one decision now rather than at the next upkeep; what fails here is tried again there."""
    if screened.withdraw is not None:
        await delete_reply(bot, screened.withdraw)
    if has_lost_its_card(screened):
        await close_card(bot, post_id, CARD_WITHDRAWN)
        if not isinstance(screened.item, OutboxItem):
            await delete_unconfirmed(bot, post_id)
    if isinstance(screened.item, OutboxItem):
        await deliver(bot, screened.item, read_at)
    elif screened.item is not None:
        await send_card(bot, screened.item, settings)


async def _place(bot: FootnoteBot, message: discord.Message, guild_id: int) -> Place | None:
    """Return the message's channel with its parent known; an uncached thread is fetched, in watched servers only."""
    channel = message.channel
    if isinstance(channel, discord.Thread | discord.TextChannel):
        return channel
    if not isinstance(channel, discord.PartialMessageable) or not await bot.services.store.forums(guild_id):
        return None
    try:
        return await find_place(bot, channel.id)
    except (*CALL_ERRORS, AppError) as error:
        log.warning("channel %s not found: %s", channel.id, type(error).__name__)
        return None


def has_lost_its_card(screened: Screened) -> bool:
    """Tell whether a review card, if there was one, is out of date: the bot answers itself, or the claim is gone."""
    decision = screened.decision
    is_gone = decision.would_be is Action.IGNORE and _CARD_STAYS.isdisjoint(decision.reasons)
    return isinstance(screened.item, OutboxItem) or is_gone
