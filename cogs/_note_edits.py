"""Edits the replies already posted where a note behind them changed, went stale, was renewed or retired.

A few a round, so that hundreds of edits neither meet Discord's limits nor hold up new replies. What is due stands in
the store: stopped anywhere, it goes on after the restart, and an edit that was made but not noted is made once more.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord

from bot.core.compose_changes import Standing, compose_changed, is_all_retired
from bot.core.delivery import NextStep, SendOutcome, after_editing
from bot.core.errors import AppError
from bot.core.note_ports import ReplyEdit
from cogs._answers import CALL_ERRORS
from cogs._delivery import outcome_of
from cogs._reply_buttons import Contest, WhyThis, posted_view
from cogs._ui import reply_view

if TYPE_CHECKING:
    from bot.client import FootnoteBot

log = logging.getLogger(__name__)

LOOKED_AT = 100  # so that one channel with many replies does not hide those of others
A_ROUND = 12
A_CHANNEL = 4  # Discord takes about five edits in five seconds in one channel


async def edit_posted(bot: FootnoteBot) -> None:
    """Make some of the edits that are due. Raises StoreUnavailable."""
    due = await bot.services.library.edits_due(bot.services.clock.now(), limit=LOOKED_AT)
    await asyncio.gather(*(_edit_in_turn(bot, edits) for edits in _chosen(due)))


def _chosen(due: Sequence[ReplyEdit]) -> list[list[ReplyEdit]]:
    """Return the edits of this round by channel, oldest first."""
    by_channel: defaultdict[int, list[ReplyEdit]] = defaultdict(list)
    for edit in due:
        channel = by_channel[edit.sent.post.thread_id]
        if len(channel) < A_CHANNEL and sum(map(len, by_channel.values())) < A_ROUND:
            channel.append(edit)
    return list(by_channel.values())


async def _edit_in_turn(bot: FootnoteBot, edits: Sequence[ReplyEdit]) -> None:
    for edit in edits:
        await _carry_out(bot, edit)


async def _carry_out(bot: FootnoteBot, edit: ReplyEdit) -> None:
    """Try one edit and note how it went."""
    library = bot.services.library
    outcome = await _attempt(bot, edit)
    plan = after_editing(outcome, attempts=edit.attempts + 1, now=bot.services.clock.now())
    if plan.step is NextStep.DONE:
        await library.mark_edited(edit.id, edit.change, edit.changed_on)
    else:
        await library.mark_edit_failed(edit.id, plan.reason, plan.retry_at)
    log.info("edit of reply %s, note %s %s: %s", edit.sent.message_id, edit.note_id, edit.change, plan.reason)


async def _view(bot: FootnoteBot, edit: ReplyEdit) -> discord.ui.LayoutView:
    """Return the reply as it must stand now; nothing rates or shows in full what is no longer in use."""
    standings = [await _standing(bot, edit.sent.post.guild_id, note_id) for note_id in edit.sent.reply.claim_ids]
    reply = compose_changed(edit, standings, bot.services.clock.now().date())
    if is_all_retired(standings):
        return reply_view(reply, WhyThis(reply.post_id), Contest(reply.post_id))
    return posted_view(reply)


async def _standing(bot: FootnoteBot, guild_id: int, note_id: str) -> Standing:
    """Return where a note stands, from the store: the notes in memory may be behind what made this edit due."""
    library = bot.services.library
    head = await library.head(guild_id, note_id)
    if head is None or head.served is None:
        return Standing(note_id, head, None)
    kept = await library.revision(guild_id, note_id, head.served)
    return Standing(note_id, head, kept.note if kept is not None else None)


async def _attempt(bot: FootnoteBot, edit: ReplyEdit) -> SendOutcome:
    thread = bot.get_channel(edit.sent.post.thread_id)
    if isinstance(thread, discord.Thread) and thread.archived:  # Discord would refuse
        return SendOutcome.THREAD_CLOSED
    channel = bot.get_partial_messageable(edit.sent.post.thread_id, guild_id=edit.sent.post.guild_id)
    try:
        async with asyncio.timeout(bot.services.options.send_deadline_s):
            message = channel.get_partial_message(edit.sent.message_id)
            await message.edit(view=await _view(bot, edit), allowed_mentions=discord.AllowedMentions.none())
    except CALL_ERRORS as error:
        return outcome_of(error)
    except AppError:  # the store: nothing can be noted either, so the next round makes this edit
        raise
    except Exception as error:  # noqa: BLE001 - a bug must not make the same edit due every few seconds for ever
        bot.report(error, "editing a reply")
        return SendOutcome.REFUSED
    return SendOutcome.SENT
