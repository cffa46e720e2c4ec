"""What follows from each way a sending can end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.delivery import NextStep, Plan, SendOutcome, after_editing, after_sending, must_look_first, retry_delay
from bot.core.domain import Reply
from bot.core.ports import OutboxItem, PostRef
from tests.fakes import NOON

ITEM = OutboxItem(1, PostRef(7, 1, 2, 3), Reply(7, ("c1",), "About", (), "Footer"), 0, NOON)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (SendOutcome.SENT, NextStep.DONE),
        (SendOutcome.RATE_LIMITED, NextStep.RETRY),
        (SendOutcome.SERVER_ERROR, NextStep.RETRY),
        (SendOutcome.CONNECTION_LOST, NextStep.RETRY),
        (SendOutcome.THREAD_NOT_READY, NextStep.RETRY),
        (SendOutcome.MISSING_PERMISSIONS, NextStep.GIVE_UP),
        (SendOutcome.THREAD_CLOSED, NextStep.GIVE_UP),
        (SendOutcome.THREAD_GONE, NextStep.WITHDRAW),
        (SendOutcome.POST_DELETED, NextStep.WITHDRAW),
        (SendOutcome.REFUSED, NextStep.GIVE_UP),
    ],
)
def test_after_sending_for_each_outcome_gives_one_step_and_its_reason(outcome, expected):
    plan = after_sending(outcome, attempts=1, now=NOON)
    assert (plan.step, plan.reason) == (expected, outcome.value)
    assert (plan.retry_at is not None) == (expected is NextStep.RETRY)


def test_after_sending_for_every_outcome_there_is_has_a_plan():
    assert all(after_sending(outcome, attempts=1, now=NOON) for outcome in SendOutcome)


def test_after_sending_when_tried_too_often_gives_up_what_it_would_have_retried():
    assert after_sending(SendOutcome.SERVER_ERROR, attempts=1, now=NOON).retry_at == NOON + timedelta(seconds=5)
    assert after_sending(SendOutcome.SERVER_ERROR, attempts=50, now=NOON) == Plan(NextStep.GIVE_UP, "server-error")


@pytest.mark.parametrize(
    ("attempts", "age_s", "expected"), [(0, 0, False), (0, 60, False), (0, 61, True), (1, 0, True)]
)
def test_must_look_first_when_an_earlier_try_may_have_arrived(attempts, age_s, expected):
    item = OutboxItem(ITEM.id, ITEM.post, ITEM.reply, attempts, NOON)
    assert must_look_first(item, NOON + timedelta(seconds=age_s)) is expected


@pytest.mark.parametrize(
    ("outcome", "attempts", "step", "waits"),
    [
        (SendOutcome.SENT, 1, NextStep.DONE, None),
        (SendOutcome.SERVER_ERROR, 1, NextStep.RETRY, timedelta(seconds=5)),
        (SendOutcome.SERVER_ERROR, 9, NextStep.RETRY, timedelta(days=1)),
        (SendOutcome.CONNECTION_LOST, 31, NextStep.GIVE_UP, None),
        (SendOutcome.THREAD_CLOSED, 1, NextStep.RETRY, timedelta(days=1)),
        (SendOutcome.THREAD_CLOSED, 31, NextStep.GIVE_UP, None),
        (SendOutcome.POST_DELETED, 1, NextStep.GIVE_UP, None),
        (SendOutcome.MISSING_PERMISSIONS, 1, NextStep.GIVE_UP, None),
    ],
)
def test_after_editing_waits_longer_than_a_sending_and_gives_up_what_is_gone(outcome, attempts, step, waits):
    plan = after_editing(outcome, attempts=attempts, now=NOON)
    assert (plan.step, plan.retry_at) == (step, NOON + waits if waits else None)


def test_retry_delay_grows_and_gives_up_within_ten_minutes():
    delays = [retry_delay(attempts) for attempts in range(1, 10)]
    assert [delay.seconds if delay else None for delay in delays] == [5, 10, 20, 40, 80, 120, 120, 120, None]
    assert retry_delay(1_000) is None
