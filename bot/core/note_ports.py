"""What the core needs of the place where a server's notes live: ``Library``, and the frozen rows that cross it.

Every server has notes of its own. A note is kept as revisions; the one that replies are made of is *served*, and a
later edit waits beside it until it is approved. No behaviour lives here: who may do what is ``note_life``'s.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from bot.core.domain import Note, NoteState
from bot.core.ports import SentReply


class Pack(StrEnum):
    """What a server decided about the starter pack. ``TAKE`` waits for the next start (an upgraded server had it)."""

    UNDECIDED = "undecided"
    TAKE = "take"
    TAKEN = "taken"
    DECLINED = "declined"


class Change(StrEnum):
    """Why a posted reply must be edited."""

    CHANGED = "changed"
    RETIRED = "retired"
    STALE = "stale"
    RENEWED = "renewed"


@dataclass(frozen=True, slots=True)
class NoteHead:
    """One line of a server's list of notes: where a note stands, without its text.

    ``revision`` is the newest one's number, from 1; ``served`` the one that replies are made of, None before the first
    approval and after retirement. ``approved_by`` are the curators who approved the newest revision so far.

    ``claim`` is the newest text's; ``review_due`` the served one's where there is one, because that is the one that
    goes stale. ``retired_because`` is the curator's reason while the note is retired.
    """

    guild_id: int
    note_id: str
    state: NoteState
    revision: int
    served: int | None
    claim: str
    review_due: date
    approved_by: tuple[int, ...]
    updated_at: datetime
    retired_because: str | None = None

    @property
    def is_edit_waiting(self) -> bool:
        """Whether a newer text than the served one waits for approval."""
        return self.served is not None and self.revision > self.served


@dataclass(frozen=True, slots=True)
class Revision:
    """One kept text of a note, with who wrote it and why. ``note.state`` is the note's state now."""

    note: Note
    number: int
    author_id: int
    reason: str
    at: datetime
    approved_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteRules:
    """How one server runs its notes. ``approvals`` is 2, or 1 where an admin set so; no role means moderators."""

    guild_id: int
    approvals: int = 2
    curator_role_id: int | None = None
    pack: Pack = Pack.UNDECIDED


@dataclass(frozen=True, slots=True)
class Approval:
    """What came of one approval. ``is_active_now`` is True for the one click that put the revision in force."""

    head: NoteHead
    is_active_now: bool


@dataclass(frozen=True, slots=True)
class ReplyEdit:
    """A posted reply that must be edited because a note behind it changed. One a reply: the newest change counts."""

    id: int
    sent: SentReply
    note_id: str
    change: Change
    changed_on: date
    attempts: int


@dataclass(frozen=True, slots=True)
class Demand:
    """One question that found no note. ``asker`` is a digest that tells people apart within one server, no more.

    It is empty for questions from before askers were told apart.
    """

    id: int
    question: str
    asker: str
    at: datetime


class Library(Protocol):
    """Notes, their revisions and approvals, of every server. Each method is one transaction; raises StoreUnavailable.

    Methods that act on a note raise BadInput, with a sentence for the curator, where the note is not there, is in a
    state that does not allow it, or has moved on since the caller read it.
    """

    async def rules(self, guild_id: int) -> NoteRules:
        """Return how the server runs its notes; the defaults where it never said."""
        ...

    async def put_rules(self, rules: NoteRules, *, actor_id: int) -> None:
        """Insert or replace a server's rules, with an audit row."""
        ...

    async def servers(self, pack: Pack | None = None) -> tuple[int, ...]:
        """Return the servers that have notes or rules, or those with one answer about the pack."""
        ...

    async def heads(self, guild_id: int, states: Collection[NoteState] = tuple(NoteState)) -> tuple[NoteHead, ...]:
        """Return the server's notes by id, in the given states."""
        ...

    async def head(self, guild_id: int, note_id: str) -> NoteHead | None:
        """Return where one note stands, None when the server has none of that id."""
        ...

    async def revision(self, guild_id: int, note_id: str, number: int | None = None) -> Revision | None:
        """Return one kept text, the newest without a number."""
        ...

    async def newest(self, guild_id: int) -> Mapping[str, Revision]:
        """Return the newest kept text of each of a server's notes, whatever its state, by id in order."""
        ...

    async def revisions(self, guild_id: int, note_id: str) -> tuple[Revision, ...]:
        """Return all kept texts of a note, newest first."""
        ...

    async def served(self, guild_id: int | None = None) -> Mapping[int, tuple[Note, ...]]:
        """Return, by server, the notes that replies are made of (active and stale), as their served revisions.

        A server that is named has an entry even without notes; otherwise only those with notes have.
        """
        ...

    async def save(self, guild_id: int, note: Note, *, author_id: int, reason: str, base: int | None) -> NoteHead:
        """Keep a new revision. ``base`` is the number it was written from, None for a new note.

        A new note is a draft. An edit of a draft, a note in review or a retired one makes it a draft; an active or
        stale note stays in force with its served text until the edit is approved. Approvals of older revisions do not
        carry over.
        """
        ...

    async def save_all(
        self, guild_id: int, edits: Sequence[tuple[Note, int | None]], *, author_id: int, reason: str
    ) -> None:
        """Keep many notes, each with its base as in ``save``, all of them or none: an import of drafts."""
        ...

    async def submit(self, guild_id: int, note_id: str, *, actor_id: int) -> NoteHead:
        """Take a draft to review. An active note's waiting edit is in review as soon as it is saved."""
        ...

    async def approve(self, guild_id: int, note_id: str, revision: int, *, actor_id: int) -> Approval:
        """Add one curator's approval of the newest revision; with enough of different people it is served.

        The same curator counts once, the author like any other. Queues edits of the replies the note stands in, in the
        same transaction, when an earlier text was served.
        """
        ...

    async def retire(self, guild_id: int, note_id: str, *, actor_id: int, reason: str) -> NoteHead:
        """Take a note out of use and queue the edits of the replies it stands in."""
        ...

    async def take_in(self, guild_id: int, notes: Sequence[Note], *, actor_id: int, reason: str) -> int:
        """Put notes in force at once (an admin's own act: the starter pack, a trusted import); return how many changed.

        A note the server has already, in whatever state, is left alone where its newest or served text is the same;
        else a new revision is served and posted replies are queued for editing. One that says of itself that it is a
        draft, in review or retired is passed over. Raises NoteInvalid or BadInput before anything is kept.
        """
        ...

    async def mark_stale(self, today: date) -> tuple[NoteHead, ...]:
        """Turn active notes whose review is overdue stale, queue their replies' edits, and return those notes."""
        ...

    async def edits_due(self, now: datetime, limit: int = 20) -> tuple[ReplyEdit, ...]:
        """Return replies to be edited now, oldest first; withdrawn and deleted ones are left out."""
        ...

    async def mark_edited(self, edit_id: int, change: Change, changed_on: date) -> None:
        """Note that a reply was edited; nothing happens where a newer change was queued meanwhile."""
        ...

    async def mark_edit_failed(self, edit_id: int, reason: str, retry_at: datetime | None) -> None:
        """Note a failed edit; None for ``retry_at`` gives it up."""
        ...

    async def demands(self, guild_id: int, limit: int = 500) -> tuple[Demand, ...]:
        """Return the server's open questions, newest first."""
        ...

    async def close_demands(self, guild_id: int, ids: Sequence[int], *, actor_id: int) -> int:
        """Take questions off the list and erase them (a draft was made, or they are out of place); return how many."""
        ...
