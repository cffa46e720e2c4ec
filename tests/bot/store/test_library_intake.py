"""Notes put in force at once: the starter pack and trusted imports, small and large."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.domain import NoteState
from bot.core.errors import BadInput, NoteInvalid
from bot.store import check
from tests.bot.core.samples import NOTE, make_note
from tests.bot.store.values import GUILD, KEY, audited, standing

MANY = 500


def generated(count: int):
    """Notes that differ in id, claim and text."""
    notes = (make_note(f"claim-{number:05}") for number in range(count))
    return tuple(
        replace(
            note,
            claim=replace(note.claim, text=f"Claim {number} is so.", paraphrases=(f"So is claim {number}.",)),
            would_change=f"Document {number}.",
        )
        for number, note in enumerate(notes)
    )


async def take(library, *notes, guild_id: int = GUILD):
    """Take the notes in as an admin."""
    return await library.take_in(guild_id, notes, actor_id=9, reason="import")


async def test_take_in_of_many_then_all_are_served_exactly_as_they_were(store, url, path):
    notes = generated(MANY)
    assert await take(store.library, *notes) == MANY
    assert await store.library.served() == {GUILD: notes}
    assert await take(store.library, *notes) == 0
    assert audited(path) == ["notes-taken-in"] * 2
    head = await store.library.head(GUILD, "claim-00007")
    assert (head.state, head.revision, head.served, head.claim) == (NoteState.ACTIVE, 1, 1, "Claim 7 is so.")


async def test_take_in_then_only_what_differs_gets_a_new_revision(library):
    first, second, third = generated(3)
    await take(library, first, second)
    changed = replace(second, would_change="Another document.")
    assert await take(library, first, changed, third) == 2
    assert [(head.note_id, head.revision, head.served) for head in await library.heads(GUILD)] == [
        (first.id, 1, 1),
        (second.id, 2, 2),
        (third.id, 1, 1),
    ]
    kept = await library.revision(GUILD, second.id)
    assert (kept.note, kept.author_id, kept.reason) == (changed, 9, "import")


@pytest.mark.parametrize("end", ["retired", "draft", "edited"])
async def test_take_in_of_the_same_text_then_a_curators_later_decision_stands(library, end):
    if end == "draft":
        await library.save(GUILD, NOTE, author_id=5, reason="new", base=None)
    else:
        await take(library, NOTE)
    if end == "retired":
        await library.retire(GUILD, NOTE.id, actor_id=5, reason="wrong")
    if end == "edited":
        await library.save(GUILD, replace(NOTE, would_change="A letter."), author_id=5, reason="edit", base=1)
    before = await library.head(GUILD, NOTE.id)
    assert await take(library, NOTE) == 0
    assert await library.head(GUILD, NOTE.id) == before


async def test_take_in_of_another_text_of_a_retired_note_then_it_is_in_force(library):
    await take(library, NOTE)
    await library.retire(GUILD, NOTE.id, actor_id=5, reason="wrong")
    better = replace(NOTE, would_change="A letter.")
    assert await take(library, better) == 1
    head = await library.head(GUILD, NOTE.id)
    assert (head.state, head.served, head.retired_because) == (NoteState.ACTIVE, 2, None)
    assert await library.served(GUILD) == {GUILD: (better,)}


@pytest.mark.parametrize("state", [NoteState.DRAFT, NoteState.IN_REVIEW, NoteState.RETIRED])
async def test_take_in_of_a_note_that_is_not_in_force_by_its_own_word_then_it_is_passed_over(library, state):
    assert await take(library, replace(NOTE, state=state), make_note("fine")) == 1
    assert [head.note_id for head in await library.heads(GUILD)] == ["fine"]


@pytest.mark.parametrize(
    ("faulty", "error"), [(make_note("fine"), BadInput), (replace(NOTE, would_change="Two\nlines."), NoteInvalid)]
)
async def test_take_in_when_one_is_at_fault_then_none_is_kept(library, faulty, error):
    with pytest.raises(error):
        await take(library, make_note("fine"), faulty)
    assert await library.heads(GUILD) == ()


async def test_take_in_for_the_first_time_then_replies_from_before_are_left_as_they_are(quick_store, library, clock):
    """After an upgrade the replies of the shared pack stand; the pack's first text in the store changes nothing."""
    await standing(quick_store, 1, (NOTE.id,))
    await take(library, NOTE)
    assert await library.edits_due(clock.now()) == ()


async def test_served_when_servers_have_the_same_text_then_they_share_it_in_memory(library):
    for guild_id in (10, 11):
        await take(library, NOTE, guild_id=guild_id)
    served = await library.served()
    assert served[10][0] is served[11][0]


async def test_served_when_one_text_cannot_be_read_then_the_others_serve_and_check_says_so(store, url):
    await take(store.library, NOTE, make_note("spoilt"))
    spoil = "UPDATE note_revisions SET text = 'nothing' WHERE note_id = 'spoilt'"
    await store._database.write(lambda c: c.exec_driver_sql(spoil))
    assert await store.library.served() == {GUILD: (NOTE,)}
    assert [(line.name, line.text) for line in await check(url, key=KEY) if not line.is_ok] == [
        ("notes", "2 note texts, 1 of them cannot be read.")
    ]
