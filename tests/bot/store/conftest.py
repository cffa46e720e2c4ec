"""A store on a real file for each test."""

from __future__ import annotations

import pytest

from bot.store import open_store
from tests.bot.store.values import KEY
from tests.clocks import FixedClock


@pytest.fixture
def path(tmp_path):
    """Where the test's database is."""
    return tmp_path / "footnote.db"


@pytest.fixture
def url(path):
    """The database's address."""
    return f"sqlite:///{path}"


@pytest.fixture
def clock():
    """The store's clock."""
    return FixedClock()


@pytest.fixture
async def store(url, clock):
    """An open store that gives up on a lock soon."""
    async with open_store(url, key=KEY, clock=clock, busy_timeout_s=0.2) as opened:
        yield opened


@pytest.fixture
async def quick_store(clock):
    """An open store in memory: for what does not need a file."""
    async with open_store("sqlite://", clock=clock) as opened:
        yield opened


@pytest.fixture
def library(quick_store):
    """The notes of the store in memory."""
    return quick_store.library
