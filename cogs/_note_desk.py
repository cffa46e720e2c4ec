"""The desk: one note being written, with its forms, what lint says of it, and the ways to save it.

Everything typed stays here until it is saved, whatever fails in between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import discord

from bot.client import FootnoteBot
from bot.core.compose import full_note
from bot.core.domain import Note, NoteState
from bot.core.errors import BadInput
from bot.core.escape import clip, plain
from bot.core.note_diff import note_diff
from bot.core.note_draft import FIELD_LIMIT, Form, filled, id_for, overlong, read_form
from bot.core.note_life import IN_FORCE
from bot.core.note_ports import NoteHead
from cogs._answers import Interaction, show
from cogs._note_access import find_revision, lint_lines, server_of
from cogs._note_forms import Field, KeptForm, Typed, example_fields, reason_field, source_fields, text_fields
from cogs._note_parts import Act, CuratorButton, Row, View, box, diff_block, hold, put
from cogs._ui import reply_view

FIRST_TEXT = "First text"
SHOWN_PROBLEMS = 10


@dataclass
class Desk:
    """One curator's unsaved note. ``base`` is the revision it was written from, None for a new one.

    ``demands`` are members' questions that the note answers; they are closed when it is first saved.
    """

    bot: FootnoteBot
    form: Form
    note_id: str = ""
    base: int | None = None
    state: NoteState = NoteState.DRAFT
    demands: tuple[int, ...] = ()
    reason: str = ""
    is_changed: bool = False
    said: str = ""

    async def open_text(self, interaction: Interaction) -> None:
        """Open the first form; a note whose texts no form can hold shows the desk, which says so."""
        try:
            await self._open_form("The note", text_fields)(interaction)
        except BadInput as error:
            self.said = str(error)
            await put(interaction, self.view())

    def view(self, beside: str = "") -> View:
        """Return the desk as it stands, with what else is to be shown on it."""
        lines = [f"### Note `{self.note_id}`", self._standing(), f"“{plain(clip(self.form.claim, 300))}”"]
        lines += [self.said, beside] if self.said else []
        problems: list[str] = []
        try:
            note = read_form(self.form, self.note_id, state=self.state)
            problems = lint_lines(self.bot, note)
            lines += _problem_lines(problems)
        except BadInput as error:
            note = None
            lines.append(f"Not complete yet: {plain(str(error))}")
        return box("\n".join(lines), self._form_row(), self._saving_row(note, is_clean=not problems))

    def _standing(self) -> str:
        if self.base is None:
            return "A new note, not saved yet."
        changed = " Your changes are not saved yet." if self.is_changed else ""
        return f"Revision {self.base}, {self.state}.{changed}"

    def _form_row(self) -> Row:
        row: Row = discord.ui.ActionRow()
        row.add_item(CuratorButton("Text", self._open_form("The note", text_fields)))
        row.add_item(CuratorButton("Sources and dates", self._open_form("Sources and dates", source_fields)))
        examples = self._open_form("Paraphrases and look-alikes", example_fields)
        row.add_item(CuratorButton("Paraphrases and look-alikes", examples))
        return row

    def _saving_row(self, note: Note | None, *, is_clean: bool) -> Row:
        """Saving needs a note that can be read; going to review needs one that lint has nothing against."""
        row: Row = discord.ui.ActionRow()
        row.add_item(CuratorButton("Preview", self._preview, is_off=note is None))
        if self.state in IN_FORCE:  # its edit waits for approval as soon as it is saved
            row.add_item(CuratorButton("Save for review", partial(self._save, to_review=False), is_off=note is None))
            return row
        row.add_item(CuratorButton("Save draft", partial(self._save, to_review=False), is_off=note is None))
        submit = partial(self._save, to_review=True)
        row.add_item(CuratorButton("Submit for review", submit, is_main=True, is_off=note is None or not is_clean))
        return row

    def _open_form(self, title: str, fields_of: Callable[[Form], Sequence[Field]]) -> Act:
        """Return what opens one form with all that was typed so far; it raises BadInput where a text is too long."""

        async def open_it(interaction: Interaction) -> None:
            fields = fields_of(self.form)
            if too_long := overlong(self.form, [field.name for field in fields]):
                name, length = too_long
                raise BadInput(
                    f"The part {name} has {length} characters and a form of Discord takes {FIELD_LIMIT}. Use"
                    " `/note export`, edit the file, and `/note import` it."
                )
            await interaction.response.send_modal(KeptForm(title, fields, self._take))

        return open_it

    async def _take(self, interaction: Interaction, typed: Typed) -> None:
        """Keep what was typed, name a new note, and show the desk. Raises StoreUnavailable."""
        form = filled(self.form, typed)
        if not self.note_id:
            self.note_id = await _free_id(interaction, form.claim)
        self.is_changed = self.is_changed or form != self.form
        self.form, self.said = form, ""
        await put(interaction, self.view())

    async def _preview(self, interaction: Interaction) -> None:
        note = read_form(self.form, self.note_id, state=self.state)
        await show(interaction, reply_view(full_note(note)))

    async def _save(self, interaction: Interaction, *, to_review: bool) -> None:
        """Save a first text at once; ask why a later one was written."""
        if self.base is None or not self.is_changed:
            await self._keep(interaction, FIRST_TEXT, to_review=to_review)
            return

        async def take(then: Interaction, typed: Typed) -> None:
            self.reason = typed["reason"]
            await self._keep(then, self.reason, to_review=to_review)

        await interaction.response.send_modal(KeptForm("Why this change?", [reason_field(self.reason)], take))

    async def _keep(self, interaction: Interaction, reason: str, *, to_review: bool) -> None:
        """Save the note where it differs from what is kept, and submit it. Raises BadInput, StoreUnavailable."""
        note = read_form(self.form, self.note_id, state=self.state)
        await hold(interaction)
        library, server, actor = self.bot.services.library, server_of(interaction), interaction.user.id
        if self.base is None or self.is_changed:
            try:
                head = await library.save(server, note, author_id=actor, reason=reason, base=self.base)
            except BadInput as error:
                await self._moved_on(interaction, error)
                return
            self._saved(head)
        if self.demands:
            await library.close_demands(server, self.demands, actor_id=actor)
            self.demands = ()
        if to_review:
            self._saved(await library.submit(server, self.note_id, actor_id=actor))
        self.said = f"Saved as revision {self.base}. {_NEXT[self.state]}"
        await put(interaction, self.view())

    def _saved(self, head: NoteHead) -> None:
        self.base, self.state, self.is_changed, self.reason = head.revision, head.state, False, ""

    async def _moved_on(self, interaction: Interaction, error: BadInput) -> None:
        """Say that somebody was faster, and let the curator put this text on top of theirs. Raises the error else."""
        head = await self.bot.services.library.head(server_of(interaction), self.note_id)
        if head is None or head.revision == self.base:
            raise error
        if self.base is None:
            taken, self.note_id = self.note_id, await _free_id(interaction, self.form.claim)
            self.said = f"There is a note `{taken}` now, so yours is named `{self.note_id}`. Save it again."
            await put(interaction, self.view())
            return
        mine = await find_revision(interaction, self.note_id, self.base)
        newest = await find_revision(interaction, self.note_id)
        self.base, self.state = newest.number, head.state
        self.said = (
            f"Revision {newest.number} was saved by <@{newest.author_id}> meanwhile. Yours is not lost: save again to"
        )
        self.said += " put it in place of that one, or take over first what it changed:"
        await put(interaction, self.view(diff_block(note_diff(mine.note, newest.note), 1_500)))


_NEXT = {
    NoteState.DRAFT: "It is a draft; submit it when it is ready.",
    NoteState.IN_REVIEW: "It is in review; curators approve it with `/note approve`.",
    NoteState.ACTIVE: "The text in force stays until this one is approved with `/note approve`.",
    NoteState.STALE: "The text in force stays until this one is approved with `/note approve`.",
    NoteState.RETIRED: "It is retired.",
}


async def _free_id(interaction: Interaction, claim: str) -> str:
    heads = await interaction.client.services.library.heads(server_of(interaction))
    return id_for(claim, {head.note_id for head in heads})


def _problem_lines(problems: Sequence[str]) -> list[str]:
    if not problems:
        return ["Lint has nothing against it."]
    shown = [f"- {plain(problem)}" for problem in problems[:SHOWN_PROBLEMS]]
    left_out = len(problems) - len(shown)
    return ["To mend before review:", *shown, *([f"- and {left_out} more"] if left_out else [])]
