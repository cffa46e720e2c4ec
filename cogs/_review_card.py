"""The card that asks a moderator about one post or one contested reply: drawn, sent, renewed and closed here."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import TYPE_CHECKING

import discord

from bot.core.domain import ForumSettings
from bot.core.ports import PostRef, ReviewItem
from bot.core.review import CONTESTED
from cogs._answers import CALL_ERRORS
from cogs._contest_card import CONTEST_BUTTONS
from cogs._places import missing_permissions
from cogs._review_buttons import SCREENED_BUTTONS
from cogs._review_closing import CardButton
from cogs._review_line import EditAndPost
from cogs._review_snooze import Snooze, SnoozeFor
from cogs._review_words import contested_lines, screened_lines, shortened
from cogs._ui import MAX_TEXT, PersistentSelect, reply_view

if TYPE_CHECKING:
    from bot.client import FootnoteBot

log = logging.getLogger(__name__)

A_ROW = 5  # buttons, Discord's limit
TEXT_ROOM = 3_200  # of a card's 4,000 characters; the reply's first and last lines always have their place
ASKING_BUTTONS: tuple[type[CardButton], ...] = (*SCREENED_BUTTONS, EditAndPost, Snooze)
CARD_BUTTONS: tuple[type[CardButton], ...] = (*ASKING_BUTTONS, *CONTEST_BUTTONS)
CARD_MENUS: tuple[type[PersistentSelect], ...] = (SnoozeFor,)


async def send_card(bot: FootnoteBot, item: ReviewItem, settings: ForumSettings) -> bool:
    """Send an item's card to the moderators' channel and note it, or renew the card that is out of date.

    False where that is not possible now; upkeep tries again.
    """
    channel = bot.get_channel(settings.moderators_channel_id or 0)
    if not isinstance(channel, discord.TextChannel):
        bot.channel_problems[settings.forum_id] = "no moderators' channel for review cards"
        return False
    if missing := missing_permissions(channel):
        bot.channel_problems[channel.id] = f"missing permissions: {', '.join(missing)}"
        return False
    for problem_id in (channel.id, settings.forum_id):
        bot.channel_problems.pop(problem_id, None)
    async with bot.posts.hold(item.post.post_id):  # two who contest at once share one card, which shows both
        return await _put_card(bot, channel, item.post)


async def close_card(bot: FootnoteBot, post_id: int, verdict: str) -> None:
    """Take the words and buttons off a post's card, if one was sent since the start."""
    card = bot.posts.take_card(post_id)
    if card is None:
        return
    channel_id, message_id = card
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(discord.ui.TextDisplay(f"**{verdict}**")))
    try:
        async with asyncio.timeout(bot.services.options.send_deadline_s):
            await bot.get_partial_messageable(channel_id).get_partial_message(message_id).edit(view=view)
    except CALL_ERRORS as error:
        log.warning("card of post %s not closed: %s", post_id, type(error).__name__)


async def _put_card(bot: FootnoteBot, channel: discord.TextChannel, post: PostRef) -> bool:
    """Show the post's item as it is now; a card that cannot be renewed is given up for a new one."""
    store = bot.services.store
    item = await store.open_review(post.post_id)
    if item is None:  # closed meanwhile
        return True
    lines = await _lines(bot, item)
    try:
        async with asyncio.timeout(bot.services.options.send_deadline_s):
            message_id = await _send(channel, item, "\n".join(lines)[:TEXT_ROOM])
    except CALL_ERRORS as error:
        log.warning("card of review %s not sent: %s", item.id, type(error).__name__)
        if item.card_message_id is not None:
            await store.mark_card(item.id, None)
        return False
    bot.posts.note_card(post.post_id, channel.id, message_id)
    await store.mark_card(item.id, message_id)
    return True


async def _send(channel: discord.TextChannel, item: ReviewItem, text: str) -> int:
    view = _card(item, text)
    if item.card_message_id is not None:
        await channel.get_partial_message(item.card_message_id).edit(view=view)
        return item.card_message_id
    # The same card twice is one message. One that opens again, or with other words, is another: Discord would answer
    # with the message that it has.
    nonce = hashlib.sha256(f"{item.id} {item.created_at} {text}".encode()).hexdigest()[:25]
    return (await channel.send(view=view, nonce=nonce, allowed_mentions=discord.AllowedMentions.none())).id


async def _lines(bot: FootnoteBot, item: ReviewItem) -> list[str]:
    """Return what an open item's card says beside the reply."""
    store, notes = bot.services.store, bot.services.notes.of(item.post.guild_id)
    if item.why != CONTESTED:
        return screened_lines(item, notes)
    sent = await store.sent_reply(post_id=item.post.post_id)
    return contested_lines(item, sent, await store.contests(item.post.post_id), notes)


def _card(item: ReviewItem, text: str) -> discord.ui.LayoutView:
    """Return the card of an open item: why it is here, the reply, and the buttons."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.TextDisplay(text))
    for part in reply_view(shortened(item.reply, MAX_TEXT - len(text))).children:
        view.add_item(part)
    buttons = CONTEST_BUTTONS if item.why == CONTESTED else ASKING_BUTTONS
    for start in range(0, len(buttons), A_ROW):
        view.add_item(discord.ui.ActionRow(*(button(item.id) for button in buttons[start : start + A_ROW])))
    return view
