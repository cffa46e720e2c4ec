"""The life of a note as pure rules: which state allows what, what an approval leads to, and what a new text changes.

draft -> in review -> active -> stale -> retired. An active or stale note keeps its served text while an edit of it
waits for approval. Who is a curator is ``cogs/_guards``' to say; keeping all this is the store's.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum

from bot.core.domain import Note, NoteState
from bot.core.errors import BadInput
from bot.core.note_ports import Change, NoteHead, NoteRules


class Act(StrEnum):
    """What a curator may do with a note."""

    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETIRE = "retire"


IN_FORCE = (NoteState.ACTIVE, NoteState.STALE)
"""The states in which replies are made of a note."""

APPROVALS = (1, 2)
"""How many different curators a server may ask for; one is an admin's choice for a small server."""

_ALLOWED: dict[NoteState, frozenset[Act]] = {
    NoteState.DRAFT: frozenset({Act.EDIT, Act.SUBMIT, Act.RETIRE}),
    NoteState.IN_REVIEW: frozenset({Act.EDIT, Act.APPROVE, Act.RETIRE}),
    NoteState.ACTIVE: frozenset({Act.EDIT, Act.RETIRE}),
    NoteState.STALE: frozenset({Act.EDIT, Act.RETIRE}),
    NoteState.RETIRED: frozenset({Act.EDIT}),
}

_REFUSALS: dict[tuple[Act, NoteState], str] = {
    (Act.SUBMIT, NoteState.IN_REVIEW): "The note {id} is in review already; curators approve it there.",
    (Act.SUBMIT, NoteState.RETIRED): "The note {id} is retired; edit it first, which makes it a draft.",
    (Act.APPROVE, NoteState.DRAFT): "The note {id} is a draft; submit it for review first.",
    (Act.APPROVE, NoteState.RETIRED): "The note {id} is retired; edit it and submit it for review first.",
    (Act.RETIRE, NoteState.RETIRED): "The note {id} is retired already.",
}
_IN_FORCE_ALREADY = "The newest text of the note {id} is in force already; edit it to change it."
_WAITS_ALREADY = "The edit of the note {id} is in review already; curators approve it there."


def allowed(head: NoteHead) -> frozenset[Act]:
    """Return what may be done with a note where it stands; rights are another matter."""
    return _ALLOWED[head.state] | ({Act.APPROVE} if head.is_edit_waiting else frozenset())


def require(head: NoteHead, act: Act) -> None:
    """Raise BadInput, saying what to do instead, where the note's state does not allow the act."""
    if act in allowed(head):
        return
    waiting = _WAITS_ALREADY if head.is_edit_waiting else _IN_FORCE_ALREADY
    raise BadInput(_REFUSALS.get((act, head.state), waiting).format(id=head.note_id))


def require_newest(head: NoteHead, revision: int) -> None:
    """Raise BadInput where an approval is of another text than the newest: nobody approves what they did not read."""
    if revision < head.revision:
        raise BadInput(
            f"There is a newer text of the note {head.note_id}, revision {head.revision}; read that, then approve it."
        )
    if revision > head.revision:
        raise BadInput(f"The note {head.note_id} has no revision {revision}; the newest is {head.revision}.")


def require_base(head: NoteHead, base: int | None) -> None:
    """Raise BadInput where a text was written from another revision than the newest, so that no edit is lost unseen."""
    if base is None:
        raise BadInput(f"There is a note {head.note_id} already ({head.state}); edit that one, or choose another id.")
    if base != head.revision:
        raise BadInput(
            f"Somebody saved a newer text of the note {head.note_id} meanwhile; open that and put your change in it."
        )


def check_rules(rules: NoteRules) -> None:
    """Raise BadInput for a number of approvals that no server may ask for."""
    if rules.approvals not in APPROVALS:
        raise BadInput("A note is approved by one or by two curators; choose 1 or 2.")


def after_edit(state: NoteState) -> NoteState:
    """Return where a note stands once a new text was kept: in force it stays so, with the text it served before."""
    return state if state in IN_FORCE else NoteState.DRAFT


def is_approved(curators: Collection[int], rules: NoteRules) -> bool:
    """Tell whether enough different curators approved one text; its author may be one of them."""
    return len(set(curators)) >= rules.approvals


def change_between(before: Note, after: Note) -> Change:
    """Return what a newly served text is to those who read the one before: the same, looked at again, or changed."""
    same = replace(before, reviewed_on=after.reviewed_on, review_due=after.review_due, state=after.state)
    return Change.RENEWED if same == after else Change.CHANGED
