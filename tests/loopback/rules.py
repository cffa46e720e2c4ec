"""Rules of Discord that SimCord does not model: nonces, threads that are closed, forum posts without their opener."""

from __future__ import annotations

from typing import Any

from simcord.backend import Backend

from tests.loopback.faults import Refusal


class Rules:
    """Looks at a message before the world makes it. ``revived`` lists archived threads that were opened again."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._nonces: dict[tuple[int, str], dict[str, Any]] = {}
        self.without_opener: set[int] = set()
        self.revived: list[int] = []

    def forget_nonces(self) -> None:
        """Let the minutes pass for which Discord remembers nonces."""
        self._nonces.clear()

    def before_message(self, channel_id: int, body: dict[str, Any]) -> dict[str, Any] | None:
        """Return the message that this one repeats, None for a new one. Raises Refusal."""
        if channel_id in self.without_opener:
            raise Refusal(403, 40058, "Cannot message this thread until after the post author has sent a message")
        meta = self._backend.get_channel(channel_id).thread_metadata
        if meta is not None and meta.locked:
            raise Refusal(400, 160005, "Thread is locked")
        if meta is not None and meta.archived:
            meta.archived = False  # on Discord a message revives an archived thread
            self.revived.append(channel_id)
        return self._nonces.get((channel_id, str(body["nonce"]))) if body.get("enforce_nonce") else None

    def after_message(self, channel_id: int, body: dict[str, Any], message: dict[str, Any]) -> None:
        """Remember the message by its nonce."""
        if body.get("enforce_nonce"):
            self._nonces[channel_id, str(body["nonce"])] = message
