"""A note's life in the store: drafts, approvals of different curators, clicks at once, retirement, and two servers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.core.domain import NoteState
from bot.core.errors import BadInput, NoteInvalid
from bot.core.note_ports import NoteRules, Pack
from bot.core.notes import MAX_NOTE_BYTES
from tests.bot.core.samples import NOTE, make_note
from tests.bot.store.values import GUILD, audited, in_force

ID = NOTE.id
OTHER = 11
ANNA, BERT, CLEO = 5, 6, 7


def worded(text: str, **changes: object):
    """The sample note with another last sentence."""
    return replace(NOTE, would_change=text, **changes)


async def in_review(library, guild_id: int = GUILD, note=NOTE):
    """Save a new note and take it to review."""
    await library.save(guild_id, note, author_id=ANNA, reason="new", base=None)
    return await library.submit(guild_id, note.id, actor_id=ANNA)


async def active(library, guild_id: int = GUILD, note=NOTE):
    """Take a note through two approvals."""
    await in_review(library, guild_id, note)
    await library.approve(guild_id, note.id, 1, actor_id=ANNA)
    return (await library.approve(guild_id, note.id, 1, actor_id=BERT)).head


async def test_save_when_new_then_a_draft_that_serves_nobody(library, clock):
    head = await library.save(GUILD, NOTE, author_id=ANNA, reason="asked for in /requests", base=None)
    assert (head.state, head.revision, head.served) == (NoteState.DRAFT, 1, None)
    assert (head.claim, head.review_due, head.updated_at) == (NOTE.claim.text, NOTE.review_due, clock.now())
    kept = await library.revision(GUILD, ID)
    assert kept.note == replace(NOTE, state=NoteState.DRAFT)
    assert (kept.number, kept.author_id, kept.reason, kept.at) == (1, ANNA, "asked for in /requests", clock.now())
    assert await library.served() == {}
    assert await library.served(GUILD) == {GUILD: ()}


async def test_approve_by_two_curators_then_it_is_served_with_the_second(library):
    await in_review(library)
    first = await library.approve(GUILD, ID, 1, actor_id=ANNA)
    assert (first.is_active_now, first.head.state, first.head.approved_by) == (False, NoteState.IN_REVIEW, (ANNA,))
    again = await library.approve(GUILD, ID, 1, actor_id=ANNA)
    assert again == first
    second = await library.approve(GUILD, ID, 1, actor_id=BERT)
    assert (second.is_active_now, second.head.state, second.head.served) == (True, NoteState.ACTIVE, 1)
    assert await library.served() == {GUILD: (NOTE,)}
    with pytest.raises(BadInput, match="in force already"):
        await library.approve(GUILD, ID, 1, actor_id=CLEO)
    assert (await library.revision(GUILD, ID)).approved_by == (ANNA, BERT)


async def test_approve_where_one_is_enough_then_the_first_click_serves_it(library):
    await library.put_rules(NoteRules(GUILD, approvals=1), actor_id=9)
    await in_review(library)
    assert (await library.approve(GUILD, ID, 1, actor_id=ANNA)).is_active_now


async def test_approve_again_once_one_is_enough_then_the_approval_given_before_counts(library):
    await in_review(library)
    await library.approve(GUILD, ID, 1, actor_id=ANNA)
    await library.put_rules(NoteRules(GUILD, approvals=1), actor_id=9)
    again = await library.approve(GUILD, ID, 1, actor_id=ANNA)
    assert (again.is_active_now, again.head.approved_by) == (True, (ANNA,))


async def test_approve_when_two_click_at_once_then_exactly_one_puts_it_in_force(store, path):
    library = store.library
    rounds = [make_note(f"claim-{number}") for number in range(12)]
    for note in rounds:
        await in_review(library, note=note)
    for note in rounds:
        clicks = (library.approve(GUILD, note.id, 1, actor_id=curator) for curator in (ANNA, BERT))
        answers = await asyncio.gather(*clicks)
        assert sorted(answer.is_active_now for answer in answers) == [False, True]
    assert audited(path).count("note-in-force") == len(rounds)
    assert len((await library.served())[GUILD]) == len(rounds)


async def test_approve_when_three_click_at_once_in_two_servers_then_one_each_and_the_third_is_told(library):
    rounds = [make_note(f"claim-{number}") for number in range(20)]
    for note in rounds:
        for guild_id in (GUILD, OTHER):
            await in_review(library, guild_id, note)
        clicks = [
            library.approve(guild_id, note.id, 1, actor_id=curator)
            for curator in (ANNA, BERT, CLEO)
            for guild_id in (GUILD, OTHER)
        ]
        answers = await asyncio.gather(*clicks, return_exceptions=True)
        for own in (answers[0::2], answers[1::2]):
            assert sorted(answer.is_active_now for answer in own if not isinstance(answer, BadInput)) == [False, True]
            assert sum(isinstance(answer, BadInput) for answer in own) == 1
    assert {guild_id: len(notes) for guild_id, notes in (await library.served()).items()} == {GUILD: 20, OTHER: 20}


async def test_approve_and_save_at_once_then_nothing_unread_is_approved(library):
    """Whichever comes first: the edit takes the approvals with it, or the click is told there is a newer text."""
    for number in range(20):
        note = make_note(f"claim-{number}")
        await in_review(library, note=note)
        await library.approve(GUILD, note.id, 1, actor_id=ANNA)
        edit = library.save(GUILD, replace(note, would_change="An edit."), author_id=CLEO, reason="edit", base=1)
        click = library.approve(GUILD, note.id, 1, actor_id=BERT)
        pair = (edit, click) if number % 2 else (click, edit)
        answers = await asyncio.gather(*pair, return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, BadInput)]
        head = await library.head(GUILD, note.id)
        if refused:
            assert "newer text" in str(refused[0])
            assert (head.state, head.served, head.approved_by) == (NoteState.DRAFT, None, ())
        else:
            assert (head.state, head.served, head.revision, head.approved_by) == (NoteState.ACTIVE, 1, 2, ())


async def test_save_when_two_wrote_from_the_same_text_then_the_second_is_told(library):
    await library.save(GUILD, NOTE, author_id=ANNA, reason="new", base=None)
    edits = (
        library.save(GUILD, worded(f"Edit of {author}."), author_id=author, reason="edit", base=1)
        for author in (BERT, CLEO)
    )
    answers = await asyncio.gather(*edits, return_exceptions=True)
    [refused] = [answer for answer in answers if isinstance(answer, BadInput)]
    assert "newer text" in str(refused)
    assert [kept.number for kept in await library.revisions(GUILD, ID)] == [2, 1]


async def test_save_of_an_active_note_then_the_served_text_stays_until_the_edit_is_approved(library):
    await active(library)
    edit = worded("A letter.", review_due=date(2028, 1, 1))
    head = await library.save(GUILD, edit, author_id=CLEO, reason="new letter", base=1)
    assert (head.state, head.revision, head.served, head.approved_by) == (NoteState.ACTIVE, 2, 1, ())
    assert head.is_edit_waiting
    assert head.review_due == NOTE.review_due
    assert await library.served(GUILD) == {GUILD: (NOTE,)}
    with pytest.raises(BadInput, match="in review already"):
        await library.submit(GUILD, ID, actor_id=CLEO)
    with pytest.raises(BadInput, match="newer text"):
        await library.approve(GUILD, ID, 1, actor_id=CLEO)
    assert not (await library.approve(GUILD, ID, 2, actor_id=ANNA)).is_active_now
    assert (await library.approve(GUILD, ID, 2, actor_id=CLEO)).head.review_due == date(2028, 1, 1)
    assert await library.served(GUILD) == {GUILD: (edit,)}


async def test_save_of_a_note_in_review_then_it_is_a_draft_without_the_approvals(library):
    await in_review(library)
    await library.approve(GUILD, ID, 1, actor_id=ANNA)
    head = await library.save(GUILD, worded("A letter."), author_id=BERT, reason="clearer", base=1)
    assert (head.state, head.revision, head.approved_by) == (NoteState.DRAFT, 2, ())
    with pytest.raises(BadInput, match="submit it for review"):
        await library.approve(GUILD, ID, 2, actor_id=ANNA)
    newest, oldest = await library.revisions(GUILD, ID)
    assert (newest.approved_by, oldest.approved_by) == ((), (ANNA,))


async def test_retire_then_it_serves_nobody_until_it_went_through_review_again(library):
    await active(library)
    head = await library.retire(GUILD, ID, actor_id=CLEO, reason="the report was withdrawn")
    assert (head.state, head.served, head.retired_because) == (NoteState.RETIRED, None, "the report was withdrawn")
    assert await library.served() == {}
    for act in (library.retire(GUILD, ID, actor_id=CLEO, reason="x"), library.submit(GUILD, ID, actor_id=CLEO)):
        with pytest.raises(BadInput):
            await act
    head = await library.save(GUILD, worded("A letter."), author_id=ANNA, reason="new report", base=1)
    assert (head.state, head.served, head.retired_because) == (NoteState.DRAFT, None, None)
    await library.submit(GUILD, ID, actor_id=ANNA)
    await library.approve(GUILD, ID, 2, actor_id=ANNA)
    assert (await library.approve(GUILD, ID, 2, actor_id=BERT)).head.served == 2


async def test_every_revision_is_kept_with_author_reason_and_time(library, clock):
    await active(library)
    for number in (1, 2, 3):
        clock.advance(timedelta(days=1))
        edit = worded(f"Text {number}.")
        await library.save(GUILD, edit, author_id=ANNA + number, reason=f"reason {number}", base=number)
    kept = await library.revisions(GUILD, ID)
    assert [(one.number, one.author_id, one.reason, one.note.would_change) for one in kept] == [
        (4, 8, "reason 3", "Text 3."),
        (3, 7, "reason 2", "Text 2."),
        (2, 6, "reason 1", "Text 1."),
        (1, ANNA, "new", NOTE.would_change),
    ]
    assert [one.at for one in kept] == sorted((one.at for one in kept), reverse=True)
    assert await library.revision(GUILD, ID, 2) == kept[2]
    assert await library.revision(GUILD, ID, 9) is None
    assert await library.revision(OTHER, ID) is None


async def test_two_servers_with_one_note_then_neither_sees_the_other(library):
    await active(library, GUILD)
    await active(library, OTHER)
    await library.retire(OTHER, ID, actor_id=ANNA, reason="not here")
    await library.save(GUILD, make_note("another"), author_id=ANNA, reason="new", base=None)
    assert [head.note_id for head in await library.heads(OTHER)] == [ID]
    assert [head.note_id for head in await library.heads(GUILD)] == ["another", ID]
    assert [head.note_id for head in await library.heads(GUILD, [NoteState.DRAFT])] == ["another"]
    assert await library.heads(GUILD, []) == ()
    assert await library.served() == {GUILD: (NOTE,)}
    assert await library.servers() == (GUILD, OTHER)


@pytest.mark.parametrize("act", ["submit", "approve", "retire", "save"])
async def test_act_on_a_note_that_is_not_there_then_one_sentence(library, act):
    await active(library, OTHER)
    acts = {
        "submit": lambda: library.submit(GUILD, ID, actor_id=ANNA),
        "approve": lambda: library.approve(GUILD, ID, 1, actor_id=ANNA),
        "retire": lambda: library.retire(GUILD, ID, actor_id=ANNA, reason="x"),
        "save": lambda: library.save(GUILD, NOTE, author_id=ANNA, reason="x", base=1),
    }
    with pytest.raises(BadInput, match=f"no note {ID} here"):
        await acts[act]()
    assert await library.heads(GUILD) == ()


async def test_save_under_an_id_that_is_taken_then_one_sentence(library):
    await active(library)
    with pytest.raises(BadInput, match="already"):
        await library.save(GUILD, worded("Mine."), author_id=CLEO, reason="new", base=None)
    assert len(await library.revisions(GUILD, ID)) == 1


@pytest.mark.parametrize(
    ("note", "fault"),
    [
        (worded("Two\nlines."), NoteInvalid),
        (replace(NOTE, claim=replace(NOTE.claim, paraphrases=("x" * 1000,) * (MAX_NOTE_BYTES // 1000))), BadInput),
    ],
)
async def test_save_of_what_no_file_could_hold_then_nothing_is_kept(library, note, fault):
    with pytest.raises(fault):
        await library.save(GUILD, note, author_id=ANNA, reason="new", base=None)
    assert await library.heads(GUILD) == ()


async def test_rules_then_the_defaults_until_said_otherwise(store, path):
    library = store.library
    assert await library.rules(GUILD) == NoteRules(GUILD, 2, None, Pack.UNDECIDED)
    wanted = NoteRules(GUILD, 1, 77, Pack.DECLINED)
    await library.put_rules(replace(wanted, pack=Pack.TAKE), actor_id=9)
    await library.put_rules(wanted, actor_id=9)
    assert await library.rules(GUILD) == wanted
    assert await library.rules(OTHER) == NoteRules(OTHER)
    with pytest.raises(BadInput):
        await library.put_rules(replace(wanted, approvals=3), actor_id=9)
    assert await library.rules(GUILD) == wanted
    assert audited(path) == ["note-rules-set"] * 2


async def test_servers_with_one_answer_about_the_pack(library):
    await in_force(library, NOTE, guild_id=13)
    for guild_id, answer in ((12, Pack.TAKE), (10, Pack.TAKE), (11, Pack.DECLINED)):
        await library.put_rules(NoteRules(guild_id, pack=answer), actor_id=9)
    assert await library.servers() == (10, 11, 12, 13)
    assert await library.servers(Pack.TAKE) == (10, 12)
    assert await library.servers(Pack.TAKEN) == ()


async def test_mark_stale_then_overdue_notes_of_every_server_once_and_they_still_serve(library):
    due = NOTE.review_due
    for guild_id in (GUILD, OTHER):
        await in_force(library, NOTE, guild_id)
    await in_force(library, make_note("later", review_due=due + timedelta(days=1)))
    await library.save(GUILD, make_note("draft"), author_id=ANNA, reason="new", base=None)
    assert await library.mark_stale(due) == ()
    stale = await library.mark_stale(due + timedelta(days=1))
    assert [(head.guild_id, head.note_id, head.state) for head in stale] == [
        (GUILD, ID, NoteState.STALE),
        (OTHER, ID, NoteState.STALE),
    ]
    assert await library.mark_stale(due + timedelta(days=1)) == ()
    assert (await library.served(OTHER))[OTHER] == (replace(NOTE, state=NoteState.STALE),)


async def test_approve_of_a_renewed_stale_note_then_it_is_active_again(library):
    await in_force(library, NOTE)
    await library.mark_stale(NOTE.review_due + timedelta(days=1))
    renewed = replace(NOTE, reviewed_on=date(2027, 6, 1), review_due=date(2027, 12, 1))
    head = await library.save(GUILD, renewed, author_id=ANNA, reason="read again", base=1)
    assert (head.state, head.served) == (NoteState.STALE, 1)
    await library.approve(GUILD, ID, 2, actor_id=ANNA)
    head = (await library.approve(GUILD, ID, 2, actor_id=BERT)).head
    assert (head.state, head.review_due) == (NoteState.ACTIVE, date(2027, 12, 1))
    assert await library.served() == {GUILD: (renewed,)}


async def test_life_of_a_note_is_in_the_audit(store, path):
    await active(store.library)
    await store.library.retire(GUILD, ID, actor_id=CLEO, reason="secret words")
    assert audited(path) == ["note-saved", "note-submitted", "note-approved", "note-in-force", "note-retired"]
