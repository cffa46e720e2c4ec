"""Which modes were proposed to a forum, and when they may be proposed again."""

from __future__ import annotations

from datetime import timedelta

from bot.core.domain import Mode
from bot.store import SqlStore
from tests.clocks import FixedClock


async def test_proposal_when_kept_then_is_not_due_again_in_that_forum_for_that_mode(quick_store: SqlStore):
    desk = quick_store.desk
    assert await desk.is_proposal_due(1, 10, Mode.REVIEW)
    await desk.keep_proposal(1, 10, Mode.REVIEW, until=None)
    assert not await desk.is_proposal_due(1, 10, Mode.REVIEW)
    assert await desk.is_proposal_due(1, 10, Mode.AUTO)
    assert await desk.is_proposal_due(1, 11, Mode.REVIEW)
    assert await desk.is_proposal_due(2, 10, Mode.REVIEW)


async def test_proposal_when_put_off_then_is_due_from_that_moment_on(quick_store: SqlStore, clock: FixedClock):
    desk, until = quick_store.desk, clock.now() + timedelta(days=30)
    await desk.keep_proposal(1, 10, Mode.REVIEW, until=None)
    await desk.keep_proposal(1, 10, Mode.REVIEW, until=until)
    clock.advance(timedelta(days=29))
    assert not await desk.is_proposal_due(1, 10, Mode.REVIEW)
    clock.advance(timedelta(days=1))
    assert await desk.is_proposal_due(1, 10, Mode.REVIEW)
