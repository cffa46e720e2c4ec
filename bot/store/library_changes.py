"""Queries that change the servers' notes. What a state allows is ``note_life``'s; reading is ``library_notes``'.

Reading before writing is safe everywhere here, because writers queue (see ``engine``): of two curators who click at the
same instant, the second one finds what the first one did.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, insert, update

from bot.core import note_life
from bot.core.domain import NoteState
from bot.core.errors import BadInput
from bot.core.note_life import Act
from bot.core.note_ports import Approval, Change, NoteHead, NoteRules
from bot.store import library_edits, library_notes
from bot.store.library_texts import KeptText, read_text
from bot.store.rows import Transaction
from bot.store.schema_notes import note_approvals, note_heads, note_revisions, note_rules


def put_rules(tx: Transaction, rules: NoteRules, actor_id: int) -> None:
    """Insert or replace a server's rules. Raises BadInput for a number of approvals that may not be."""
    note_life.check_rules(rules)
    tx.connection.execute(delete(note_rules).where(note_rules.c.guild_id == rules.guild_id))
    tx.connection.execute(
        insert(note_rules).values(
            guild_id=rules.guild_id,
            approvals=rules.approvals,
            curator_role_id=rules.curator_role_id,
            pack=rules.pack,
        )
    )
    detail = f"approvals {rules.approvals} role {rules.curator_role_id or 'none'} pack {rules.pack}"
    tx.log("note-rules-set", guild_id=rules.guild_id, actor_id=actor_id, detail=detail)


def save(tx: Transaction, guild_id: int, kept: KeptText, author_id: int, reason: str, base: int | None) -> NoteHead:
    """Keep a new text, written from revision ``base``."""
    note_id = kept.note.id
    head = library_notes.head(tx, guild_id, note_id)
    if head is None:
        if base is not None:
            raise BadInput(f"There is no note {note_id} here; save it as a new one.")
        _insert_heads(tx, guild_id, (kept,), NoteState.DRAFT)
        _insert_revisions(tx, [_revision_row(tx, guild_id, kept, 1, (author_id, reason))])
    else:
        note_life.require_base(head, base)
        _insert_revisions(tx, [_revision_row(tx, guild_id, kept, head.revision + 1, (author_id, reason))])
        values: dict[str, object] = {"state": note_life.after_edit(head.state), "retired_because": None}
        if head.served is None:
            values["review_due"] = kept.note.review_due
        _set(tx, head, revision=head.revision + 1, claim=kept.note.claim.text, **values)
    return _logged(tx, "note-saved", guild_id, note_id, author_id)


def save_all(
    tx: Transaction, guild_id: int, edits: Sequence[tuple[KeptText, int | None]], author_id: int, reason: str
) -> None:
    """Keep many texts, each written from its base; the first that cannot be kept undoes all."""
    known = {head.note_id for head in library_notes.heads(tx, guild_id, tuple(NoteState))}
    new = [kept for kept, base in edits if base is None and kept.note.id not in known]
    _insert_heads(tx, guild_id, new, NoteState.DRAFT)
    _insert_revisions(tx, [_revision_row(tx, guild_id, kept, 1, (author_id, reason)) for kept in new])
    for kept, base in edits:
        if base is not None or kept.note.id in known:
            save(tx, guild_id, kept, author_id, reason, base)
    tx.log("notes-saved", guild_id=guild_id, actor_id=author_id, detail=f"{len(edits)} notes")


def submit(tx: Transaction, guild_id: int, note_id: str, actor_id: int) -> NoteHead:
    """Take a draft to review."""
    head = library_notes.require_head(tx, guild_id, note_id)
    note_life.require(head, Act.SUBMIT)
    _set(tx, head, state=NoteState.IN_REVIEW)
    return _logged(tx, "note-submitted", guild_id, note_id, actor_id)


def approve(tx: Transaction, guild_id: int, note_id: str, revision: int, actor_id: int) -> Approval:
    """Count one curator's approval of the newest text and put the text in force when it is the last one needed."""
    head = library_notes.require_head(tx, guild_id, note_id)
    note_life.require_newest(head, revision)
    note_life.require(head, Act.APPROVE)
    if actor_id not in head.approved_by:
        tx.connection.execute(
            insert(note_approvals).values(
                guild_id=guild_id, note_id=note_id, revision=revision, curator_id=actor_id, at=tx.now
            )
        )
    is_active_now = note_life.is_approved({*head.approved_by, actor_id}, library_notes.rules(tx, guild_id))
    if is_active_now:
        text = library_notes.text_of(tx, guild_id, note_id, revision)
        _put_in_force(tx, head, KeptText(read_text(text, NoteState.ACTIVE), text), revision)
    what = "note-in-force" if is_active_now else "note-approved"
    return Approval(_logged(tx, what, guild_id, note_id, actor_id), is_active_now)


def retire(tx: Transaction, guild_id: int, note_id: str, actor_id: int, reason: str) -> NoteHead:
    """Take a note out of use; one that was never served is only put away."""
    head = library_notes.require_head(tx, guild_id, note_id)
    note_life.require(head, Act.RETIRE)
    _set(tx, head, state=NoteState.RETIRED, served=None, retired_because=reason)
    if head.served is not None:
        library_edits.queue(tx, guild_id, note_id, Change.RETIRED, tx.now.date())
    return _logged(tx, "note-retired", guild_id, note_id, actor_id)


def take_in(tx: Transaction, guild_id: int, texts: Sequence[KeptText], actor_id: int, reason: str) -> int:
    """Put texts in force at once where they differ from what the server has; return how many did."""
    heads = {head.note_id: head for head in library_notes.heads(tx, guild_id, tuple(NoteState))}
    same = library_notes.ids_with_text(tx, guild_id, {kept.note.id: kept.text for kept in texts})
    new = [kept for kept in texts if kept.note.id not in heads]
    changed = [kept for kept in texts if kept.note.id in heads and kept.note.id not in same]
    _insert_heads(tx, guild_id, new, NoteState.ACTIVE)
    by = (actor_id, reason)
    _insert_revisions(tx, [{**_revision_row(tx, guild_id, kept, 1, by), "served_at": tx.now} for kept in new])
    for kept in changed:
        head = heads[kept.note.id]
        _insert_revisions(tx, [_revision_row(tx, guild_id, kept, head.revision + 1, by)])
        _put_in_force(tx, head, kept, head.revision + 1)
    count = len(new) + len(changed)
    tx.log("notes-taken-in", guild_id=guild_id, actor_id=actor_id, detail=f"{count} of {len(texts)} notes")
    return count


def mark_stale(tx: Transaction, today: date) -> tuple[NoteHead, ...]:
    """Turn the active notes of every server whose review was due before today stale; return them."""
    overdue = library_notes.find_heads(tx, note_heads.c.state == NoteState.ACTIVE, note_heads.c.review_due < today)
    for head in overdue:
        _set(tx, head, state=NoteState.STALE)
        library_edits.queue(tx, head.guild_id, head.note_id, Change.STALE, today)
    return tuple(_logged(tx, "note-stale", head.guild_id, head.note_id, 0) for head in overdue)


def _put_in_force(tx: Transaction, head: NoteHead, kept: KeptText, revision: int) -> None:
    """Serve a text from now on, and queue the edits of the replies that were made of the one served before it."""
    before = library_notes.last_served(tx, head.guild_id, head.note_id)
    _set(
        tx,
        head,
        state=NoteState.ACTIVE,
        revision=revision,
        served=revision,
        claim=kept.note.claim.text,
        review_due=kept.note.review_due,
        retired_because=None,
    )
    tx.connection.execute(
        update(note_revisions)
        .where(
            note_revisions.c.guild_id == head.guild_id,
            note_revisions.c.note_id == head.note_id,
            note_revisions.c.number == revision,
        )
        .values(served_at=tx.now)
    )
    if before is not None:
        change = note_life.change_between(read_text(before, NoteState.ACTIVE), kept.note)
        library_edits.queue(tx, head.guild_id, head.note_id, change, tx.now.date())


def _insert_heads(tx: Transaction, guild_id: int, texts: Sequence[KeptText], state: NoteState) -> None:
    rows = [
        {
            "guild_id": guild_id,
            "note_id": kept.note.id,
            "state": state,
            "revision": 1,
            "served": 1 if state is NoteState.ACTIVE else None,
            "claim": kept.note.claim.text,
            "review_due": kept.note.review_due,
            "updated_at": tx.now,
        }
        for kept in texts
    ]
    if rows:
        tx.connection.execute(insert(note_heads), rows)


def _revision_row(
    tx: Transaction, guild_id: int, kept: KeptText, number: int, by: tuple[int, str]
) -> dict[str, object]:
    """Return the row of one text; ``by`` is its author and their reason."""
    author_id, reason = by
    return {
        "guild_id": guild_id,
        "note_id": kept.note.id,
        "number": number,
        "text": kept.text,
        "author_id": author_id,
        "reason": reason,
        "at": tx.now,
        "served_at": None,
    }


def _insert_revisions(tx: Transaction, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        tx.connection.execute(insert(note_revisions), rows)


def _set(tx: Transaction, head: NoteHead, **values: object) -> None:
    place = (note_heads.c.guild_id == head.guild_id) & (note_heads.c.note_id == head.note_id)
    tx.connection.execute(update(note_heads).where(place).values(updated_at=tx.now, **values))


def _logged(tx: Transaction, what: str, guild_id: int, note_id: str, actor_id: int) -> NoteHead:
    """Say in the audit what was done, and return where the note stands now."""
    head = library_notes.require_head(tx, guild_id, note_id)
    tx.log(what, guild_id=guild_id, actor_id=actor_id, detail=f"{note_id} revision {head.revision}")
    return head
