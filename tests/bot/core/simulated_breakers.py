"""How often the circuit breaker trips on simulated claims and forums whose true share of dismissals is known.

``.venv/bin/python -m tests.bot.core.simulated_breakers``
"""

from __future__ import annotations

import random
import sys
from collections import deque

from bot.core.breaker import CLAIM, FORUM, BreakerSettings, rule
from bot.core.review import Outcome
from bot.core.tuning_bounds import at_most
from tests.bot.core.simulated_servers import seeded

SHARES = (0.05, 0.1, 0.2, 0.3, 0.5)


def trips_at(settings: BreakerSettings, share: float, decisions: int, rng: random.Random) -> int | None:
    """Return after how many decisions the breaker trips, None if not within so many."""
    last: deque[Outcome] = deque(maxlen=settings.window)
    for number in range(1, decisions + 1):
        last.appendleft(Outcome.FALSE_MATCH if rng.random() < share else Outcome.POSTED)
        # What did not just get worse cannot trip: this spares most of the calls.
        if last[0] is Outcome.FALSE_MATCH and rule(last, settings).trips:
            return number
    return None


def chance_at_a_look(settings: BreakerSettings, share: float) -> float:
    """Return the exact chance that a full window trips."""
    return 1.0 - at_most(settings.limit - 1, settings.window, share)


def main() -> None:
    """Print the table."""
    rng = seeded(5)
    for name, settings in (("claim", CLAIM), ("forum", FORUM)):
        sys.stdout.write(f"{name}: {settings.limit} of {settings.window}\n")
        for share in SHARES:
            ends = [trips_at(settings, share, 200, rng) for _ in range(4000)]
            hit = sorted(end for end in ends if end is not None)
            middle = f"the middle one after {hit[len(hit) // 2]}" if hit else "none"
            sys.stdout.write(
                f"  {share:4.0%} dismissed: {chance_at_a_look(settings, share):8.3%} at one look, "
                f"{len(hit) / len(ends):7.2%} within 200 decisions, {middle}\n"
            )


if __name__ == "__main__":
    main()
