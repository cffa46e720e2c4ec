"""Approving, retiring and testing a note: the decisions, each over exactly the text that was shown."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.core.domain import NoteState
from bot.core.escape import plain
from bot.core.note_diff import note_diff
from bot.core.note_life import Act, require
from bot.core.note_ports import NoteHead, Revision
from cogs._answers import Interaction, defer, show
from cogs._guards import Right, is_refused
from cogs._note_access import (
    NoteId,
    find_head,
    find_revision,
    lint_lines,
    near_lines,
    put_in_use,
    report_lines,
    server_of,
    suggest_ids,
    test_scope,
)
from cogs._note_forms import KeptForm, Typed, reason_field
from cogs._note_parts import CuratorButton, Row, View, box, diff_block, hold, paged, put

LINES = 6  # problems on one page: each may be several hundred characters long
DIFF_LIMIT = 2_400  # of the 4,000 characters of one message; the rest says where the note stands


class NoteDeciding(commands.Cog):
    """The part of ``/note`` that decides what is in force."""

    _bot: FootnoteBot

    @app_commands.command()
    @app_commands.describe(note_id="The note to approve")
    @app_commands.rename(note_id="id")
    @app_commands.autocomplete(note_id=suggest_ids)
    async def approve(self, interaction: Interaction, note_id: NoteId) -> None:
        """Show what would change, run the scope test, and let you approve exactly that text."""
        if await is_refused(interaction, Right.CURATOR):
            return
        await defer(interaction)
        head = await find_head(interaction, note_id)
        require(head, Act.APPROVE)
        newest = await find_revision(interaction, note_id, head.revision)
        before = await find_revision(interaction, note_id, head.served) if head.served is not None else None
        if problems := lint_lines(self._bot, newest.note):
            lines = ["Lint has something against it, so it cannot be approved. Mend it with `/note edit`."]
            lines += [f"- {plain(problem)}" for problem in problems]
            await show(interaction, paged(_title(newest), lines, size=LINES))
            return
        report = await test_scope(self._bot, head.guild_id, newest.note)
        lines = list(report_lines(report, note_id))
        if not report.passed(note_id):
            lines.insert(0, "The scope test failed, so it cannot be approved. Mend it with `/note edit`.")
            await show(interaction, paged(_title(newest), lines, size=LINES))
            return
        lines += await near_lines(self._bot, head.guild_id, newest.note)
        changes = diff_block(note_diff(before.note if before else None, newest.note), DIFF_LIMIT)
        approvals = (await self._bot.services.library.rules(head.guild_id)).approvals
        await show(interaction, _confirm_view(newest, [changes, _approved_so_far(head, approvals), *lines]))

    @app_commands.command()
    @app_commands.describe(note_id="The note to take out of use")
    @app_commands.rename(note_id="id")
    @app_commands.autocomplete(note_id=suggest_ids)
    async def retire(self, interaction: Interaction, note_id: NoteId) -> None:
        """Take a note out of use; replies already posted are edited to say so."""
        if await is_refused(interaction, Right.CURATOR):
            return
        require(await find_head(interaction, note_id), Act.RETIRE)

        async def take(then: Interaction, typed: Typed) -> None:
            await hold(then)
            library, reason = then.client.services.library, typed["reason"]
            await library.retire(server_of(then), note_id, actor_id=then.user.id, reason=reason)
            later = await put_in_use(then.client)
            await put(
                then, box(f"The note `{note_id}` is retired. Replies that stand on it are edited to say so.{later}")
            )

        await interaction.response.send_modal(KeptForm(f"Retire {note_id}", [reason_field()], take))

    @app_commands.command(name="test")
    @app_commands.describe(note_id="The note to test")
    @app_commands.rename(note_id="id")
    @app_commands.autocomplete(note_id=suggest_ids)
    async def test_(self, interaction: Interaction, note_id: NoteId) -> None:
        """Run a note's scope test: its paraphrases must match, its look-alikes must not."""
        if await is_refused(interaction, Right.CURATOR):
            return
        await defer(interaction)
        newest = await find_revision(interaction, note_id)
        report = await test_scope(self._bot, server_of(interaction), newest.note)
        verdict = "Passed." if report.passed(note_id) else "Failed."
        lines = [verdict, *report_lines(report, note_id)]
        await show(interaction, paged(f"Scope test of {_title(newest)}", lines, size=LINES))


def _confirm_view(newest: Revision, lines: Sequence[str]) -> View:
    """Return what is to be approved, with the button that approves that revision and no other."""

    async def confirm(interaction: Interaction) -> None:
        await hold(interaction)
        server, note_id = server_of(interaction), newest.note.id
        library = interaction.client.services.library
        approval = await library.approve(server, note_id, newest.number, actor_id=interaction.user.id)
        later = await put_in_use(interaction.client) if approval.is_active_now else ""
        approvals = (await library.rules(server)).approvals
        await put(interaction, box(f"### {_title(newest)}\n{_outcome(approval.head, newest.number, approvals)}{later}"))

    row: Row = discord.ui.ActionRow()
    row.add_item(CuratorButton(f"Approve revision {newest.number}", confirm, is_main=True))
    return box("\n".join([f"### {_title(newest)}", *lines]), row)


def _outcome(head: NoteHead, number: int, approvals: int) -> str:
    if head.served == number and head.state is NoteState.ACTIVE:
        return f"Revision {number} is in force now. Replies that stand on an older text are edited."
    return _approved_so_far(head, approvals)


def _approved_so_far(head: NoteHead, approvals: int) -> str:
    names = ", ".join(f"<@{curator}>" for curator in head.approved_by)
    return f"Approvals: {len(head.approved_by)} of {approvals}{f' ({names})' if names else ''}."


def _title(revision: Revision) -> str:
    return f"`{revision.note.id}`, revision {revision.number}"
