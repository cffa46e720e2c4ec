"""Talks to the sandbox's page as a browser does, without one: for tests of what the server does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import aiohttp


class PageClient:
    """One open page. ``address`` is the page's full address with its secret part."""

    def __init__(self, address: str) -> None:
        self.origin, self.secret = address.split("/#")
        self.session = aiohttp.ClientSession()
        self.snapshot: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.session.close()

    @property
    def headers(self) -> dict[str, str]:
        context = self.snapshot.get("context", {}).get("id", "")
        return {"X-Simcord-Capability": self.secret, "X-Simcord-Context": context}

    async def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        async with self.session.request(method, self.origin + path, json=body, headers=self.headers) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else await response.text()

    async def open(self, channel: str | None = None, viewer: str | None = None) -> dict[str, Any]:
        _, self.snapshot = await self.call("POST", "/api/pages", {"channel_id": channel, "viewer_id": viewer})
        self.sequence = itertools.count(1)
        return self.snapshot

    async def act(self, kind: str, **body: object) -> dict[str, Any]:
        """Do one thing on the page and read its new state; returns the receipt."""
        envelope = {
            "protocol_version": 3,
            "sequence": next(self.sequence),
            "request_id": kind,
            "kind": kind,
            "generation": self.snapshot["context"]["generation"],
            "bot_generation": self.snapshot["botGeneration"],
            "published_revision": self.snapshot["publishedRevision"],
        }
        _, receipt = await self.call("POST", "/api/action", envelope | body)
        _, self.snapshot = await self.call("GET", "/api/state")
        return receipt

    async def new_thread(self, title: str, text: str) -> str:
        """Open a thread, look at it, and return its id."""
        status, answer = await self.call("POST", "/sandbox/threads", {"title": title, "text": text})
        assert status == 200, answer
        await self.open(answer["channel_id"], self.snapshot["viewerId"])
        return str(answer["channel_id"])

    def viewer(self, name: str) -> str:
        return next(row["id"] for row in self.snapshot["viewers"] if row["name"].startswith(name))

    def messages(self) -> list[dict[str, Any]]:
        return [self.snapshot["messages"][one] for one in self.snapshot["timeline"]]

    async def press(self, message: dict[str, Any], label: str) -> dict[str, Any]:
        """Press one of a message's buttons; returns the receipt."""
        number = next(one["id"] for one in parts(message["components"]) if one.get("label") == label)
        key = f"message:{message['id']}:component:{number}"
        return await self.act("click", target_id=message["id"], control_key=key)


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every component of a message, nested ones too."""
    if isinstance(value, dict):
        yield value
        value = [value.get("components"), value.get("accessory")]
    for inner in value or ():
        yield from parts(inner)


def words(message: dict[str, Any]) -> str:
    """Return all the words of a message, as components or as plain text."""
    return "\n".join([message["content"], *(str(one.get("content", "")) for one in parts(message["components"]))])
