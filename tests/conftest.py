"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_heartbeat_outlives_its_test() -> Iterator[None]:
    """Stop discord.py's heartbeat threads: one left behind wakes up minutes later, in another test's name."""
    yield
    from bot.supervisor import stop_heartbeats

    stop_heartbeats()
