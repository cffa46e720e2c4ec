"""The notes in use, in memory: each server's own, and the claims that the judge gets of all of them together.

Two servers may word the claim of one note differently. The judge then gets both wordings under different keys, and a
post is judged by those of its own server alone. Keys are between this book and the judge; nothing else sees them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.core.domain import Claim, Note
from bot.core.note_ports import Library
from bot.core.ports import Screener


@dataclass(frozen=True, slots=True)
class _Shelf:
    """One server's notes by id, and which note each judge key stands for. ``among`` None allows every key."""

    notes: Mapping[str, Note]
    keys: Mapping[str, str]
    among: frozenset[str] | None


_EMPTY = _Shelf(MappingProxyType({}), MappingProxyType({}), frozenset())


class NoteBook:
    """What each server's replies are made of. Reads no store; ``reload`` fills it from one."""

    def __init__(
        self, by_server: Mapping[int, Iterable[Note]] | None = None, *, everywhere: Mapping[str, Note] | None = None
    ) -> None:
        """Serve these notes, or the same ones to every server: for dry runs, which have no servers."""
        self._edition = 0
        self._reloading = asyncio.Lock()
        self._shelves: dict[int, _Shelf] = {}
        self._elsewhere = _EMPTY
        self._claims: tuple[Claim, ...] = ()
        self.replace(by_server or {})
        if everywhere is not None:
            self._elsewhere = _Shelf(dict(everywhere), {claim_id: claim_id for claim_id in everywhere}, None)
            self._claims = tuple(note.claim for note in everywhere.values())

    @property
    def edition(self) -> int:
        """Grows with each ``replace``: who asked the judge before and reads the answer after must ask again."""
        return self._edition

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims for the judge, each once; their ids are judge keys."""
        return self._claims

    def of(self, guild_id: int) -> Mapping[str, Note]:
        """Return one server's notes by id; none for a server that has none."""
        return self._shelf(guild_id).notes

    def keys(self, guild_id: int) -> Mapping[str, str]:
        """Return which note of the server each judge key stands for."""
        return self._shelf(guild_id).keys

    def among(self, guild_id: int) -> frozenset[str] | None:
        """Return the judge keys that a server's posts are judged by, None for all."""
        return self._shelf(guild_id).among

    def replace(self, by_server: Mapping[int, Iterable[Note]]) -> None:
        """Serve these notes from now on, and no others."""
        keys = _Keys()
        self._shelves = {guild_id: _shelf(by_server[guild_id], keys) for guild_id in sorted(by_server)}
        self._elsewhere = _EMPTY
        self._claims = keys.claims
        self._edition += 1

    async def reload(self, library: Library, screener: Screener) -> None:
        """Serve what the library serves now, and give the judge the claims of it.

        Raises StoreUnavailable or ScreenerUnavailable; the notes in use then stay.
        """
        async with self._reloading:  # else an older reading of the store could come last
            served = await library.served()
            await screener.load_claims(NoteBook(served).claims)
            self.replace(served)  # with no await between: whoever has an answer of the new claims sees a new edition

    def _shelf(self, guild_id: int) -> _Shelf:
        return self._shelves.get(guild_id, self._elsewhere)


class _Keys:
    """Gives each different wording a key: the note's id, ``id~2`` for the second wording of it, and so on."""

    def __init__(self) -> None:
        self._by_claim: dict[Claim, str] = {}
        self._wordings: dict[str, int] = {}
        self._claims: list[Claim] = []

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(self._claims)

    def key(self, claim: Claim) -> str:
        known = self._by_claim.get(claim)
        if known is not None:
            return known
        number = self._wordings[claim.id] = self._wordings.get(claim.id, 0) + 1
        key = self._by_claim[claim] = claim.id if number == 1 else f"{claim.id}~{number}"
        self._claims.append(replace(claim, id=key))
        return key


def _shelf(notes: Iterable[Note], keys: _Keys) -> _Shelf:
    by_id = {note.id: note for note in notes}
    named = {keys.key(note.claim): note_id for note_id, note in by_id.items()}
    return _Shelf(MappingProxyType(by_id), MappingProxyType(named), frozenset(named))
