"""What the moderators' two message menus do: explain a post's screening, and put it in the queue with a note."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord

from bot.core.domain import ForumSettings, Mode, Note, Post
from bot.core.errors import BadInput
from bot.core.escape import clip
from bot.core.explain_words import NOT_WATCHED, OPTED_OUT, explain_lines
from bot.core.flagging import flag
from bot.core.threshold_change import Standing
from cogs._answers import CALL_ERRORS, Interaction, defer, show, tell
from cogs._candidates import ANSWER_OPEN_S, LONGEST_QUESTION
from cogs._convert import to_post
from cogs._guards import Right
from cogs._places import find_place
from cogs._review_card import send_card
from cogs._ui import answer_click, lines_view

if TYPE_CHECKING:
    from bot.client import FootnoteBot

NO_PERSON = "Only what people write is judged, not messages of bots or of Discord itself."
NO_PLACE = "I cannot see that channel. Give me View Channel there, then try again."
FLAG_WHERE_WATCHED = "This channel is not watched, so it has no queue. An admin can change that: `/forum watch`."
NO_NOTE = "No note comes near to this post. `/note add` writes one."


async def explain_post(interaction: Interaction, message: discord.Message) -> None:
    """Show what would come of the message now, step by step. Answers an interaction that was deferred."""
    bot = interaction.client
    post, settings = await _read(bot, message)
    rows = await bot.services.store.threshold_rows(post.guild_id)
    mode = settings.mode if settings is not None else Mode.AUTO
    tripped = await bot.services.store.tripped(post.guild_id)
    told = await bot.services.screening.explain(post, mode=mode, tripped=tripped, rows=rows)
    lines = explain_lines(told, Standing(bot.services.screening.defaults, rows), post.forum_id)
    if settings is None:
        lines.insert(0, NOT_WATCHED)
    if await bot.services.desk.is_opted_out(post.guild_id, post.author_id):
        lines.insert(0, OPTED_OUT)
    await show(interaction, lines_view("How this post was screened", lines))


async def offer_flags(interaction: Interaction, message: discord.Message) -> None:
    """Offer the notes nearest to the message, one of which goes with it into the queue."""
    bot = interaction.client
    post, settings = await _read(bot, message)
    if settings is None:
        raise BadInput(FLAG_WHERE_WATCHED)
    notes = await bot.services.screening.nearest(post.text[:LONGEST_QUESTION], post.guild_id)
    if not notes:
        await tell(interaction, NO_NOTE)
        return
    view = lines_view("Flag for context", ["Which note goes with this post? A card then asks the moderators."])
    view.timeout = ANSWER_OPEN_S
    view.add_item(discord.ui.ActionRow(_Notes(post, settings, notes)))
    await show(interaction, view)


class _Notes(discord.ui.Select[discord.ui.LayoutView]):
    """Chooses the note. Lives as long as the private answer that it stands under."""

    def __init__(self, post: Post, settings: ForumSettings, notes: Sequence[Note]) -> None:
        options = [
            discord.SelectOption(label=clip(note.claim.text, 100), value=note.id, description=clip(note.id, 100))
            for note in notes
        ]
        super().__init__(custom_id="fn:flag", placeholder="Note", options=options)
        self._post = post
        self._settings = settings

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override] # ours is the only client
        """Check the right at this choice, and put the post in the queue."""
        await answer_click(interaction, Right.MODERATOR, self._flag, "menu Flag for context")

    async def _flag(self, interaction: Interaction) -> None:
        await defer(interaction)
        services = interaction.client.services
        item = await flag(services.screening, services.store, services.clock, self._post, self.values[0])
        is_shown = await send_card(interaction.client, item, self._settings)
        where = f"<#{self._settings.moderators_channel_id}>" if is_shown else "no channel yet: none can be written in"
        await tell(interaction, f"Flagged: review #{item.id} waits for a moderator. Its card is in {where}.")


async def _read(bot: FootnoteBot, message: discord.Message) -> tuple[Post, ForumSettings | None]:
    """Return the message as a post, with its forum's settings where it is watched. Raises BadInput."""
    try:
        place = await find_place(bot, message.channel.id)
    except CALL_ERRORS:
        place = None
    if place is None:
        raise BadInput(NO_PLACE)
    post = to_post(message, place)
    if post is None:
        raise BadInput(NO_PERSON)
    settings = await bot.services.store.forum(post.guild_id, post.forum_id)
    return post, settings if settings is not None and settings.mode is not Mode.OFF else None
