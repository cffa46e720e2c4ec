"""What tests read off the double: the words and buttons of a reply, and how long it took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from simcord.backend.models import Message

from tests.loopback.double import DiscordDouble


async def seconds_to_reply(double: DiscordDouble, title: str, text: str) -> float:
    """Open a forum post and return the seconds from its event to the reply's arrival."""
    sent_at = time.monotonic()
    thread = double.world.open_post(title, text)
    await double.wait_for_replies(thread.id)
    arrived = next(seen.at for seen in reversed(double.sendings()) if str(thread.id) in seen.path)
    return arrived - sent_at


def text_of(message: Message) -> str:
    """Return all text that a person reads in a message of components."""
    return "\n".join(str(one["content"]) for one in _walk(message.components) if "content" in one)


def buttons_of(message: Message) -> dict[str, str]:
    """Return the custom_ids of a message's buttons by their labels."""
    return {one["label"]: one["custom_id"] for one in _walk(message.components) if one.get("type") == 2}


def _walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from _walk(component.get("components", []))
