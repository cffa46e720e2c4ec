"""Queries that read the servers' notes: where each stands, its kept texts, and what replies are made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select

from bot.core.domain import NoteState
from bot.core.errors import BadInput
from bot.core.note_life import IN_FORCE
from bot.core.note_ports import NoteHead, NoteRules, Pack, Revision
from bot.store.library_texts import ServedText, read_text
from bot.store.rows import Transaction
from bot.store.schema_notes import note_approvals, note_heads, note_revisions, note_rules

_OWN = (note_revisions.c.guild_id == note_heads.c.guild_id) & (note_revisions.c.note_id == note_heads.c.note_id)
_OF_NEWEST = (
    (note_approvals.c.guild_id == note_heads.c.guild_id)
    & (note_approvals.c.note_id == note_heads.c.note_id)
    & (note_approvals.c.revision == note_heads.c.revision)
)


def rules(tx: Transaction, guild_id: int) -> NoteRules:
    """Return the server's rules or the defaults."""
    row = tx.connection.execute(select(note_rules).where(note_rules.c.guild_id == guild_id)).first()
    return NoteRules(guild_id) if row is None else _rules(row)


def servers(tx: Transaction, pack: Pack | None) -> tuple[int, ...]:
    """Return the servers with notes or rules, or those that gave one answer about the pack."""
    query = select(note_rules.c.guild_id)
    if pack is not None:
        found = tx.connection.execute(query.where(note_rules.c.pack == pack))
    else:
        found = tx.connection.execute(query.union(select(note_heads.c.guild_id)))
    return tuple(sorted(found.scalars()))


def heads(tx: Transaction, guild_id: int, states: Collection[NoteState]) -> tuple[NoteHead, ...]:
    """Return the server's notes in the given states, by id."""
    return find_heads(tx, note_heads.c.guild_id == guild_id, note_heads.c.state.in_(states))


def head(tx: Transaction, guild_id: int, note_id: str) -> NoteHead | None:
    """Return where one note stands."""
    found = find_heads(tx, note_heads.c.guild_id == guild_id, note_heads.c.note_id == note_id)
    return found[0] if found else None


def require_head(tx: Transaction, guild_id: int, note_id: str) -> NoteHead:
    """Return where a note stands. Raises BadInput when the server has none of that id."""
    found = head(tx, guild_id, note_id)
    if found is None:
        raise BadInput(f"There is no note {note_id} here; choose one from the list.")
    return found


def find_heads(tx: Transaction, *conditions: ColumnElement[bool]) -> tuple[NoteHead, ...]:
    """Return the heads that meet every condition, by server and id, with the approvals of their newest texts."""
    approvals: dict[tuple[int, str], list[int]] = {}
    given = select(note_approvals).join_from(note_approvals, note_heads, _OF_NEWEST).where(*conditions)
    for row in tx.connection.execute(given.order_by(note_approvals.c.at, note_approvals.c.curator_id)):
        approvals.setdefault((row.guild_id, row.note_id), []).append(row.curator_id)
    rows = tx.connection.execute(
        select(note_heads).where(*conditions).order_by(note_heads.c.guild_id, note_heads.c.note_id)
    )
    return tuple(_head(row, approvals.get((row.guild_id, row.note_id), ())) for row in rows)


def revision(tx: Transaction, guild_id: int, note_id: str, number: int | None) -> Revision | None:
    """Return one kept text, the newest without a number."""
    query = _with_state(guild_id, note_id)
    if number is not None:
        query = query.where(note_revisions.c.number == number)
    row = tx.connection.execute(query.limit(1)).first()
    return None if row is None else _revision(row, _approvals(tx, guild_id, note_id).get(row.number, ()))


def newest(tx: Transaction, guild_id: int) -> tuple[tuple[Row[Any], tuple[int, ...]], ...]:
    """Return the row of each note's newest text with its approvals, by id, for ``read_revisions`` after the reading."""
    approved = {head.note_id: head.approved_by for head in heads(tx, guild_id, tuple(NoteState))}
    rows = tx.connection.execute(
        select(note_revisions, note_heads.c.state)
        .join_from(note_heads, note_revisions, _OWN & (note_revisions.c.number == note_heads.c.revision))
        .where(note_heads.c.guild_id == guild_id)
        .order_by(note_heads.c.note_id)
    )
    return tuple((row, approved[row.note_id]) for row in rows)


def read_revisions(kept: Sequence[tuple[Row[Any], tuple[int, ...]]]) -> dict[str, Revision]:
    """Return the texts of ``newest`` by id. Raises NoteInvalid where this version cannot read one."""
    return {row.note_id: _revision(row, approved_by) for row, approved_by in kept}


def revisions(tx: Transaction, guild_id: int, note_id: str) -> tuple[Revision, ...]:
    """Return all kept texts of a note, newest first."""
    approvals = _approvals(tx, guild_id, note_id)
    rows = tx.connection.execute(_with_state(guild_id, note_id))
    return tuple(_revision(row, approvals.get(row.number, ())) for row in rows)


def served(tx: Transaction, guild_id: int | None) -> tuple[ServedText, ...]:
    """Return the texts in force of one server or of all, by server and id, still to be read."""
    query = (
        select(note_heads.c.guild_id, note_heads.c.note_id, note_heads.c.state, note_revisions.c.text)
        .join_from(note_heads, note_revisions, _OWN & (note_revisions.c.number == note_heads.c.served))
        .where(note_heads.c.state.in_(IN_FORCE))
        .order_by(note_heads.c.guild_id, note_heads.c.note_id)
    )
    if guild_id is not None:
        query = query.where(note_heads.c.guild_id == guild_id)
    rows = tx.connection.execute(query)
    return tuple(ServedText(row.guild_id, row.note_id, NoteState(row.state), row.text) for row in rows)


def text_of(tx: Transaction, guild_id: int, note_id: str, number: int) -> str:
    """Return one kept text as it is kept; the revision is known to be there."""
    query = select(note_revisions.c.text).where(*_of(guild_id, note_id), note_revisions.c.number == number)
    return str(tx.connection.execute(query).scalar_one())


def ids_with_text(tx: Transaction, guild_id: int, texts: Mapping[str, str]) -> frozenset[str]:
    """Return those of the ids whose newest or served text is the one given; one query, however many they are."""
    is_current = note_revisions.c.number.in_((note_heads.c.revision, note_heads.c.served))
    rows = tx.connection.execute(
        select(note_revisions.c.note_id, note_revisions.c.text)
        .join_from(note_revisions, note_heads, _OWN & is_current)
        .where(note_heads.c.guild_id == guild_id)
    )
    return frozenset(row.note_id for row in rows if texts.get(row.note_id) == row.text)


def last_served(tx: Transaction, guild_id: int, note_id: str) -> str | None:
    """Return the text that replies were made of last, None where none ever was."""
    query = select(note_revisions.c.text).where(*_of(guild_id, note_id), note_revisions.c.served_at.is_not(None))
    return tx.connection.execute(query.order_by(note_revisions.c.number.desc()).limit(1)).scalar_one_or_none()


def _of(guild_id: int, note_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return note_revisions.c.guild_id == guild_id, note_revisions.c.note_id == note_id


def _with_state(guild_id: int, note_id: str) -> Select[Any]:
    query = select(note_revisions, note_heads.c.state).join_from(note_revisions, note_heads, _OWN)
    return query.where(*_of(guild_id, note_id)).order_by(note_revisions.c.number.desc())


def _approvals(tx: Transaction, guild_id: int, note_id: str) -> dict[int, tuple[int, ...]]:
    """Return who approved each text of a note, in the order of their clicks."""
    rows = tx.connection.execute(
        select(note_approvals)
        .where(note_approvals.c.guild_id == guild_id, note_approvals.c.note_id == note_id)
        .order_by(note_approvals.c.at, note_approvals.c.curator_id)
    )
    found: dict[int, tuple[int, ...]] = {}
    for row in rows:
        found[row.revision] = (*found.get(row.revision, ()), row.curator_id)
    return found


def _rules(row: Row[Any]) -> NoteRules:
    return NoteRules(row.guild_id, row.approvals, row.curator_role_id, Pack(row.pack))


def _head(row: Row[Any], approved_by: Sequence[int]) -> NoteHead:
    return NoteHead(
        guild_id=row.guild_id,
        note_id=row.note_id,
        state=NoteState(row.state),
        revision=row.revision,
        served=row.served,
        claim=row.claim,
        review_due=row.review_due,
        approved_by=tuple(approved_by),
        updated_at=row.updated_at,
        retired_because=row.retired_because,
    )


def _revision(row: Row[Any], approved_by: tuple[int, ...]) -> Revision:
    note = read_text(row.text, NoteState(row.state))
    return Revision(note, row.number, row.author_id, row.reason, row.at, approved_by)
