"""Claims that come near to each other in meaning: which pairs are declared, and which two say nearly the same unsaid.

Meaning needs an encoder, which the core has none of: the caller brings one as ``NearPairs``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.core.domain import Note
from bot.core.note_words import Flaw

NearPairs = Callable[[Sequence[str], float], Iterable[tuple[int, int, float]]]
"""Texts and a limit -> the places of each two texts whose cosine reaches it, the earlier first, with the cosine.

Pairs and not a matrix: ten thousand claims have fifty million pairs, of which hardly any are near.
"""

NEARLY_TWICE = 0.75
"""Cosine of the packaged encoder from which two claims count as nearly the same.

In the starter pack's 72 claims the nearest two that differ reach 0.74 (Afghans want the Taliban against Daesh; only
the Taliban fight Daesh), and half of all pairs stay below 0.20. Of 19 claims of the pack said again in other words
("America made the Taliban", "ISIS was created by the US"), 15 reach 0.75; 18 reach 0.70, where four pairs that differ
would be refused as well. A claim and its contrary can be just as near: the encoder hears the subject, not the side.
"""

CLAIM_NEARLY_TWICE = "claim-nearly-twice"
NEIGHBOUR_UNKNOWN = "neighbour-unknown"


@dataclass(frozen=True, slots=True)
class NearNotes:
    """Two notes whose claims say nearly the same, and how near they are (cosine). ``note`` comes second by id."""

    note: Note
    other: Note
    cosine: float

    def flaw(self) -> Flaw:
        """Return it as the lint shows it, at the claim of ``note``."""
        return Flaw(
            "claim",
            f"The claim says nearly the same as that of {self.other.id} (similarity {self.cosine:.2f}).",
            "Keep one of the two, or name the other in neighbours (near, yet different) or opposed (its contrary).",
        )


def are_neighbours(one: Note, other: Note) -> bool:
    """Whether either note names the other as a neighbour."""
    return other.id in one.neighbours or one.id in other.neighbours


def are_declared(one: Note, other: Note) -> bool:
    """Whether either note names the other, as a neighbour or as its contrary."""
    return are_neighbours(one, other) or other.id in one.opposed or one.id in other.opposed


def nearly_twice(notes: Collection[Note], near: NearPairs, limit: float = NEARLY_TWICE) -> Iterator[NearNotes]:
    """Yield each two notes whose claims say nearly the same and of which neither names the other."""
    if len(notes) < 2:
        return  # no encoder need be loaded
    ordered = sorted(notes, key=lambda note: note.id)
    for first, second, cosine in near([note.claim.text for note in ordered], limit):
        if not are_declared(ordered[first], ordered[second]):
            yield NearNotes(ordered[second], ordered[first], cosine)


def unknown_neighbours(note: Note, known: Collection[str]) -> Iterator[Flaw]:
    """Yield what is wrong with the ids that a note names; ``known`` holds those of its folder or server."""
    for place, ids in (("neighbours", note.neighbours), ("opposed", note.opposed)):
        for named in dict.fromkeys(ids):
            if named == note.id:
                yield Flaw(place, f"{place} names the note itself.", "Take it out.")
            elif named not in known:
                yield Flaw(place, f"{place} names {named}, and there is no such note here.", "Mend the id or drop it.")
