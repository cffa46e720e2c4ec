"""Where thresholds come from in a server, and what a change of them would have done. Which one wins is ``policy``'s."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core.domain import Thresholds
from bot.core.errors import BadInput
from bot.core.policy import thresholds_in_force
from bot.core.ports import ThresholdRow
from bot.core.tuning import Scored
from bot.core.tuning_preview import WhatIf, what_if


class Scope(StrEnum):
    """What an override of the default can be for, the most specific first; codes that stored rows rely on."""

    CLAIM = "claim"
    FORUM = "forum"
    GUILD = "guild"


@dataclass(frozen=True, slots=True)
class Target:
    """One place that can have thresholds of its own; the whole server has an empty key."""

    scope: Scope = Scope.GUILD
    key: str = ""

    @property
    def forum_id(self) -> int:
        """The forum's id, 0 where it is for none in particular."""
        return int(self.key) if self.scope is Scope.FORUM else 0

    @property
    def claim_id(self) -> str:
        """The claim's id, empty where it is for none in particular."""
        return self.key if self.scope is Scope.CLAIM else ""

    @property
    def code(self) -> str:
        """The words that ``parse_target`` reads: ``server``, ``forum:12``, ``claim:moon-base``."""
        return "server" if self.scope is Scope.GUILD else f"{self.scope}:{self.key}"


def parse_target(code: str) -> Target:
    """Return what an admin chose or typed; a claim's bare id is understood. Raises BadInput; looks nothing up."""
    kind, _, key = code.strip().rpartition(":")
    if kind == Scope.FORUM and key.isascii() and key.isdecimal():
        return Target(Scope.FORUM, key)
    if kind in ("", Scope.CLAIM) and key:
        return Target() if not kind and key.casefold() == "server" else Target(Scope.CLAIM, key)
    raise BadInput("Choose what the values are for from the list that opens as you type: server, a forum or a claim.")


@dataclass(frozen=True, slots=True)
class Standing:
    """All thresholds of one server at one moment: the default of the bot, and the overrides."""

    default: Thresholds
    rows: tuple[ThresholdRow, ...] = ()

    def own(self, target: Target) -> Thresholds | None:
        """Return the place's own thresholds, None where it has none."""
        fitting = (row.thresholds for row in self.rows if (row.scope, row.key) == (target.scope, target.key))
        return next(fitting, None)

    def in_force(self, forum_id: int = 0, claim_id: str = "") -> Thresholds:
        """Return the thresholds that a claim is judged by in a forum."""
        return thresholds_in_force(self.default, self.rows, forum_id=forum_id, claim_id=claim_id)

    def at(self, target: Target) -> Thresholds:
        """Return the thresholds in force at a place that may have none of its own."""
        return self.in_force(target.forum_id, target.claim_id)

    def origin(self, forum_id: int = 0, claim_id: str = "") -> Target | None:
        """Return the place that the thresholds in force come from, None for the default."""
        return next((place for place in _places(forum_id, claim_id) if self.own(place) is not None), None)

    def changed(self, target: Target, thresholds: Thresholds | None) -> Standing:
        """Return how things would stand with other thresholds at one place, or with none of its own."""
        others = tuple(row for row in self.rows if (row.scope, row.key) != (target.scope, target.key))
        new = (ThresholdRow(target.scope, target.key, thresholds),) if thresholds else ()
        return replace(self, rows=others + new)

    def governed(self, rows: Iterable[Scored], target: Target) -> list[Scored]:
        """Return what thresholds of this place decide or would decide: no more specific ones stand before them."""
        would_be = self.changed(target, self.default)
        return [row for row in rows if would_be.origin(row.forum_id, row.claim_id) == target]


def _places(forum_id: int, claim_id: str) -> Iterator[Target]:
    yield Target(Scope.CLAIM, claim_id)
    yield Target(Scope.FORUM, str(forum_id))
    yield Target()


def effect(rows: Iterable[Scored], before: Standing, after: Standing) -> WhatIf:
    """Return what would have changed for these posts had the server stood like ``after`` instead of ``before``.

    One override differs between the two, so a post's claims that are concerned all move alike and no post counts twice.
    """
    groups: defaultdict[tuple[Thresholds, Thresholds], list[Scored]] = defaultdict(list)
    for row in rows:
        old, new = (standing.in_force(row.forum_id, row.claim_id) for standing in (before, after))
        if old != new:
            groups[old, new].append(row)
    parts = [what_if(group, old, new) for (old, new), group in groups.items()]
    replies, cards = ([getattr(part, name) for part in parts] for name in ("replies", "cards"))
    moves = tuple(move for part in parts for move in part.moves)
    return WhatIf(_summed(replies), _summed(cards), moves)


def _summed(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    kept = list(pairs)
    return sum(before for before, _ in kept), sum(after for _, after in kept)
