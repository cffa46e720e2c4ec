"""Words a reply anew after a note behind it changed or was retired: as the notes are now, and what changed when.

Only the part of the note that changed says so. A retired note shrinks to its claim: what is no longer vouched for is
not repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.compose import Told, fitted
from bot.core.domain import Claim, Note, NoteState, Reply
from bot.core.errors import BadInput
from bot.core.moderator_line import carry_line
from bot.core.note_ports import Change, NoteHead, ReplyEdit
from bot.core.policy import is_overdue

RETIRED_LINE = "This note was retired on {on}; it is kept here for the record."

_LINES = {
    Change.CHANGED: "This note was changed on {on}.",
    Change.RETIRED: RETIRED_LINE,
    Change.STALE: "Under review since {on}.",
    Change.RENEWED: "This note was reviewed again on {on}.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one note of a posted reply stands now. ``note`` is its served text, None where none is served.

    ``head`` is None for a note that the server does not know any more.
    """

    note_id: str
    head: NoteHead | None
    note: Note | None


def compose_changed(edit: ReplyEdit, standings: Sequence[Standing], today: date) -> Reply:
    """Return the reply of an edit that is due, made of the notes as they stand now."""
    told = [Told(_claim(one), one.note, _line(edit, one)) for one in standings]
    overdue = any(one.note is not None and is_overdue(one.note, today) for one in standings)
    reply = fitted(edit.sent.reply.post_id, told, edit.sent.reply.lead, is_overdue=overdue)
    return carry_line(edit.sent.reply, reply)


def compose_now(reply: Reply, notes: Mapping[str, Note], today: date) -> Reply:
    """Return a reply that waited for a moderator, made of the notes as they are now.

    Raises BadInput where a note is not in use any more: nobody may release what is no longer vouched for.
    """
    gone = [claim_id for claim_id in reply.claim_ids if claim_id not in notes]
    if gone:
        raise BadInput(f"The note {gone[0]} is not in use any more, so there is nothing to post; dismiss the card.")
    used = [notes[claim_id] for claim_id in reply.claim_ids]
    overdue = any(is_overdue(note, today) for note in used)
    told = [Told(note.claim, note) for note in used]
    return carry_line(reply, fitted(reply.post_id, told, reply.lead, is_overdue=overdue))


def is_all_retired(standings: Sequence[Standing]) -> bool:
    """Tell whether no note of a reply is in use any more."""
    return all(one.note is None for one in standings)


def _claim(one: Standing) -> Claim:
    if one.note is not None:
        return one.note.claim
    return Claim(one.note_id, one.head.claim if one.head is not None else one.note_id)


def _line(edit: ReplyEdit, one: Standing) -> str:
    """Return what to say of one note: its own change, else what a reader must know of the others all the same."""
    is_own = edit.note_id == one.note_id
    if one.note is None:
        on = edit.changed_on if is_own or one.head is None else one.head.updated_at.date()
        return RETIRED_LINE.format(on=on.isoformat())
    if is_own and edit.change is not Change.RETIRED:
        return _LINES[edit.change].format(on=edit.changed_on.isoformat())
    if one.note.state is NoteState.STALE:
        return _LINES[Change.STALE].format(on=one.note.review_due.isoformat())
    return ""
