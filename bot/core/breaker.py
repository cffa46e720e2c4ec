"""The circuit breaker: a claim, or a forum, whose replies moderators keep dismissing falls back to review.

Pure: the caller stores that it tripped, tells the curators, and lets a person reset it. Nothing resets by itself, for
once every reply waits for a moderator the dismissals stop, and with them the evidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from bot.core.domain import Mode
from bot.core.errors import BadSetting
from bot.core.review import Outcome


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """Trips when ``share`` of the last ``window`` decisions are dismissals; a window not yet full trips as early.

    Raises BadSetting for a window under 1 or a share outside 0 to 1.
    """

    window: int
    share: float

    def __post_init__(self) -> None:
        """Refuse what would never trip, or always."""
        if self.window < 1 or not 0.0 < self.share <= 1.0:
            raise BadSetting("The breaker needs a window of at least 1 and a share above 0 and at most 1.")

    @property
    def limit(self) -> int:
        """The number of dismissals that trips it."""
        return math.ceil(round(self.share * self.window, 9))


CLAIM = BreakerSettings(window=20, share=0.4)
FORUM = BreakerSettings(window=40, share=0.35)
"""Why these. A good claim, one decision in ten a dismissal, has 8 of its last 20 dismissed with a chance of 0.04 % at
any one look, and trips within its first 200 decisions with 1.8 %; were 7 enough, with 9 %. A bad one trips after some
16 decisions (half dismissed) or 35 (three in ten). A forum decides more and falling back costs it more: 14 of 40, so
0.002 % and 0.1 %, and 28 or 54 decisions. ``python -m tests.bot.core.simulated_breakers`` prints these figures."""

_STOOD = (Outcome.POSTED, Outcome.KEPT)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the last decisions say: ``dismissed`` of ``of``, and whether that trips the breaker."""

    trips: bool
    dismissed: int
    of: int

    @property
    def sentence(self) -> str:
        """The count, for curators."""
        counted = f"{self.dismissed} of the last {self.of} decisions were dismissals"
        if self.trips:
            return f"{counted}, so replies wait for a moderator until a person switches them on again."
        return f"{counted}; that is within the limit."


def rule(outcomes: Iterable[Outcome], settings: BreakerSettings) -> Ruling:
    """Return what the last decisions on one claim or one forum come to; ``outcomes`` newest first.

    Every dismissal counts, also for an unfit note, and so does a reply withdrawn after a contest: nobody wanted it.
    Give only decisions on posts that the bot would have answered by itself (at or above ``reply``): below, cards are
    dismissed often and mean nothing. Give only those since the last reset, or a breaker just reset would trip at once.
    Replies that nobody contested are no decisions, so in ``auto`` the breaker is on the quick side.
    """
    last = list(islice(outcomes, settings.window))
    dismissed = sum(outcome not in _STOOD for outcome in last)
    return Ruling(dismissed >= settings.limit, dismissed, len(last))


def tripped_claims(tripped: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the claims among what is tripped, each given as (scope, key)."""
    return frozenset(key for scope, key in tripped if scope == "claim")


def mode_in_force(mode: Mode, *, is_tripped: bool) -> Mode:
    """Return the mode that a tripped breaker leaves: ``auto`` becomes ``review``, the others stay as they are."""
    return Mode.REVIEW if is_tripped and mode is Mode.AUTO else mode
