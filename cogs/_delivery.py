"""Sends one promised reply, or takes one back; turns Discord's answers into the outcomes that ``delivery`` knows.

What to do after an outcome is the core's table; this module only carries it out.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.core.delivery import NextStep, Plan, SendOutcome, after_sending, must_look_first
from bot.core.ports import OutboxItem, SentReply
from cogs._answers import CALL_ERRORS
from cogs._places import Place, find_place, is_closed, missing_permissions
from cogs._reply_buttons import posted_view

if TYPE_CHECKING:
    from bot.client import FootnoteBot

log = logging.getLogger(__name__)

HISTORY_LOOK = 100  # one request's worth of messages after the post: our reply, had it been sent, is near it

_UNCONFIRMED = (SendOutcome.CONNECTION_LOST, SendOutcome.SERVER_ERROR)  # the message may stand all the same

# https://docs.discord.com/developers/topics/opcodes-and-status-codes
_BY_CODE = {
    10003: SendOutcome.THREAD_GONE,
    10008: SendOutcome.POST_DELETED,
    40058: SendOutcome.THREAD_NOT_READY,
    50001: SendOutcome.MISSING_PERMISSIONS,
    50013: SendOutcome.MISSING_PERMISSIONS,
    50083: SendOutcome.THREAD_CLOSED,
    160005: SendOutcome.THREAD_CLOSED,
}


async def deliver(bot: FootnoteBot, item: OutboxItem, read_at: int, *, is_fresh: bool = True) -> Plan | None:
    """Try to send one promised reply and note how it went; returns what was decided about it.

    One that is not ``is_fresh`` may have been sent by an earlier life or try, so the thread is searched for it first.
    None when the post was edited or deleted after ``read_at``, the mark at which the item was read.
    """
    async with bot.posts.hold(item.post.post_id):
        if bot.posts.has_changed_since(item.post.post_id, read_at):
            return None
        outcome, message_id = await _attempt(bot, item, is_fresh=is_fresh)
        plan = after_sending(outcome, attempts=item.attempts + 1, now=bot.services.clock.now())
        await _note(bot, item, plan, message_id)
        if outcome in _UNCONFIRMED:
            bot.posts.note_unconfirmed(item.post.post_id, item.post.thread_id)
        bot.posts.note_change(item.post.post_id)  # whoever read the same item meanwhile must not send it again
    log.info("reply to post %s: %s, %s", item.post.post_id, outcome, plan.step)
    return plan


async def delete_reply(bot: FootnoteBot, sent: SentReply) -> None:
    """Delete one of our replies; one that is gone or out of reach counts as deleted, the rest upkeep tries again."""
    channel = bot.get_partial_messageable(sent.post.thread_id, guild_id=sent.post.guild_id)
    try:
        async with asyncio.timeout(bot.services.options.send_deadline_s):
            await channel.get_partial_message(sent.message_id).delete()
    except (discord.NotFound, discord.Forbidden) as error:
        log.info("reply %s to post %s out of reach: %s", sent.message_id, sent.post.post_id, type(error).__name__)
    except CALL_ERRORS as error:
        log.warning("reply %s to post %s not deleted: %s", sent.message_id, sent.post.post_id, type(error).__name__)
        return
    await bot.services.store.mark_deleted(sent.message_id)


async def delete_unconfirmed(bot: FootnoteBot, post_id: int) -> None:
    """Delete the reply to a post whose words are gone, where one stands though its sending was never confirmed."""
    thread_id = bot.posts.take_unconfirmed(post_id)
    if thread_id is None:
        return
    try:
        async with asyncio.timeout(bot.services.options.send_deadline_s):
            place = await find_place(bot, thread_id)
            _, earlier = await _look(bot, place, post_id) if place is not None else (False, None)
            if earlier is not None:
                await earlier.delete()
    except CALL_ERRORS as error:
        log.warning("unconfirmed reply to post %s not deleted: %s", post_id, type(error).__name__)


def outcome_of(error: Exception) -> SendOutcome:
    """Return the outcome behind an exception of discord.py or its transport.

    discord.py retries a lost connection for two errno values only and lets aiohttp's own errors through.
    """
    if isinstance(error, discord.RateLimited):
        return SendOutcome.RATE_LIMITED
    if isinstance(error, discord.HTTPException):
        return _outcome_of_status(error)
    if isinstance(error, aiohttp.ClientError | OSError | TimeoutError):
        return SendOutcome.CONNECTION_LOST
    return SendOutcome.REFUSED


def _outcome_of_status(error: discord.HTTPException) -> SendOutcome:
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    if error.status == 429:  # without a Via header: a ban of the address by the network in front of Discord
        return SendOutcome.RATE_LIMITED
    return SendOutcome.SERVER_ERROR if error.status >= 500 else SendOutcome.REFUSED


async def _attempt(bot: FootnoteBot, item: OutboxItem, *, is_fresh: bool) -> tuple[SendOutcome, int]:
    try:
        async with asyncio.timeout(bot.services.options.send_deadline_s):
            return await _send(bot, item, is_fresh=is_fresh)
    except CALL_ERRORS as error:
        return outcome_of(error), 0
    except Exception as error:  # noqa: BLE001 - a bug must not leave the item to be tried every few seconds for ever
        bot.report(error, "sending a reply")
        return SendOutcome.REFUSED, 0


async def _send(bot: FootnoteBot, item: OutboxItem, *, is_fresh: bool) -> tuple[SendOutcome, int]:
    """Send unless something stands in the way or an earlier try already did; returns our message's id, 0 for none."""
    place = await find_place(bot, item.post.thread_id)
    if place is None:
        return SendOutcome.THREAD_GONE, 0
    if is_closed(place):
        return SendOutcome.THREAD_CLOSED, 0
    if missing := missing_permissions(place):
        bot.channel_problems[item.post.forum_id] = f"missing permissions: {', '.join(missing)}"
        return SendOutcome.MISSING_PERMISSIONS, 0
    bot.channel_problems.pop(item.post.forum_id, None)
    if not is_fresh or must_look_first(item, bot.services.clock.now()):
        stands, earlier = await _look(bot, place, item.post.post_id)
        if earlier is not None and stands:
            return SendOutcome.SENT, earlier.id
        if earlier is not None:
            await earlier.delete()
        if not stands:
            return SendOutcome.POST_DELETED, 0
    message = await place.send(
        view=posted_view(item.reply),
        reference=discord.MessageReference(
            message_id=item.post.post_id, channel_id=place.id, guild_id=item.post.guild_id, fail_if_not_exists=False
        ),
        nonce=str(item.post.post_id),
        allowed_mentions=discord.AllowedMentions.none(),
    )
    return SendOutcome.SENT, message.id


async def _look(bot: FootnoteBot, place: Place, post_id: int) -> tuple[bool, discord.Message | None]:
    """Return whether a post stands, which may have been deleted while the bot was away, and our reply to it if any.

    The nonce guards against a second reply for minutes only, the history for good.
    """
    stands = False
    async for message in place.history(limit=HISTORY_LOOK, after=discord.Object(post_id - 1), oldest_first=True):
        stands = stands or message.id == post_id
        reference = message.reference
        is_ours = bot.user is not None and message.author.id == bot.user.id
        if is_ours and reference is not None and reference.message_id == post_id:
            return stands, message
    return stands, None


async def _note(bot: FootnoteBot, item: OutboxItem, plan: Plan, message_id: int) -> None:
    store = bot.services.store
    if plan.step is NextStep.DONE:
        await store.mark_sent(item.id, message_id)
    elif plan.step is NextStep.WITHDRAW:
        await store.withdraw(item.post.post_id, plan.reason)
    else:
        await store.mark_failed(item.id, plan.reason, plan.retry_at)
