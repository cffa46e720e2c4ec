"""Forms that lose nothing: one that fails is answered with one sentence and a button that opens it again as typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import discord

from bot.core.domain import Status
from bot.core.note_draft import FIELD_LIMIT, Form
from cogs._answers import Interaction, show
from cogs._guards import Right, why_refused
from cogs._note_parts import OPEN_S, CuratorButton, View, box

Typed = dict[str, str]
Take = Callable[[Interaction, Typed], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. ``choices`` make it a menu; ``limit`` is in characters, at most Discord's 4,000."""

    name: str
    label: str
    hint: str = ""
    value: str = ""
    is_long: bool = False
    is_required: bool = True
    limit: int = FIELD_LIMIT
    choices: tuple[tuple[str, str], ...] = ()


class KeptForm(discord.ui.Modal):
    """A form whose texts outlive every failure of what is done with them."""

    def __init__(self, title: str, fields: Sequence[Field], take: Take, right: Right = Right.CURATOR) -> None:
        """Draw the fields, filled; ``take`` gets what was typed, by their names. ``right`` says who may send it."""
        super().__init__(title=title[:45], timeout=OPEN_S)
        self._fields = tuple(fields)
        self._take = take
        self._right = right
        self._inputs = {field.name: _input(field) for field in fields}
        for field in fields:
            self.add_item(
                discord.ui.Label(text=field.label, description=field.hint or None, component=self._inputs[field.name])
            )

    async def on_submit(self, interaction: Interaction) -> None:  # type: ignore[override] # ours is the only client
        """Check the right at this moment and take what was typed, or give it back with the reason."""
        try:
            sentence = await why_refused(interaction, self._right)
            if sentence is None:
                await self._take(interaction, self.typed)
        except Exception as error:  # noqa: BLE001 - discord.py would only log it and the text would be lost
            sentence = interaction.client.sentence_for(error, f"form {self.title}")
        if sentence is not None:
            await show(interaction, self._again(sentence))

    @property
    def typed(self) -> Typed:
        """What stands in each field now."""
        return {name: _value(component) for name, component in self._inputs.items()}

    def _again(self, sentence: str) -> View:
        fields = [replace(field, value=self.typed[field.name]) for field in self._fields]

        async def reopen(interaction: Interaction) -> None:
            await interaction.response.send_modal(KeptForm(self.title, fields, self._take, self._right))

        row: discord.ui.ActionRow[View] = discord.ui.ActionRow()
        row.add_item(CuratorButton("Open the form again", reopen, is_main=True, right=self._right))
        return box(f"{sentence}\nNothing you typed is lost.", row)


def text_fields(form: Form) -> tuple[Field, ...]:
    """The parts that readers see."""
    statuses = tuple((status.value, _STATUS_LABELS[status]) for status in Status)
    one_a_line = "One a line, each ending with the numbers of its sources, such as [1][2]"
    return (
        Field("claim", "Claim", "One sentence, as a poster would say it", form.claim),
        Field("status", "What the record says of it", value=form.status, choices=statuses),
        Field("documented", "What is documented: 2 to 4 facts", one_a_line, form.documented, is_long=True),
        Field("disputed", "What is disputed, and by whom: 1 to 3", one_a_line, form.disputed, is_long=True),
        Field("would_change", "What would change this", "One sentence", form.would_change, is_long=True),
    )


def source_fields(form: Form) -> tuple[Field, ...]:
    """Where it can be read, and when the note was and will be reviewed."""
    line = "One a line: publisher | title | outlook | date | address. The last two may be left out"
    return (
        Field("sources", "Sources: at least 2 of different outlook", line, form.sources, is_long=True),
        Field("reviewed_on", "Reviewed on", "Year first: 2026-11-23", form.reviewed_on, limit=20),
        Field("review_due", "Next review due", "Year first: 2027-05-23", form.review_due, limit=20),
        Field("tags", "Tags", "With commas between them", form.tags, is_required=False),
        Field("flatters", "Whom the claim suits", "For the symmetry audit only, never shown", form.flatters),
    )


def example_fields(form: Form) -> tuple[Field, ...]:
    """How people say it, what must not match, and which notes stand near."""
    near = "Ids of notes, with commas between them"
    return (
        Field(
            "paraphrases", "Paraphrases: at least 3", "How people say it, one a line", form.paraphrases, is_long=True
        ),
        Field(
            "look_alikes",
            "Look-alikes: at least 3",
            "Near sentences that must not match: denials, questions, supported neighbours",
            form.look_alikes,
            is_long=True,
        ),
        Field("neighbours", "Notes with a claim near to this one", near, form.neighbours, is_required=False),
        Field("opposed", "Notes with the opposite claim", near, form.opposed, is_required=False),
    )


def reason_field(value: str = "") -> Field:
    """Why something is done; it is kept with the note."""
    return Field("reason", "Why", "One sentence; it stays in the note's history", value, limit=300)


_STATUS_LABELS = {
    Status.UNSUPPORTED: "Unsupported: the public record does not support it",
    Status.CONTESTED: "Contested: credible sources disagree",
    Status.PARTLY_SUPPORTED: "Partly supported: part is documented, part is not",
}

_Input = discord.ui.TextInput[KeptForm] | discord.ui.Select[KeptForm]


def _input(field: Field) -> _Input:
    if field.choices:
        options = [
            discord.SelectOption(label=label, value=value, default=value == field.value)
            for value, label in field.choices
        ]
        return discord.ui.Select(custom_id=field.name, options=options, required=field.is_required)
    return discord.ui.TextInput(
        custom_id=field.name,
        style=discord.TextStyle.paragraph if field.is_long else discord.TextStyle.short,
        default=field.value[: field.limit] or None,
        required=field.is_required,
        max_length=field.limit,
    )


def _value(component: _Input) -> str:
    if isinstance(component, discord.ui.Select):
        return component.values[0] if component.values else ""
    return component.value
