"""The sandbox's time: SimCord's clock, made to follow the real one instead of standing still."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from simcord._clock import Clock


class WallClock(Clock):  # type: ignore[misc]  # simcord ships no types that mypy follows here
    """Real UTC time. SimCord's timers read ``elapsed``; ``perf_counter`` is the one clock it does not replace."""

    def __init__(self) -> None:
        """Start at the present moment."""
        self._epoch = datetime.now(UTC)
        self._started = time.perf_counter()

    @property
    def elapsed(self) -> float:
        """Seconds since the sandbox started."""
        return time.perf_counter() - self._started

    def now(self) -> datetime:
        """Return the current time, timezone-aware UTC."""
        return self._epoch + timedelta(seconds=self.elapsed)

    def advance(self, seconds: float) -> None:
        """Do nothing: real time cannot be pushed forward."""
