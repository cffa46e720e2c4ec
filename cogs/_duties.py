"""The duties of upkeep, one function each; every one may be stopped anywhere and run again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import discord

from bot.core.domain import ForumSettings, Post
from bot.core.escape import clip, plain
from bot.core.note_ports import NoteHead
from bot.core.policy import Reason, retention_cutoff
from bot.core.ports import PostRef
from cogs._acting import act_on, watched_post
from cogs._answers import CALL_ERRORS
from cogs._delivery import delete_reply, deliver
from cogs._places import find_place, missing_permissions
from cogs._review_card import send_card
from cogs._ui import lines_view

if TYPE_CHECKING:
    from bot.client import FootnoteBot

log = logging.getLogger(__name__)

SENT_AT_ONCE = 8  # one slow route must not hold up the others
RETRY_AFTER = timedelta(seconds=30)  # a post younger than this is probably still being judged
RETRIED_AT_ONCE = 10  # each costs one request to Discord
_NO_JUDGE = {Reason.SCREENER_BUSY, Reason.SCREENER_UNAVAILABLE}
STALE_NAMED = 15  # as many as fit one message with their claims
TOO_LATE = timedelta(hours=1)  # a talk has moved on by then; an answer would only disturb


async def send_due(bot: FootnoteBot) -> None:
    """Try the promised replies whose time has come."""
    read_at = bot.posts.mark()
    due = await bot.services.store.outbox_due(bot.services.clock.now())
    for start in range(0, len(due), SENT_AT_ONCE):
        await asyncio.gather(
            *(deliver(bot, item, read_at, is_fresh=False) for item in due[start : start + SENT_AT_ONCE])
        )


async def delete_withdrawn(bot: FootnoteBot) -> None:
    """Delete withdrawn replies that still stand because of a crash or an outage."""
    for sent in await bot.services.store.replies_to_delete():
        await delete_reply(bot, sent)


async def send_cards(bot: FootnoteBot) -> None:
    """Send the review cards that were not sent when their items were made."""
    for item in await bot.services.store.reviews_without_card():
        settings = await bot.services.store.forum(item.post.guild_id, item.post.forum_id)
        if settings is not None:
            await send_card(bot, item, settings)


async def retry_unfinished(bot: FootnoteBot) -> None:
    """Judge posts that were left undecided by a busy judge or a restart; give up those that are gone or too old."""
    if bot.services.screener.problem is not None:
        return
    now = bot.services.clock.now()
    for ref in await bot.services.store.unfinished_posts(now - RETRY_AFTER, limit=RETRIED_AT_ONCE):
        if discord.utils.snowflake_time(ref.post_id) < now - TOO_LATE:
            await bot.services.store.release_post(ref.post_id, "too-late")
        elif not await _retry(bot, ref):
            return


async def tell_curators(bot: FootnoteBot, stale: Sequence[NoteHead]) -> tuple[NoteHead, ...]:
    """Name the notes that went stale in their servers' moderators' channels, one message a server, nobody pinged.

    Returns those to try again; a server without such a channel sees them in ``/note list`` only.
    """
    untold: list[NoteHead] = []
    for guild_id in dict.fromkeys(head.guild_id for head in stale):
        heads = [head for head in stale if head.guild_id == guild_id]
        channel = await _moderators_channel(bot, guild_id)
        if channel is None:
            log.warning("server %s: no moderators' channel to name %d stale notes in", guild_id, len(heads))
        elif not await _put(channel, lines_view("Notes whose review is due", _stale_lines(heads)), bot):
            untold += heads
    return tuple(untold)


async def erase_expired(bot: FootnoteBot) -> None:
    """Erase excerpts and questions older than the retention."""
    cutoff = retention_cutoff(bot.services.clock.now(), bot.services.options.retention_days)
    erased = await bot.services.store.expire(cutoff)
    if erased:
        log.info("erased %d stored texts older than %s", erased, cutoff.date())


def _stale_lines(heads: Sequence[NoteHead]) -> list[str]:
    lines = [
        f"- `{head.note_id}`: “{plain(clip(head.claim, 120))}”, due {head.review_due.isoformat()}"
        for head in heads[:STALE_NAMED]
    ]
    if len(heads) > STALE_NAMED:
        lines.append(f"- and {len(heads) - STALE_NAMED} more: `/note list`")
    return [*lines, "They stay in use and say that they are under review, until a curator renews them: `/note edit`."]


async def _moderators_channel(bot: FootnoteBot, guild_id: int) -> discord.TextChannel | None:
    """Return the first moderators' channel of a server's forums that the bot may write in."""
    for settings in await bot.services.store.forums(guild_id):
        channel = bot.get_channel(settings.moderators_channel_id or 0)
        if isinstance(channel, discord.TextChannel) and not missing_permissions(channel):
            return channel
    return None


async def _put(channel: discord.TextChannel, view: discord.ui.LayoutView, bot: FootnoteBot) -> bool:
    """Send a message that pings nobody; False where Discord did not take it."""
    try:
        async with asyncio.timeout(bot.services.options.send_deadline_s):
            await channel.send(view=view, allowed_mentions=discord.AllowedMentions.none())
    except CALL_ERRORS as error:
        log.warning("channel %s: notice not sent: %s", channel.id, type(error).__name__)
        return False
    return True


async def _retry(bot: FootnoteBot, ref: PostRef) -> bool:
    """Judge one post again; False when there is no point in going on now."""
    try:
        message = await _fetch(bot, ref)
    except (discord.NotFound, discord.Forbidden):
        await bot.services.store.release_post(ref.post_id, "unreachable")
        return True
    except CALL_ERRORS as error:
        log.warning("post %s not fetched: %s", ref.post_id, type(error).__name__)
        return False
    watched = await watched_post(bot, message) if message is not None else None
    if watched is None:
        await bot.services.store.release_post(ref.post_id, "not-watched")
        return True
    return await _judge(bot, *watched)


async def _judge(bot: FootnoteBot, post: Post, settings: ForumSettings) -> bool:
    async with bot.slots, bot.posts.hold(post.id):
        read_at = bot.posts.mark()
        screened = await bot.services.screening.retry(post, settings)
    await act_on(bot, post.id, screened, settings, read_at)
    return _NO_JUDGE.isdisjoint(screened.decision.reasons)


async def _fetch(bot: FootnoteBot, ref: PostRef) -> discord.Message | None:
    async with asyncio.timeout(bot.services.options.send_deadline_s):
        place = await find_place(bot, ref.thread_id)
        return await place.fetch_message(ref.post_id) if place is not None else None
