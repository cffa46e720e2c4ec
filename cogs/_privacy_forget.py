"""Forgetting a member on their own wish: confirmed first, then erased, then taken off what shows it in Discord."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord

from bot.core.ports import PostRef
from bot.core.privacy_words import ASK_FORGET, CARD_ERASED, forgotten
from cogs._answers import CALL_ERRORS, Interaction, defer, sentence_view, tell
from cogs._delivery import delete_reply
from cogs._guards import Right
from cogs._review_card import close_card
from cogs._ui import PersistentButton, template_for

if TYPE_CHECKING:
    from bot.client import FootnoteBot

log = logging.getLogger(__name__)

DELETED_AT_ONCE = 5  # requests to Discord; upkeep deletes the rest, a few at a time
OTHERS_DUE = 20  # withdrawn replies of other members that may be waiting for deletion as well
NOT_YOURS = "Only the member who asked can confirm this. `/privacy forget` asks for you."


class ForgetMe(PersistentButton, template=template_for("fn:forget")):
    """Erases everything that is stored of the member whose id it carries, who must be the one to click."""

    prefix = "fn:forget"
    label = "Forget me"
    style = discord.ButtonStyle.danger
    right = Right.MEMBER

    async def act(self, interaction: Interaction) -> None:
        """Erase, take the member's words off the cards, and delete the replies as far as is polite to do at once."""
        if interaction.user.id != self.subject_id:
            await tell(interaction, NOT_YOURS)
            return
        await defer(interaction)
        bot = interaction.client
        shown = await bot.services.desk.forget(interaction.guild_id or 0, interaction.user.id)
        for post in shown:
            bot.posts.note_change(post.post_id)
        deleted, left = await _delete_replies(bot, shown)
        for post in shown:
            await _erase_card(bot, post)
        await tell(interaction, forgotten(deleted, left))


def confirm_view(member_id: int) -> discord.ui.LayoutView:
    """Return the question before anything is erased."""
    view = sentence_view(ASK_FORGET)
    view.add_item(discord.ui.ActionRow(ForgetMe(member_id)))
    return view


async def _delete_replies(bot: FootnoteBot, shown: Sequence[PostRef]) -> tuple[int, int]:
    """Delete some replies now; return how many, and how many are left to upkeep."""
    ids = {post.post_id for post in shown}
    waiting = await bot.services.store.replies_to_delete(len(ids) + OTHERS_DUE)
    due = [sent for sent in waiting if sent.post.post_id in ids]
    for sent in due[:DELETED_AT_ONCE]:
        await delete_reply(bot, sent)
    return len(due[:DELETED_AT_ONCE]), len(due[DELETED_AT_ONCE:])


async def _erase_card(bot: FootnoteBot, post: PostRef) -> None:
    """Take the words off a card that was not decided; one that was shows none any more."""
    store = bot.services.store
    item = await store.review_of(post.post_id)
    if item is None or item.card_message_id is None or await store.review_result(item.id) is not None:
        await close_card(bot, post.post_id, CARD_ERASED)
        return
    bot.posts.take_card(post.post_id)
    settings = await store.forum(post.guild_id, post.forum_id)
    if settings is None or settings.moderators_channel_id is None:
        return
    card = bot.get_partial_messageable(settings.moderators_channel_id).get_partial_message(item.card_message_id)
    try:
        async with asyncio.timeout(bot.services.options.send_deadline_s):
            await card.edit(view=sentence_view(CARD_ERASED))
    except CALL_ERRORS as error:
        log.warning("card of post %s not erased: %s", post.post_id, type(error).__name__)
