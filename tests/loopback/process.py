"""The bot as a process of its own that kills itself at one step of a post; run again, it must not repeat itself.

``python -m tests.loopback.process FOLDER [--kill-at STEP] [--skew SECONDS]``. Discord's addresses come from the
environment, as in the product.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.app import point_at_discord
from bot.client import BotOptions, FootnoteBot
from bot.supervisor import run_supervised
from config.settings import load_settings
from tests.loopback.judge import WordScreener
from tests.loopback.parts import TOKEN, UPKEEP_S, SkewedClock, open_test_store, services

# Step -> (method, whether the process dies before it rather than after).
STEPS = {
    "claimed": ("claim_post", False),
    "judged": ("assess", False),
    "recorded": ("record", False),
    "sent": ("mark_sent", True),
    "marked": ("mark_sent", False),
    "withdrawn": ("withdraw", False),
    "deleted": ("mark_deleted", True),
}


class Dying:
    """Stands before a store or a judge and kills the process with SIGKILL around one method's first call."""

    def __init__(self, inner: Any, step: str | None) -> None:
        self._inner = inner
        self._method, self._is_before = STEPS[step] if step else (None, False)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        return self._deadly(method) if name == self._method else method

    def _deadly(self, method: Callable[..., Any]) -> Callable[..., Any]:
        async def call(*args: Any, **kwargs: Any) -> None:
            if not self._is_before:
                await method(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)

        return call


async def main(folder: Path, step: str | None, skew_s: float) -> None:
    """Run the bot until it is stopped or dies."""
    settings = load_settings()
    point_at_discord(settings)
    clock = SkewedClock()
    clock.advance(skew_s)
    async with open_test_store(folder) as store:
        parts = services(Dying(store, step), Dying(WordScreener(), step), clock, BotOptions(upkeep_seconds=UPKEEP_S))
        await run_supervised(lambda: FootnoteBot(parts), TOKEN)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kill-at", choices=STEPS)
    parser.add_argument("--skew", type=float, default=0.0)
    given = parser.parse_args()
    asyncio.run(main(given.folder, given.kill_at, given.skew))
