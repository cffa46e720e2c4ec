"""The card that asks a moderator about one post, and the buttons that close it. First click wins."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import discord

from bot.core.domain import ForumSettings
from bot.core.escape import plain
from bot.core.ports import PostRef, ReviewItem
from bot.core.review import LABELS, Outcome, parse_outcome
from cogs._answers import CALL_ERRORS, Interaction, tell
from cogs._delivery import deliver
from cogs._guards import Right
from cogs._places import missing_permissions
from cogs._ui import PersistentButton, reply_view, template_for

if TYPE_CHECKING:
    from bot.client import FootnoteBot

log = logging.getLogger(__name__)

OVERTAKEN = "This one is closed already: the post was edited or deleted meanwhile, or was answered otherwise."


class _Resolve(PersistentButton, template="(?!)"):
    """Closes a review item with one outcome."""

    right = Right.MODERATOR
    outcome: Outcome

    async def act(self, interaction: Interaction) -> None:
        """Close the item if it is still open, and say on the card who did."""
        store = interaction.client.services.store
        item = await store.resolve_review(self.subject_id, actor_id=interaction.user.id, outcome=self.outcome.value)
        if item is None:
            await tell(interaction, await _why_closed(interaction.client, self.subject_id))
            return
        interaction.client.posts.take_card(item.post.post_id)
        verdict = f"{LABELS[self.outcome]} by {interaction.user.mention}"
        await interaction.response.edit_message(view=closed_view(item.post, verdict))
        await self.follow_up(interaction.client, item)

    async def follow_up(self, bot: FootnoteBot, item: ReviewItem) -> None:
        """Do what the outcome asks for beyond closing the item."""


class PostIt(_Resolve, template=template_for("fn:post")):
    """Releases the reply; the outbox sends it."""

    prefix = "fn:post"
    label = "Post"
    style = discord.ButtonStyle.primary
    outcome = Outcome.POSTED

    async def follow_up(self, bot: FootnoteBot, item: ReviewItem) -> None:
        """Send the reply now rather than at the next upkeep."""
        read_at = bot.posts.mark()
        for promised in await bot.services.store.outbox_due(bot.services.clock.now()):
            if promised.post.post_id == item.post.post_id:
                await deliver(bot, promised, read_at)


class FalseMatch(_Resolve, template=template_for("fn:no-match")):
    """Dismisses: the post is about something else."""

    prefix = "fn:no-match"
    label = LABELS[Outcome.FALSE_MATCH]
    outcome = Outcome.FALSE_MATCH


class NotAsserted(_Resolve, template=template_for("fn:no-assert")):
    """Dismisses: the post does not assert the claim."""

    prefix = "fn:no-assert"
    label = LABELS[Outcome.NOT_ASSERTED]
    outcome = Outcome.NOT_ASSERTED


class NoteUnfit(_Resolve, template=template_for("fn:no-fit")):
    """Dismisses: the note does not answer what the post says."""

    prefix = "fn:no-fit"
    label = LABELS[Outcome.NOTE_UNFIT]
    outcome = Outcome.NOTE_UNFIT


class NotWorth(_Resolve, template=template_for("fn:no-worth")):
    """Dismisses: true enough, but no reply is wanted here."""

    prefix = "fn:no-worth"
    label = LABELS[Outcome.NOT_WORTH]
    outcome = Outcome.NOT_WORTH


CARD_BUTTONS: tuple[type[_Resolve], ...] = (PostIt, FalseMatch, NotAsserted, NoteUnfit, NotWorth)


async def send_card(bot: FootnoteBot, item: ReviewItem, settings: ForumSettings) -> bool:
    """Send an item's card to the moderators' channel and note it, or renew the card that an edit made stale.

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
    try:
        async with asyncio.timeout(bot.services.options.send_deadline_s):
            message_id = await _put_card(channel, item)
    except CALL_ERRORS as error:
        log.warning("card of review %s not sent: %s", item.id, type(error).__name__)
        return False
    bot.posts.note_card(item.post.post_id, channel.id, message_id)
    await bot.services.store.mark_card(item.id, message_id)
    return True


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


async def _put_card(channel: discord.TextChannel, item: ReviewItem) -> int:
    view = open_view(item)
    if item.card_message_id is not None:
        await channel.get_partial_message(item.card_message_id).edit(view=view)
        return item.card_message_id
    return (await channel.send(view=view, nonce=f"card-{item.id}", allowed_mentions=discord.AllowedMentions.none())).id


async def _why_closed(bot: FootnoteBot, item_id: int) -> str:
    """Say who was faster and what they decided."""
    result = await bot.services.store.review_result(item_id)
    if result is None:
        return OVERTAKEN
    actor_id, outcome = result
    return f"This one is closed already: <@{actor_id}> was faster ({LABELS[parse_outcome(outcome)]})."


def open_view(item: ReviewItem) -> discord.ui.LayoutView:
    """Return the card of an open item: what and why, the reply as it would look, and the buttons."""
    view = reply_view(item.reply)
    row: discord.ui.ActionRow[discord.ui.LayoutView] = discord.ui.ActionRow()
    for button in CARD_BUTTONS:
        row.add_item(button(item.id))
    view.add_item(discord.ui.Container(discord.ui.TextDisplay(_summary(item)), row))
    return view


def closed_view(post: PostRef, verdict: str) -> discord.ui.LayoutView:
    """Return the card of a closed item: where the post is and what became of it, no words of it, no buttons."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(discord.ui.TextDisplay(f"{_link(post)}\n**{verdict}**")))
    return view


def _summary(item: ReviewItem) -> str:
    lines = [f"**Review #{item.id}**: {_link(item.post)}"]
    if item.excerpt:
        lines.append(f"Matched words: “{plain(item.excerpt[:300])}”")
    for finding in item.findings:
        if finding.claim_id in item.reply.claim_ids:
            lines.append(f"Claim `{finding.claim_id}`: {finding.stance}, score {finding.p_asserts:.2f}")
    if item.thresholds is not None:
        lines.append(f"Here: review from {item.thresholds.review:.2f}, reply from {item.thresholds.reply:.2f}")
    lines.append("The reply above would be posted under the post.")
    return "\n".join(lines)


def _link(post: PostRef) -> str:
    return f"https://discord.com/channels/{post.guild_id}/{post.thread_id}/{post.post_id}"
