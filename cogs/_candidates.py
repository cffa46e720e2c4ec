"""From a member's question, or a message, to the notes nearest to it, with a button for each."""

from __future__ import annotations

import re
from dataclasses import dataclass

import discord

from bot.client import FootnoteBot
from bot.core.compose import candidates, full_note
from bot.core.domain import Note
from bot.core.errors import BadInput
from cogs._answers import CALL_ERRORS, Interaction, defer, show, tell
from cogs._places import Place, find_place
from cogs._ui import CLAIM, PersistentButton, reply_view, template_for

LONGEST_QUESTION = 1_000  # what the judge reads at most; a question needs far less
ANSWER_OPEN_S = 14 * 60  # Discord takes answers to an interaction for fifteen minutes
_LINK = re.compile(
    r"https?://(?:ptb\.|canary\.)?discord(?:app)?\.com/channels/(?P<guild>\d{1,20})/(?P<place>\d{1,20})/(?P<id>\d{1,20})"
)
UNREADABLE = "I cannot read that message. Open its menu, choose Apps and then Get context."


@dataclass(frozen=True, slots=True)
class Question:
    """What context is wanted for. ``demand`` is kept where no note fits: the member's own words or a message's link.

    The words of somebody else's message are never kept as demand.
    """

    text: str
    demand: str


class ShowNote(PersistentButton, template=template_for("fn:note", CLAIM)):
    """Shows one note, for that member only."""

    prefix = "fn:note"

    async def act(self, interaction: Interaction) -> None:
        """Show it, if it is still in use."""
        await defer(interaction)
        note = interaction.client.services.notes.of(interaction.guild_id or 0).get(self.subject)
        if note is None:
            await tell(interaction, "That note is no longer in use.")
        else:
            await show(interaction, reply_view(full_note(note)))


class _NoneOfThese(discord.ui.Button[discord.ui.LayoutView]):
    """Keeps the demand. Lives as long as the private answer it stands under, so it need not outlive a restart."""

    def __init__(self, question: Question) -> None:
        super().__init__(label="None of these", custom_id="fn:none")
        self._question = question

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override] # ours is the only client
        """Record the question once and say so."""
        try:
            await defer(interaction)
            await record_demand(interaction.client, interaction.guild_id or 0, self._question, interaction.user.id)
            await tell(interaction, "Thank you. The moderators will see that a note is missing here.")
        except Exception as error:  # noqa: BLE001 - discord.py would only log it
            await tell(interaction, interaction.client.sentence_for(error, "button None of these"))


async def nearest_notes(bot: FootnoteBot, guild_id: int, question: Question) -> list[Note]:
    """Return up to three notes in force in a server. Raises ScreenerBusy or ScreenerUnavailable."""
    return list(await bot.services.screening.nearest(question.text[:LONGEST_QUESTION], guild_id))


async def answer_privately(interaction: Interaction, question: Question) -> None:
    """Answer a deferred command with the nearest notes, or say that there is none and keep the demand."""
    bot, guild_id = interaction.client, interaction.guild_id or 0
    notes = await nearest_notes(bot, guild_id, question)
    if not notes:
        await record_demand(bot, guild_id, question, interaction.user.id)
    view = candidates_view(notes)
    if notes:
        view.timeout = ANSWER_OPEN_S
        view.add_item(discord.ui.ActionRow(_NoneOfThese(question)))
    await show(interaction, view)


def candidates_view(notes: list[Note]) -> discord.ui.LayoutView:
    """Return the list of notes with one button each."""
    buttons = [ShowNote(note.id, f"Show note {number}") for number, note in enumerate(notes, start=1)]
    return reply_view(candidates(notes), *buttons)


async def record_demand(bot: FootnoteBot, guild_id: int, question: Question, asker_id: int) -> None:
    """Keep that a note is missing; of the asker the store keeps no more than tells people apart."""
    await bot.services.store.record_request(guild_id, question.demand[:LONGEST_QUESTION], asker_id=asker_id)


async def question_from(interaction: Interaction, text: str) -> Question:
    """Return what a command asks about; a message link stands for the message. Raises BadInput."""
    link = _LINK.fullmatch(text.strip())
    if link is None:
        return Question(text, text)
    if int(link["guild"]) != interaction.guild_id:
        raise BadInput("That link leads to another server. Please link a message of this one.")
    try:
        place = await find_place(interaction.client, int(link["place"]))
        if place is None or not _may_read(interaction, place):
            raise BadInput("That message is not there, or you may not read it.")
        message = await place.fetch_message(int(link["id"]))
    except CALL_ERRORS:
        raise BadInput("That message is not there, or I may not read it.") from None
    return question_about(message)


def question_about(message: discord.Message) -> Question:
    """Return a message as a question. Raises BadInput when its words are not visible to the bot."""
    if not message.content.strip():
        raise BadInput(UNREADABLE)
    return Question(message.content, message.jump_url)


def _may_read(interaction: Interaction, place: Place) -> bool:
    """Tell whether the person could open the linked message; a private thread is never looked into for a link."""
    member = interaction.user
    if place.guild.id != interaction.guild_id or not isinstance(member, discord.Member):
        return False
    if isinstance(place, discord.Thread) and (place.is_private() or place.parent is None):
        return False
    granted = place.permissions_for(member)
    return granted.read_messages and granted.read_message_history
