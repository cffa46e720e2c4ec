"""Keeps two tasks from acting on one post at once: screening, sending, withdrawing; and knows which card shows a post.

Within one process only; between processes the store's unique rows decide.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")

REMEMBERED = 5_000  # far more than can change between reading the outbox and sending from it


class PostDesk:
    """One lock a post, made when asked for, and the order in which posts were edited, deleted or answered."""

    def __init__(self) -> None:
        """Start with no post known."""
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._changes: OrderedDict[int, int] = OrderedDict()
        self._count = 0
        self._cards: OrderedDict[int, tuple[int, int]] = OrderedDict()
        self._unconfirmed: OrderedDict[int, int] = OrderedDict()

    def hold(self, post_id: int) -> asyncio.Lock:
        """Return the post's lock, to be held while acting on the post."""
        lock = self._locks.get(post_id)
        if lock is None:
            lock = self._locks[post_id] = asyncio.Lock()
        return lock

    def mark(self) -> int:
        """Return the present moment, to be kept beside what is read now. A count, as clocks can stand still."""
        return self._count

    def note_change(self, post_id: int) -> None:
        """Remember that the post changed now, so that what was read of it before counts as stale."""
        self._count += 1
        _remember(self._changes, post_id, self._count)

    def has_changed_since(self, post_id: int, mark: int) -> bool:
        """Tell whether the post changed after ``mark``."""
        return self._changes.get(post_id, 0) > mark

    def note_unconfirmed(self, post_id: int, thread_id: int) -> None:
        """Remember that a reply may stand in the thread though its sending was never confirmed."""
        _remember(self._unconfirmed, post_id, thread_id)

    def take_unconfirmed(self, post_id: int) -> int | None:
        """Return the thread of an unconfirmed reply and forget it; None where there is no doubt."""
        return self._unconfirmed.pop(post_id, None)

    def note_card(self, post_id: int, channel_id: int, message_id: int) -> None:
        """Remember which message asks the moderators about a post."""
        _remember(self._cards, post_id, (channel_id, message_id))

    def take_card(self, post_id: int) -> tuple[int, int] | None:
        """Return the card's channel and message and forget it; None where none was sent since the start."""
        return self._cards.pop(post_id, None)


def _remember(kept: OrderedDict[int, T], key: int, value: T) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
