"""What to do after trying to send one promised reply; knows outcomes, not Discord's exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.ports import OutboxItem

RETRY_FIRST_S = 5
RETRY_LONGEST_S = 120
RETRY_DEADLINE_S = 600
"""A reply that comes more than ten minutes of trying late has lost its place in the talk."""

LATE_EDIT_EVERY = timedelta(days=1)
LATE_EDITS = 30
"""An edit is worth coming late, unlike a reply: what stands must not stay wrong because Discord was away an hour."""

NONCE_TRUSTED_FOR = timedelta(seconds=60)
"""Discord drops a second message with the same nonce for some minutes only; well inside that we need not look."""


class SendOutcome(StrEnum):
    """How one attempt ended; the sender maps Discord's answers to these."""

    SENT = "sent"
    RATE_LIMITED = "rate-limited"
    SERVER_ERROR = "server-error"
    CONNECTION_LOST = "connection-lost"
    THREAD_NOT_READY = "thread-not-ready"  # 40058: the forum post has no opener yet
    MISSING_PERMISSIONS = "missing-permissions"
    THREAD_CLOSED = "thread-closed"  # archived or locked: never revived
    THREAD_GONE = "thread-gone"
    POST_DELETED = "post-deleted"
    REFUSED = "refused"  # any other 4xx: the same message would be refused again


class NextStep(StrEnum):
    """What the sender does with the item now."""

    DONE = "done"
    RETRY = "retry"
    GIVE_UP = "give-up"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Plan:
    """The next step for an outbox item; ``retry_at`` is set for ``RETRY`` only, ``reason`` fits the audit row."""

    step: NextStep
    reason: str
    retry_at: datetime | None = None


_RETRIED = frozenset(
    {SendOutcome.RATE_LIMITED, SendOutcome.SERVER_ERROR, SendOutcome.CONNECTION_LOST, SendOutcome.THREAD_NOT_READY}
)
_FINAL = {
    SendOutcome.SENT: NextStep.DONE,
    SendOutcome.MISSING_PERMISSIONS: NextStep.GIVE_UP,
    SendOutcome.THREAD_CLOSED: NextStep.GIVE_UP,
    SendOutcome.THREAD_GONE: NextStep.WITHDRAW,
    SendOutcome.POST_DELETED: NextStep.WITHDRAW,
    SendOutcome.REFUSED: NextStep.GIVE_UP,
}


def after_sending(outcome: SendOutcome, *, attempts: int, now: datetime) -> Plan:
    """Return what to do next; ``attempts`` counts the tries so far, this one included."""
    if outcome not in _RETRIED:
        return Plan(_FINAL[outcome], outcome.value)
    delay = retry_delay(attempts)
    if delay is None:
        return Plan(NextStep.GIVE_UP, outcome.value)
    return Plan(NextStep.RETRY, outcome.value, now + delay)


def after_editing(outcome: SendOutcome, *, attempts: int, now: datetime) -> Plan:
    """Return what to do after trying to edit a posted reply; ``attempts`` counts the tries so far, this one included.

    Passing trouble is waited for as after a sending, then once a day for a month, and so is a closed thread that
    somebody may open again. A message that is gone or out of reach is given up.
    """
    if outcome is SendOutcome.SENT:
        return Plan(NextStep.DONE, outcome.value)
    if outcome not in _RETRIED and outcome is not SendOutcome.THREAD_CLOSED:
        return Plan(NextStep.GIVE_UP, outcome.value)
    soon = retry_delay(attempts) if outcome in _RETRIED else None
    if soon is None and attempts > LATE_EDITS:
        return Plan(NextStep.GIVE_UP, outcome.value)
    return Plan(NextStep.RETRY, outcome.value, now + (soon or LATE_EDIT_EVERY))


def must_look_first(item: OutboxItem, now: datetime) -> bool:
    """Tell whether to search the thread for our reply before sending.

    An earlier try, or a restart between sending and noting it, may have put the reply there; later than the nonce
    is trusted, Discord would let a second one through.
    """
    return item.attempts > 0 or now - item.created_at > NONCE_TRUSTED_FOR


def retry_delay(attempts: int) -> timedelta | None:
    """Return how long to wait after the given number of failed sendings, None to give up.

    Doubles from 5 s to 120 s; gives up when the waits together would pass ten minutes: 5, 10, 20, 40, 80, 120, 120,
    120 s, then None.
    """
    waits = [min(RETRY_FIRST_S * 2**step, RETRY_LONGEST_S) for step in range(max(attempts, 1))]
    return timedelta(seconds=waits[-1]) if sum(waits) <= RETRY_DEADLINE_S else None
