"""A curator at work in the tests: fills forms, presses buttons, and knows a note that lint has nothing against."""

from __future__ import annotations

from dataclasses import dataclass

import discord
import simcord
from simcord import interactions
from simcord.backend import serializers
from simcord.enums import ComponentType, InteractionType

from bot.core.domain import NoteState
from bot.core.note_ports import NoteHead
from tests.cogs.conftest import World, text_of
from tests.fakes import finding

BELL = "harbour-bell-sold-secret"
CLAIM = "The harbour bell was sold in secret."
TEXT = {
    "claim": CLAIM,
    "status": ["unsupported"],
    "documented": "An inventory of 2024 lists the bell in the tower. [1]\nThe register of 2025 shows no sale. [2]",
    "disputed": "A former clerk says that a buyer was named; the city denies it.",
    "would_change": "A bill of sale would change this note.",
}
SOURCES = {
    "sources": "Harbour Museum | Inventory | museum | 2024 | https://museum.example/bell\n"
    "The Post | Whose bell? | press | 2025",
    "tags": "harbour",
    "flatters": "nobody",
}
EXAMPLES = {
    "paraphrases": "They sold the harbour bell behind our backs.\nThat harbour bell went to a buyer.\n"
    "The harbour bell is gone, sold.",
    "look_alikes": "Was the tower clock ever sold?\nNobody sold a thing in that town.\n"
    "The church bell was sold at an auction.",
}


@dataclass
class Curator:
    """One person's way through the forms. ``desk`` is the message with the buttons."""

    world: World
    person: simcord.actors.MemberActor
    desk: simcord.ResponseMessage | None = None

    async def slash(self, name: str, **options: object) -> simcord.InteractionResult:
        if name in ("note add", "note edit"):
            self.desk = None  # the form's answer is a desk of its own
        return await self.person.slash(self.world.plain, name, **options)

    async def said(self, name: str, **options: object) -> str:
        """All that a command answers, follow-ups too; every answer is private."""
        result = await self.slash(name, **options)
        assert result.ephemeral
        return "\n".join(text_of(one) for one in (result.response, *result.followups))

    async def press(self, label: str, **typed: object) -> simcord.InteractionResult:
        """Press a button of the desk and, where a form opens, fill it."""
        pressed = await self.person.click(self.desk, label=label)
        return await self.fill(pressed, **typed) if pressed.modal else pressed

    async def fill(self, shown: simcord.InteractionResult, **typed: object) -> simcord.InteractionResult:
        """Send a form with what stood in it, and what is typed over that."""
        sent = await self.person.submit_modal(shown, standing_in(shown) | typed)
        if sent.response is not None and self.desk is None:
            self.desk = sent.response
        return sent

    async def write(self, **typed: object) -> None:
        """Write the bell's note on a desk, not saved yet."""
        await self.fill(await self.slash("note add"), **TEXT | typed)
        await self.press("Sources and dates", **SOURCES)
        await self.press("Paraphrases and look-alikes", **EXAMPLES)

    async def submit(self, **typed: object) -> None:
        """Write the bell's note and send it to review."""
        await self.write(**typed)
        await self.press("Submit for review")

    @property
    def shows(self) -> str:
        """What the desk says now."""
        return text_of(self.desk)


def standing_in(shown: simcord.InteractionResult) -> dict[str, object]:
    """What a form's fields hold when it opens, by their names."""
    held: dict[str, object] = {}
    for field in (label["component"] for label in shown.modal["components"]):
        chosen = [option["value"] for option in field.get("options", []) if option.get("default")]
        held[field["custom_id"]] = chosen if field.get("options") else field.get("value", "")
    return held


def teach(world: World, *phrases: str) -> None:
    """Let the scripted judge take any sentence with one of these phrases for the bell's claim."""
    for phrase in phrases or ("harbour bell",):
        world.screener.script[phrase] = [finding(BELL, 0.95)]


async def put_in_force(world: World) -> None:
    """The bell's note, written by one curator and approved by two."""
    teach(world)
    await Curator(world, world.mod).submit()
    for person in (world.mod, world.mod2):
        shown = await person.slash(world.plain, "note approve", id=BELL)
        await person.click(shown.response, label="Approve revision 1")


async def head_of(world: World, note_id: str = BELL) -> NoteHead | None:
    """Where a note stands."""
    return await world.bot.services.library.head(world.guild.id, note_id)


async def state_of(world: World, note_id: str = BELL) -> NoteState | None:
    """The note's state, None when there is none."""
    head = await head_of(world, note_id)
    return head.state if head else None


async def click_together(world: World, label: str, *clicks: tuple[simcord.actors.MemberActor, object]) -> list[object]:
    """Let several people click before the bot has answered any of them; SimCord's own clicks wait for the answer."""
    backend, records = world.env.backend, []
    for person, message in clicks:
        channel_id = message.channel.id if isinstance(message, discord.Message) else message.channel_id
        stored = backend.get_message(channel_id, message.id)
        data = {"custom_id": world.button(message, label), "component_type": ComponentType.BUTTON}
        record, payload = interactions.base_payload(
            backend,
            type=InteractionType.MESSAGE_COMPONENT,
            channel_id=channel_id,
            guild_id=world.guild.id,
            user_id=person.id,
            data=data,
        )
        record.source_message_id = stored.id
        backend.emit("INTERACTION_CREATE", payload | {"message": dict(serializers.message_payload(backend, stored))})
        records.append(record)
    await world.env.settle()
    return [simcord.InteractionResult(world.env, record) for record in records]
