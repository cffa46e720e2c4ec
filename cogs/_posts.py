"""Keeps two tasks from acting on one post at once: screening, sending, withdrawing.

Within one process only; between processes the store's unique rows decide.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from weakref import WeakValueDictionary

REMEMBERED_CHANGES = 5_000  # far more than can change between reading the outbox and sending from it


class PostLocks:
    """One lock a post, made when asked for, and when each post was last edited or deleted."""

    def __init__(self) -> None:
        """Start with no post known."""
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._changed_at: OrderedDict[int, float] = OrderedDict()

    def hold(self, post_id: int) -> asyncio.Lock:
        """Return the post's lock, to be held while acting on the post."""
        lock = self._locks.get(post_id)
        if lock is None:
            lock = self._locks[post_id] = asyncio.Lock()
        return lock

    def note_change(self, post_id: int) -> None:
        """Remember that the post was edited or deleted now, so that what was read before counts as stale."""
        self._changed_at[post_id] = time.monotonic()
        self._changed_at.move_to_end(post_id)
        while len(self._changed_at) > REMEMBERED_CHANGES:
            self._changed_at.popitem(last=False)

    def has_changed_since(self, post_id: int, read_at: float) -> bool:
        """Tell whether the post changed after ``read_at`` (``time.monotonic``)."""
        return self._changed_at.get(post_id, float("-inf")) >= read_at
