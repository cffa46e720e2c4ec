"""``/note``: a curator's whole craft. Here writing and reading; deciding and files are beside it."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.core.compose import full_note
from bot.core.domain import NoteState
from bot.core.errors import BadInput
from bot.core.escape import clip, plain
from bot.core.note_diff import note_diff
from bot.core.note_draft import blank_form, to_form
from bot.core.note_life import Act, allowed
from bot.core.note_ports import NoteHead, Revision
from cogs._answers import Interaction, defer, show
from cogs._guards import Right, is_refused
from cogs._note_access import NoteId, find_head, find_revision, lint_lines, server_of, suggest_ids
from cogs._note_deciding import NoteDeciding
from cogs._note_desk import Desk
from cogs._note_files import NoteFiles
from cogs._note_parts import CuratorButton, Row, box, diff_block, paged
from cogs._ui import reply_view

_STATES = [app_commands.Choice(name=state.value, value=state.value) for state in NoteState]
DIFF_LIMIT = 3_400


@app_commands.guild_only()
class Notes(
    NoteDeciding, NoteFiles, commands.GroupCog, group_name="note", group_description="Write, approve and keep notes"
):
    """Lets curators work on the server's notes. Discord shows it to everybody: the curators' role is ours to know."""

    def __init__(self, bot: FootnoteBot) -> None:
        """Serve this client."""
        self._bot = bot

    @app_commands.command()
    async def add(self, interaction: Interaction) -> None:
        """Write a new note."""
        if await is_refused(interaction, Right.CURATOR):
            return
        today = self._bot.services.clock.now().date()
        await Desk(self._bot, blank_form(today)).open_text(interaction)

    @app_commands.command()
    @app_commands.describe(note_id="The note to change")
    @app_commands.rename(note_id="id")
    @app_commands.autocomplete(note_id=suggest_ids)
    async def edit(self, interaction: Interaction, note_id: NoteId) -> None:
        """Change a note; one in force stays as it is until the change is approved."""
        if await is_refused(interaction, Right.CURATOR):
            return
        newest = await find_revision(interaction, note_id)
        form = to_form(newest.note)
        await Desk(self._bot, form, note_id, newest.number, newest.note.state).open_text(interaction)

    @app_commands.command(name="list")
    @app_commands.describe(state="Only notes in this state")
    @app_commands.choices(state=_STATES)
    async def list_(self, interaction: Interaction, state: str | None = None) -> None:
        """List the server's notes with where each stands."""
        if await is_refused(interaction, Right.CURATOR):
            return
        await defer(interaction)
        states = (NoteState(state),) if state else tuple(NoteState)
        heads = await self._bot.services.library.heads(server_of(interaction), states)
        lines = [_head_line(head) for head in heads]
        await show(interaction, paged("Notes", lines or ["None. `/note add` writes one."]))

    @app_commands.command(name="show")
    @app_commands.describe(note_id="The note to read")
    @app_commands.rename(note_id="id")
    @app_commands.autocomplete(note_id=suggest_ids)
    async def show_(self, interaction: Interaction, note_id: NoteId) -> None:
        """Show a note as members read it, where it stands, and what waits."""
        if await is_refused(interaction, Right.CURATOR):
            return
        await defer(interaction)
        head = await find_head(interaction, note_id)
        newest = await find_revision(interaction, note_id, head.revision)
        read = await find_revision(interaction, note_id, head.served) if head.is_edit_waiting else newest
        await show(interaction, reply_view(full_note(read.note)))
        await show(interaction, box("\n".join(self._standing(head, newest)), *_waiting_row(head, newest)))

    @app_commands.command()
    @app_commands.describe(note_id="The note", newer="The revision to compare", older="With which; the one before it")
    @app_commands.rename(note_id="id")
    @app_commands.autocomplete(note_id=suggest_ids)
    async def history(
        self, interaction: Interaction, note_id: NoteId, newer: int | None = None, older: int | None = None
    ) -> None:
        """List a note's revisions, or show what changed between two of them."""
        if await is_refused(interaction, Right.CURATOR):
            return
        await defer(interaction)
        if newer is None and older is None:
            kept = await self._bot.services.library.revisions(server_of(interaction), note_id)
            await find_head(interaction, note_id)
            await show(interaction, paged(f"History of `{note_id}`", [_revision_line(one) for one in kept]))
            return
        after = await find_revision(interaction, note_id, newer)
        before = await _before(interaction, after, older)
        changes = diff_block(note_diff(before.note if before else None, after.note), DIFF_LIMIT)
        since = f"from revision {before.number} to {after.number}" if before else f"revision {after.number}"
        await show(interaction, box(f"### `{note_id}`, {since}\n{_revision_line(after)}\n{changes}"))

    def _standing(self, head: NoteHead, newest: Revision) -> list[str]:
        """Where a note stands, for the curator."""
        lines = [f"### `{head.note_id}`", _state_line(head), _revision_line(newest)]
        problems = lint_lines(self._bot, newest.note)
        lines += [f"To mend: {plain(problem)}" for problem in problems] or ["Lint has nothing against it."]
        steps = ", ".join(f"`/note {act.value}`" for act in Act if act in allowed(head) and act is not Act.SUBMIT)
        submit = " Submit it from `/note edit`." if Act.SUBMIT in allowed(head) else ""
        return [*lines, f"What can be done now: {steps}.{submit}"]


async def _before(interaction: Interaction, after: Revision, older: int | None) -> Revision | None:
    """Return the revision to compare with; None for the first. Raises BadInput."""
    if older is None:
        return await find_revision(interaction, after.note.id, after.number - 1) if after.number > 1 else None
    if older >= after.number:
        raise BadInput("The older revision must have the smaller number. `/note history` lists them.")
    return await find_revision(interaction, after.note.id, older)


def _waiting_row(head: NoteHead, newest: Revision) -> Sequence[Row]:
    """Return the button to the text that waits, where one does."""
    if not head.is_edit_waiting:
        return ()

    async def show_it(interaction: Interaction) -> None:
        await show(interaction, reply_view(full_note(newest.note)))

    row: Row = discord.ui.ActionRow()
    row.add_item(CuratorButton("Show the text that waits", show_it))
    return (row,)


def _head_line(head: NoteHead) -> str:
    return f"**{head.state}**{_mark(head)} `{head.note_id}`, due {head.review_due}: {plain(clip(head.claim, 120))}"


def _mark(head: NoteHead) -> str:
    return " (edit waits)" if head.is_edit_waiting else ""


def _state_line(head: NoteHead) -> str:
    served = f"revision {head.served} is in force" if head.served is not None else "no revision is in force"
    waits = f"; revision {head.revision} waits for approval" if head.is_edit_waiting else ""
    why = f" Retired because: {plain(clip(head.retired_because, 300))}" if head.retired_because else ""
    return f"**{head.state}**: {served}{waits}. Next review due {head.review_due}.{why}"


def _revision_line(revision: Revision) -> str:
    when = discord.utils.format_dt(revision.at, "d")
    approved = "".join(f", approved by <@{curator}>" for curator in revision.approved_by)
    return (
        f"Revision {revision.number}, {when}, by <@{revision.author_id}>{approved}: {plain(clip(revision.reason, 200))}"
    )
