"""``/note export | import``: what goes out comes back, and what comes in is a draft or refused."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import replace
from io import BytesIO, StringIO

import pytest
import simcord

from bot.core.domain import NoteState
from bot.core.errors import AppError
from bot.core.note_format import parse_note, render_note
from bot.core.note_intake import MAX_ZIP_BYTES
from tests.bot.core.samples import NOTE, make_note
from tests.cogs.conftest import World, text_of
from tests.cogs.curating import Curator, head_of, state_of


@pytest.fixture
def curator(world: World) -> Curator:
    return Curator(world, world.mod)


async def keep(world: World, *notes: object, base: int | None = None) -> None:
    for note in notes:
        await world.bot.services.library.save(world.guild.id, note, author_id=1, reason="Test", base=base)


async def exported(curator: Curator, **options: object) -> tuple[str, bytes]:
    """The name and bytes of what an export attaches."""
    result = await curator.slash("note export", **options)
    assert result.ephemeral
    (file,) = result.response.attachments
    return file.filename, await file.read()


async def import_file(curator: Curator, name: str, data: bytes) -> simcord.InteractionResult:
    return await curator.slash("note import", file=(name, data))


def packed(**texts: str) -> bytes:
    """A zip of these files."""
    into = BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
    return into.getvalue()


async def test_export_of_one_note_then_is_its_file(world: World, curator: Curator):
    await keep(world, NOTE)
    name, data = await exported(curator, id=NOTE.id)
    assert name == f"{NOTE.id}.md"
    assert parse_note(data.decode()) == replace(NOTE, state=NoteState.DRAFT)


async def test_export_of_all_then_is_a_zip_that_imports_as_the_same(world: World, curator: Curator):
    await keep(world, NOTE, make_note("another"))
    name, data = await exported(curator)
    assert name == "notes.zip"
    result = await import_file(curator, name, data)
    assert "4 the same as here" in text_of(result.response)
    assert "nothing to save" in text_of(result.response)


async def test_export_as_csv_then_no_cell_is_a_formula(world: World, curator: Curator):
    await keep(world, replace(NOTE, claim=replace(NOTE.claim, text="=1+1 is what they pay us.")))
    name, data = await exported(curator, **{"as": "csv"})
    rows = {row["id"]: row for row in csv.DictReader(StringIO(data.decode(), newline=""))}
    assert name == "notes.csv"
    assert rows[NOTE.id]["claim"] == "'=1+1 is what they pay us."
    assert rows["moon-base"]["state"] == "active"


async def test_import_when_confirmed_then_new_notes_are_drafts(world: World, curator: Curator):
    """Whatever the file says of its state."""
    result = await import_file(curator, "my note (1).md", render_note(NOTE).encode())
    assert f"**1 new**: `{NOTE.id}`" in text_of(result.response)
    assert await state_of(world, NOTE.id) is None
    await world.mod.click(result.response, label="Import 1")
    assert "1 saved" in text_of(result.response)
    assert await state_of(world, NOTE.id) is NoteState.DRAFT


async def test_import_of_a_note_in_force_then_waits_for_approval(world: World, curator: Curator):
    _, data = await exported(curator, id="moon-base")
    changed = data.decode().replace("A dated document would.", "A dated document would change this note.")
    result = await import_file(curator, "moon-base.md", changed.encode())
    assert "**1 changed**: `moon-base`" in text_of(result.response)
    await world.mod.click(result.response, label="Import 1")
    head = await head_of(world, "moon-base")
    assert (head.state, head.served, head.revision) == (NoteState.ACTIVE, 1, 2)


async def test_import_when_both_sides_moved_on_then_is_in_conflict(world: World, curator: Curator):
    await keep(world, NOTE)
    _, data = await exported(curator, id=NOTE.id)
    await keep(world, replace(NOTE, would_change="Their change."), base=1)
    ours = data.decode().replace(NOTE.would_change, "Our change.")
    said = text_of((await import_file(curator, f"{NOTE.id}.md", ours.encode())).response)
    assert "1 in conflict" in said
    assert "nothing to save" in said
    behind = text_of((await import_file(curator, f"{NOTE.id}.md", data)).response)
    assert "older than the text here" in behind


async def test_import_when_a_note_moved_on_before_the_click_then_is_left_alone(world: World, curator: Curator):
    await keep(world, NOTE)
    texts = {
        f"{NOTE.id}.md": render_note(replace(NOTE, would_change="Ours.")),
        "new-one.md": render_note(make_note("new-one")),
    }
    result = await import_file(curator, "notes.zip", packed(**texts))
    await keep(world, replace(NOTE, would_change="Theirs."), base=1)
    await world.mod.click(result.response, label="Import 2")
    assert "1 saved" in text_of(result.response)
    assert "newer text" in text_of(result.response)
    kept = await world.bot.services.library.revision(world.guild.id, NOTE.id)
    assert kept.note.would_change == "Theirs."


HOSTILE = [
    ("notes.exe", b"MZ", ".md or several as .zip"),
    ("note.md", b"x" * 70_000, "too large"),
    ("notes.zip", b"x" * (MAX_ZIP_BYTES + 1), "too large"),
    ("notes.zip", b"PK not at all", "not a zip"),
    ("notes.zip", packed(), "holds no note"),
    ("notes.zip", packed(**{"../../etc/a.md": render_note(NOTE)}), "leads out of it"),
    ("notes.zip", packed(**{"a.md": "x" * 70_000}), "too large"),
    ("notes.zip", packed(**{"other-name.md": render_note(NOTE)}), "same name"),
    ("note.md", b"\xff\xfe+\x00+\x00", "not UTF-8"),
    ("note.md", b"no front matter", "front matter"),
    ("note.md", b"+++\nid = " + b"[" * 10_000, "+++"),
    ("note.md", render_note(NOTE).replace('id = "', 'id = "../').encode(), "no claim id"),
    ("note.md", render_note(make_note("a" * 81)).encode(), "too long"),
    ("note.md", render_note(NOTE).replace("state =", 'status = "contested"\nstate =').encode(), "not valid TOML"),
]


async def test_import_when_the_file_is_hostile_then_is_refused_in_one_sentence(world: World, curator: Curator):
    """One world for all of them: each leaves the notes as they were."""
    for name, data, says in HOSTILE:
        result = await import_file(curator, name, data)
        assert result.ephemeral
        assert says in text_of(result.response), says
    assert all(isinstance(error.original, AppError) for error in world.env.errors)
    assert len(world.env.errors) == len(HOSTILE)
    assert len(await world.bot.services.library.heads(world.guild.id)) == 2


async def test_import_when_a_file_is_too_large_then_is_not_fetched(world: World, curator: Curator):
    await import_file(curator, "note.md", b"x" * 70_000)
    assert [one.path for one in world.env.http_requests if "attachments" in one.path] == []
    assert len(world.env.errors) == 1
