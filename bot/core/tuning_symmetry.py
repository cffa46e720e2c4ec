"""Whether a server's bot treats claims alike whichever side they suit: rates by ``flatters``, for ``/symmetry``.

Sides and the comparison are those of ``models.evaluate.symmetry``, so both can be read side by side. Who flags more of
one side's claims need not be unfair, people may post more of them; who is wrong more often about one side is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.tuning import Scored, percent
from bot.core.tuning_bounds import Share

MOST_SIDES = 12
OTHER, NOBODY = "other sides", "nobody in particular"

FEW = 20
"""Verdicts: with fewer on either side only a gap too wide to overlook would show, and the sentence says so."""


@dataclass(frozen=True, slots=True)
class Side:
    """The rates of the claims that suit one side, each post counted once.

    ``flagged`` and ``replied`` are of the posts that came near such a claim, with the thresholds then in force and
    before the forum's mode; ``dismissed`` is of the posts that a moderator decided, where the screening was wrong.
    """

    name: str
    flagged: Share
    replied: Share
    dismissed: Share


@dataclass(frozen=True, slots=True)
class Symmetry:
    """All sides, those with most posts first, and how the most and the least often dismissed one compare.

    ``worst`` and ``best`` are None with fewer than two named sides that have a verdict.
    """

    sides: tuple[Side, ...]
    best: Side | None = None
    worst: Side | None = None

    @property
    def is_even(self) -> bool:
        """Whether the worst and the best rate each lie in the other's 95 % interval; True where none compare."""
        if self.best is None or self.worst is None:
            return True
        best, worst = self.best.dismissed, self.worst.dismissed
        return worst.holds(best.value) and best.holds(worst.value)

    @property
    def sentence(self) -> str:
        """The comparison, for people."""
        if self.best is None or self.worst is None:
            return "There are too few verdicts on different sides' claims to compare them."
        best, worst = self.best.dismissed, self.worst.dismissed
        seen = (
            f"Moderators dismissed most often on claims that suit {self.worst.name} ({_counted(worst)}), least often "
            f"on those that suit {self.best.name} ({_counted(best)})."
        )
        if not self.is_even:
            return f"{seen} That is more than chance explains: look at those claims' notes and at what they matched."
        few = f" With fewer than {FEW} verdicts a side, only a very wide gap would show." if self._is_thin else ""
        return f"{seen} Each lies in the other's 95 % interval, so chance can explain the gap.{few}"

    @property
    def _is_thin(self) -> bool:
        return any(side is not None and side.dismissed.of < FEW for side in (self.best, self.worst))


def symmetry(rows: Iterable[Scored], flatters: Mapping[str, Collection[str]]) -> Symmetry:
    """Return flag, reply and dismissal rates by whom a claim suits; ``flatters`` maps a claim's id to those sides.

    A claim that suits several sides counts for each. Beyond the twelve sides with most posts, sides are taken together
    and, like claims that suit nobody, shown without being compared.
    """
    by_side: defaultdict[str, dict[int, list[Scored]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for side in _named(flatters.get(row.claim_id, ())):
            by_side[side][row.post_id].append(row)
    named = sorted((side for side in by_side if side != NOBODY), key=lambda side: (-len(by_side[side]), side))
    for side in named[MOST_SIDES:]:
        for post_id, group in by_side[side].items():
            by_side[OTHER][post_id].extend(group)
    compared = [_side(name, by_side[name].values()) for name in named[:MOST_SIDES]]
    rest = [_side(name, by_side[name].values()) for name in (OTHER, NOBODY) if name in by_side]
    ranked = sorted((side for side in compared if side.dismissed.of), key=lambda side: side.dismissed.value)
    ends = (ranked[0], ranked[-1]) if len(ranked) > 1 else (None, None)
    return Symmetry((*compared, *rest), *ends)


def _named(sides: Collection[str]) -> frozenset[str]:
    names = (side.strip().casefold().removeprefix("the ") for side in sides)
    return frozenset(name for name in names if name) or frozenset({NOBODY})


def _side(name: str, posts: Collection[Sequence[Scored]]) -> Side:
    flagged = sum(any(row.p_asserts >= row.thresholds.review for row in group) for group in posts)
    replied = sum(any(row.is_assertion and row.p_asserts >= row.thresholds.reply for row in group) for group in posts)
    decided = [[row.verdict for row in group if row.verdict is not None] for group in posts]
    verdicts = [any(group) for group in decided if group]
    return Side(name, Share(flagged, len(posts)), Share(replied, len(posts)), Share(sum(verdicts), len(verdicts)))


def _counted(share: Share) -> str:
    return f"{share.hits} of {share.of}, {percent(share.value)}"
