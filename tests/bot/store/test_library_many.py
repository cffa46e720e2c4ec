"""Many notes at once: an import of drafts is whole or not there, and the newest texts come in one reading."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.domain import NoteState
from bot.core.errors import BadInput
from tests.bot.core.samples import make_note
from tests.bot.store.values import GUILD, audited

A, B, C = (make_note(letter) for letter in "abc")


async def keep(library, *edits):
    """Keep notes as an import does."""
    await library.save_all(GUILD, edits, author_id=5, reason="Imported")


async def test_save_all_then_keeps_new_notes_and_edits_as_save_does(store, path):
    library = store.library
    await keep(library, (A, None), (B, None))
    await library.take_in(GUILD, [C], actor_id=9, reason="pack")
    changed = [replace(note, would_change="Another document.") for note in (B, C)]
    await keep(library, (changed[0], 1), (changed[1], 1))
    heads = {head.note_id: (head.state, head.revision, head.served) for head in await library.heads(GUILD)}
    assert heads == {
        "a": (NoteState.DRAFT, 1, None),
        "b": (NoteState.DRAFT, 2, None),
        "c": (NoteState.ACTIVE, 2, 1),
    }
    assert (await library.revision(GUILD, "a")).reason == "Imported"
    assert audited(path).count("notes-saved") == 2


@pytest.mark.parametrize("edits", [[(C, None), (A, None)], [(C, None), (A, 2)], [(C, None), (B, 1)], [(C, None)] * 2])
async def test_save_all_when_one_note_cannot_be_kept_then_keeps_none(library, edits):
    await keep(library, (A, None))
    with pytest.raises(BadInput):
        await keep(library, *edits)
    assert [head.note_id for head in await library.heads(GUILD)] == ["a"]
    assert (await library.revision(GUILD, "a")).number == 1


async def test_newest_then_is_what_revision_returns_for_each_note_of_this_server(library):
    await library.put_rules(replace(await library.rules(GUILD), approvals=2), actor_id=9)
    await keep(library, (B, None), (A, None))
    await library.save_all(GUILD + 1, [(C, None)], author_id=5, reason="elsewhere")
    await keep(library, (replace(A, would_change="Another document."), 1))
    await library.submit(GUILD, "a", actor_id=5)
    await library.approve(GUILD, "a", 2, actor_id=6)
    newest = await library.newest(GUILD)
    assert list(newest) == ["a", "b"]
    assert newest == {note_id: await library.revision(GUILD, note_id) for note_id in "ab"}
    assert newest["a"].approved_by == (6,)
    assert await library.newest(GUILD + 2) == {}
