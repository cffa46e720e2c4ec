"""``SqlLibrary``: the core's Library port over the store's database. Holds no queries; see ``SqlStore.library``."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from bot.core.domain import Note, NoteState
from bot.core.note_life import IN_FORCE
from bot.core.note_ports import Approval, Change, Demand, NoteHead, NoteRules, Pack, ReplyEdit, Revision
from bot.store import demands, library_changes, library_edits, library_notes
from bot.store.library_texts import read_served, write_text, write_texts
from bot.store.transacting import Transacting


class SqlLibrary(Transacting):
    """Implements ``note_ports.Library``, whose docstrings hold; what goes beyond the port says so."""

    async def rules(self, guild_id: int) -> NoteRules:
        """Return how the server runs its notes; the defaults where it never said."""
        return await self._read(library_notes.rules, guild_id)

    async def put_rules(self, rules: NoteRules, *, actor_id: int) -> None:
        """Insert or replace a server's rules, with an audit row."""
        await self._write(library_changes.put_rules, rules, actor_id)

    async def servers(self, pack: Pack | None = None) -> tuple[int, ...]:
        """Return the servers that have notes or rules, or those with one answer about the pack."""
        return await self._read(library_notes.servers, pack)

    async def heads(self, guild_id: int, states: Collection[NoteState] = tuple(NoteState)) -> tuple[NoteHead, ...]:
        """Return the server's notes by id, in the given states."""
        return await self._read(library_notes.heads, guild_id, states)

    async def head(self, guild_id: int, note_id: str) -> NoteHead | None:
        """Return where one note stands, None when the server has none of that id."""
        return await self._read(library_notes.head, guild_id, note_id)

    async def revision(self, guild_id: int, note_id: str, number: int | None = None) -> Revision | None:
        """Return one kept text, the newest without a number."""
        return await self._read(library_notes.revision, guild_id, note_id, number)

    async def newest(self, guild_id: int) -> Mapping[str, Revision]:
        """Return the newest kept text of each of a server's notes; they are read in a thread, as for ``served``."""
        kept = await self._read(library_notes.newest, guild_id)
        return await asyncio.to_thread(library_notes.read_revisions, kept)

    async def revisions(self, guild_id: int, note_id: str) -> tuple[Revision, ...]:
        """Return all kept texts of a note, newest first."""
        return await self._read(library_notes.revisions, guild_id, note_id)

    async def served(self, guild_id: int | None = None) -> Mapping[int, tuple[Note, ...]]:
        """Return, by server, the notes that replies are made of, as their served revisions.

        Thousands of texts take seconds to read, so that is done in a thread and after the transaction.
        """
        texts = await self._read(library_notes.served, guild_id)
        found = await asyncio.to_thread(read_served, texts)
        return found if guild_id is None else {guild_id: found.get(guild_id, ())}

    async def save(self, guild_id: int, note: Note, *, author_id: int, reason: str, base: int | None) -> NoteHead:
        """Keep a new revision, written from revision ``base``; raises NoteInvalid where no file could hold it."""
        return await self._write(library_changes.save, guild_id, write_text(note), author_id, reason, base)

    async def save_all(
        self, guild_id: int, edits: Sequence[tuple[Note, int | None]], *, author_id: int, reason: str
    ) -> None:
        """Keep many notes, all of them or none. The texts are made before the transaction begins."""
        texts = await asyncio.to_thread(write_texts, [note for note, _ in edits])
        based = [(kept, base) for kept, (_, base) in zip(texts, edits, strict=True)]
        await self._write(library_changes.save_all, guild_id, based, author_id, reason)

    async def submit(self, guild_id: int, note_id: str, *, actor_id: int) -> NoteHead:
        """Take a draft to review."""
        return await self._write(library_changes.submit, guild_id, note_id, actor_id)

    async def approve(self, guild_id: int, note_id: str, revision: int, *, actor_id: int) -> Approval:
        """Add one curator's approval of the newest revision; with enough of different people it is served."""
        return await self._write(library_changes.approve, guild_id, note_id, revision, actor_id)

    async def retire(self, guild_id: int, note_id: str, *, actor_id: int, reason: str) -> NoteHead:
        """Take a note out of use and queue the edits of the replies it stands in."""
        return await self._write(library_changes.retire, guild_id, note_id, actor_id, reason)

    async def take_in(self, guild_id: int, notes: Sequence[Note], *, actor_id: int, reason: str) -> int:
        """Put notes in force at once; return how many changed. The texts are made before the transaction begins."""
        texts = await asyncio.to_thread(write_texts, [note for note in notes if note.state in IN_FORCE])
        return await self._write(library_changes.take_in, guild_id, texts, actor_id, reason)

    async def mark_stale(self, today: date) -> tuple[NoteHead, ...]:
        """Turn active notes whose review is overdue stale, queue their replies' edits, and return those notes."""
        return await self._write(library_changes.mark_stale, today)

    async def edits_due(self, now: datetime, limit: int = 20) -> tuple[ReplyEdit, ...]:
        """Return replies to be edited now, oldest first; withdrawn and deleted ones are left out."""
        return await self._read(library_edits.due, now, limit)

    async def mark_edited(self, edit_id: int, change: Change, changed_on: date) -> None:
        """Note that a reply was edited; nothing happens where a newer change was queued meanwhile."""
        await self._write(library_edits.mark_done, edit_id, change, changed_on)

    async def mark_edit_failed(self, edit_id: int, reason: str, retry_at: datetime | None) -> None:
        """Note a failed edit; None for ``retry_at`` gives it up."""
        await self._write(library_edits.mark_failed, edit_id, reason, retry_at)

    async def demands(self, guild_id: int, limit: int = 500) -> tuple[Demand, ...]:
        """Return the server's open questions, newest first."""
        return await self._read(demands.list_open, guild_id, limit)

    async def close_demands(self, guild_id: int, ids: Sequence[int], *, actor_id: int) -> int:
        """Take questions off the list and erase them; return how many."""
        return await self._write(demands.close, guild_id, ids, actor_id)
