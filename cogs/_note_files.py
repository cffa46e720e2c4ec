"""Notes as files in Discord: export as Markdown, zip or a CSV list, and import through a dry run and one click."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from io import BytesIO

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.core.errors import BadInput
from bot.core.escape import plain
from bot.core.note_exchange import exported_revision, file_for, list_as_csv, pack
from bot.core.note_format import parse_note
from bot.core.note_import import ImportPlan, is_same_text, parse_all, plan_import, read_zip
from bot.core.note_intake import MAX_ZIP_BYTES
from bot.core.note_ports import Revision
from bot.core.notes import MAX_NOTE_BYTES, note_text
from cogs._answers import CALL_ERRORS, Interaction, defer, show
from cogs._guards import Right, is_refused
from cogs._note_access import MAX_ID, NoteId, find_revision, server_of, suggest_ids
from cogs._note_parts import CuratorButton, Row, View, box, hold, put

SHOWN_IDS = 15
IMPORTED = "Imported from a file"
_FORMATS = [
    app_commands.Choice(name="the notes, as Markdown", value="notes"),
    app_commands.Choice(name="a list, as CSV for spreadsheets", value="csv"),
]


class NoteFiles(commands.Cog):
    """The part of ``/note`` that moves notes in and out. What comes in is a draft, whatever the file says."""

    _bot: FootnoteBot

    @app_commands.command()
    @app_commands.describe(note_id="One note; all without it", form="What to write")
    @app_commands.rename(note_id="id", form="as")
    @app_commands.autocomplete(note_id=suggest_ids)
    @app_commands.choices(form=_FORMATS)
    async def export(self, interaction: Interaction, note_id: NoteId | None = None, form: str = "notes") -> None:
        """Write notes to a file: to edit them elsewhere, to keep them, or to take them to another server."""
        if await is_refused(interaction, Right.CURATOR):
            return
        await defer(interaction)
        kept = await self._kept(interaction, note_id)
        server = server_of(interaction)
        if form == "csv":
            name, data = "notes.csv", list_as_csv([one.note for one in kept]).encode()
        elif note_id is not None:
            name, data = f"{note_id}.md", file_for(kept[0], server).encode()
        else:
            name, data = "notes.zip", await asyncio.to_thread(pack, kept, server)
        limit = interaction.guild.filesize_limit if interaction.guild else 0
        if len(data) > limit:
            raise BadInput(
                "The file is larger than Discord takes here. Export notes one by one, or ask the bot's operator."
            )
        view = box(f"{len(kept)} {'note' if len(kept) == 1 else 'notes'}, each in its newest text.")
        view.add_item(discord.ui.File(f"attachment://{name}"))
        await interaction.edit_original_response(view=view, attachments=[discord.File(BytesIO(data), name)])

    @app_commands.command(name="import")
    @app_commands.describe(file="A note (.md) or several in a .zip, as /note export writes them")
    async def import_(self, interaction: Interaction, file: discord.Attachment) -> None:
        """Read notes from a file; you see first what would change, and nothing is in force before it is approved."""
        if await is_refused(interaction, Right.CURATOR):
            return
        _require_size(file)
        await defer(interaction)
        texts = await _texts(file)
        plan = await self._plan(interaction, texts)
        await show(interaction, _plan_view(plan))

    async def _kept(self, interaction: Interaction, note_id: str | None) -> list[Revision]:
        """Return the newest text of one note, or of all. Raises BadInput when there is none, StoreUnavailable."""
        if note_id is not None:
            return [await find_revision(interaction, note_id)]
        library, server = self._bot.services.library, server_of(interaction)
        found = [await library.revision(server, head.note_id) for head in await library.heads(server)]
        if not found:
            raise BadInput("There are no notes here to export. `/note add` writes one.")
        return [one for one in found if one is not None]

    async def _plan(self, interaction: Interaction, texts: dict[str, str]) -> ImportPlan:
        """Return what the file would do here. Raises NoteInvalid, BadInput, StoreUnavailable."""
        notes = await asyncio.to_thread(parse_all, texts)
        if too_long := next((note_id for note_id in notes if len(note_id) > MAX_ID), None):
            raise BadInput(f"The id {too_long[:MAX_ID]}… is too long; keep it to {MAX_ID} characters.")
        library, server = self._bot.services.library, server_of(interaction)
        current: dict[str, Revision] = {}
        exported: dict[str, int] = {}
        untouched: set[str] = set()
        for note_id, note in notes.items():
            newest = await library.revision(server, note_id)
            number = exported_revision(texts[f"{note_id}.md"], server)
            written = await library.revision(server, note_id, number) if newest and number else None
            current |= {note_id: newest} if newest else {}
            exported |= {note_id: written.number} if written else {}
            untouched |= {note_id} if written and is_same_text(written.note, note) else set()
        return plan_import(texts, current, exported, untouched)


def _require_size(file: discord.Attachment) -> None:
    """Refuse a file by its name and size, before a byte of it is fetched. Raises BadInput."""
    limits = {".md": MAX_NOTE_BYTES, ".zip": MAX_ZIP_BYTES}
    limit = next((size for ending, size in limits.items() if file.filename.lower().endswith(ending)), None)
    if limit is None:
        raise BadInput("Attach a note as .md or several as .zip, as `/note export` writes them.")
    if file.size > limit:
        raise BadInput(f"The file is too large; keep it under {limit // 1024} KiB, or import the notes in parts.")


async def _texts(file: discord.Attachment) -> dict[str, str]:
    """Return the notes' texts by file name; one note alone may be named anything. Raises BadInput, NoteInvalid."""
    try:
        data = await file.read()
    except CALL_ERRORS:
        raise BadInput("Discord did not hand over the file. Please attach it again.") from None
    if file.filename.lower().endswith(".zip"):
        texts = await asyncio.to_thread(read_zip, data)
        if not texts:
            raise BadInput("The zip holds no note. Pack the .md files that `/note export` writes.")
        return texts
    text = note_text(data, file.filename)
    return {f"{parse_note(text, file.filename).id}.md": text}


def _plan_view(plan: ImportPlan) -> View:
    """Return what an import would do, with the button that does it."""
    parts = {
        "new": [note.id for note in plan.new],
        "changed": [edit.note.id for edit in plan.changed],
        "the same as here": plan.same,
        "unchanged since an export that is older than the text here": plan.behind,
        "in conflict: changed in the file and here since the export. Export again and put the change in that": [
            conflict.note.id for conflict in plan.conflicts
        ],
    }
    lines = ["### What the import would do", *(_part_line(name, ids) for name, ids in parts.items() if ids)]
    if plan.is_empty:
        return box("\n".join([*lines, "There is nothing to save."]))
    lines.append("New notes become drafts. A note in force stays as it is until its change is approved.")
    row: Row = discord.ui.ActionRow()
    row.add_item(
        CuratorButton(f"Import {len(plan.new) + len(plan.changed)}", partial(_carry_out, plan=plan), is_main=True)
    )
    return box("\n".join(lines), row)


async def _carry_out(interaction: Interaction, *, plan: ImportPlan) -> None:
    """Save what the plan names; a note that moved on meanwhile is left alone and named. Raises StoreUnavailable."""
    await hold(interaction)
    saved: list[str] = []
    refused: list[str] = []
    library, server, actor = interaction.client.services.library, server_of(interaction), interaction.user.id
    pairs = [*((note, None) for note in plan.new), *((edit.note, edit.base) for edit in plan.changed)]
    for note, base in pairs:
        try:
            await library.save(server, note, author_id=actor, reason=IMPORTED, base=base)
            saved.append(note.id)
        except BadInput as error:
            refused.append(str(error))
    lines = ["### Import", _part_line("saved", saved) if saved else "Nothing was saved."]
    await put(interaction, box("\n".join([*lines, *(f"- {plain(sentence)}" for sentence in refused[:SHOWN_IDS])])))


def _part_line(name: str, ids: Sequence[str]) -> str:
    shown = ", ".join(f"`{note_id}`" for note_id in ids[:SHOWN_IDS])
    more = f" and {len(ids) - SHOWN_IDS} more" if len(ids) > SHOWN_IDS else ""
    return f"**{len(ids)} {name}**: {shown}{more}"
