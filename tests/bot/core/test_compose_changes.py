"""What a posted reply says after a note behind it changed, per claim, within Discord's limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.core.compose import MAX_CHARACTERS, NOT_IN_USE, UNDER_REVIEW, as_text, compose_reply, length
from bot.core.compose_changes import Standing, compose_changed, is_all_retired
from bot.core.domain import NoteState, Point, Reply
from bot.core.moderator_line import with_line
from bot.core.note_ports import Change, NoteHead, ReplyEdit
from bot.core.ports import PostRef, SentReply
from tests.bot.core.samples import NOTE, make_note

TODAY = date(2026, 11, 24)
NOTE_A, NOTE_B = make_note("a"), make_note("b")
WORDS = "they created Daesh"


def edit(change: Change, *claim_ids: str, note_id: str = "a", lead: str = f"About: “{WORDS}”") -> ReplyEdit:
    reply = Reply(10, claim_ids or ("a",), lead, (), "")
    return ReplyEdit(1, SentReply(PostRef(10, 1, 2, 3), 99, reply, (), None), note_id, change, TODAY, 0)


def retired(note_id: str, on: date = TODAY) -> Standing:
    at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    head = NoteHead(1, note_id, NoteState.RETIRED, 2, None, NOTE.claim.text, NOTE.review_due, (), at)
    return Standing(note_id, head, None)


def test_changed_note_then_reply_is_the_new_text_and_ends_with_what_changed():
    changed = replace(NOTE_A, documented=(Point("A newer fact of 2026.", (1,)),))
    reply = compose_changed(edit(Change.CHANGED), [Standing("a", None, changed)], TODAY)
    said = as_text(reply)
    assert "A newer fact of 2026." in said
    assert "pledged allegiance" not in said
    assert reply.sections[-1].lines == ("This note was changed on 2026-11-24.",)
    assert reply.lead == f"About: “{WORDS}”"
    assert compose_reply(10, [(changed, WORDS)]).sections == reply.sections[:-1]


def test_retired_note_then_shrinks_to_the_claim_and_the_date():
    standing = retired("a")
    reply = compose_changed(edit(Change.RETIRED), [standing], TODAY)
    said = as_text(reply)
    assert NOTE.claim.text.rstrip(".") in said
    assert NOT_IN_USE in said
    assert "This note was retired on 2026-11-24; it is kept here for the record." in said
    assert "documented" not in said
    assert "Sources" not in said
    assert "Last reviewed" not in reply.footer
    assert is_all_retired([standing])


@pytest.mark.parametrize(
    ("change", "state", "line", "is_marked"),
    [
        (Change.STALE, NoteState.STALE, "Under review since 2026-11-24.", True),
        (Change.RENEWED, NoteState.ACTIVE, "This note was reviewed again on 2026-11-24.", False),
    ],
)
def test_note_that_aged_or_was_renewed_then_line_and_footer_agree(change, state, line, is_marked):
    reply = compose_changed(edit(change), [Standing("a", None, replace(NOTE_A, state=state))], TODAY)
    assert reply.sections[-1].lines == (line,)
    assert reply.footer.startswith(UNDER_REVIEW) is is_marked


def test_reply_with_a_moderators_line_then_the_line_stays_above_the_sources():
    due = edit(Change.CHANGED)
    spoken = replace(due, sent=replace(due.sent, reply=with_line(due.sent.reply, "Please read rule 3.")))
    said = as_text(compose_changed(spoken, [Standing("a", None, NOTE_A)], TODAY))
    assert said.count("From the moderators: Please read rule 3.") == 1
    assert said.index("rule 3") < said.index("Sources") < said.index("was changed on")


def test_reply_of_several_claims_then_only_the_changed_one_says_so():
    standings = [Standing("a", None, NOTE_A), Standing("b", None, NOTE_B)]
    reply = compose_changed(edit(Change.CHANGED, "a", "b", note_id="b"), standings, TODAY)
    first, second = reply.sections
    assert not any("changed" in line for line in first.lines)
    assert second.lines[-1] == "This note was changed on 2026-11-24."
    assert reply.claim_ids == ("a", "b")


def test_reply_of_several_claims_when_another_was_retired_before_then_still_says_so():
    standings = [retired("a", date(2026, 10, 1)), Standing("b", None, replace(NOTE_B, state=NoteState.STALE))]
    reply = compose_changed(edit(Change.STALE, "a", "b", note_id="b"), standings, TODAY)
    first, second = reply.sections
    assert first.lines[-2:] == (NOT_IN_USE, "This note was retired on 2026-10-01; it is kept here for the record.")
    assert second.lines[-1] == "Under review since 2026-11-24."
    assert not is_all_retired(standings)


def test_reply_whose_words_were_erased_then_still_has_a_lead():
    reply = compose_changed(edit(Change.CHANGED, lead=""), [Standing("a", None, NOTE_A)], TODAY)
    assert reply.lead == "About this post"


def test_long_notes_then_the_last_line_is_kept_within_the_limit():
    long = replace(NOTE_A, documented=tuple(Point("A sentence of some length on the record. " * 12) for _ in range(9)))
    for ids in (("a",), ("a", "b", "c")):
        standings = [Standing(note_id, None, replace(long, claim=make_note(note_id).claim)) for note_id in ids]
        reply = compose_changed(edit(Change.CHANGED, *ids), standings, TODAY)
        assert length(reply) <= MAX_CHARACTERS
        lines = [line for section in reply.sections for line in section.lines]
        assert lines.count("This note was changed on 2026-11-24.") == 1
