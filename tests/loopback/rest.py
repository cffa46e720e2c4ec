"""The HTTP side: faults first, then the world's answer, with rate-limit headers as Discord sends them."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from aiohttp import web

from tests.loopback.faults import Fault, Faults, Refusal, Seen
from tests.loopback.parts import TOKEN
from tests.loopback.world import World

PREFIX = "/api/v10"

# Without these headers discord.py sends one request at a time per route; a 429 without Via it takes for a ban.
_HEADERS = {
    "X-RateLimit-Limit": "1000000",
    "X-RateLimit-Remaining": "999999",
    "X-RateLimit-Reset-After": "1.000",
    "Via": "1.1 loopback",
}


class Rest:
    """Answers requests and keeps them in ``seen``. ``gateway_url`` is what ``/gateway/bot`` tells."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gateway_url = ""
        self.faults = Faults()
        self.seen: list[Seen] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one request."""
        method, path, body = request.method, request.path.removeprefix(PREFIX), await _body(request)
        fault = self.faults.take(method, path)
        if fault is not None and fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        status, answer = self._answer(request, path, body, fault)
        self.seen.append(Seen(method, path, dict(request.query), body, status, time.monotonic()))
        if fault is not None and fault.drop:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        headers = _HEADERS | {"X-RateLimit-Reset": f"{time.time() + 1:.3f}"} | (fault.headers if fault else {})
        return _response(status, answer, headers)

    def _answer(self, request: web.Request, path: str, body: Any, fault: Fault | None) -> tuple[int, Any]:
        """Return status and body; a fault ``after`` spoils the answer only, any other the deed as well."""
        if fault is not None and fault.spoils and not fault.after:
            return fault.status or 0, fault.body
        answer = self._carry_out(request, path, body)
        return (fault.status or 0, fault.body) if fault is not None and fault.spoils else answer

    def _carry_out(self, request: web.Request, path: str, body: Any) -> tuple[int, Any]:
        if request.headers.get("Authorization", f"Bot {TOKEN}") != f"Bot {TOKEN}":
            return 401, {"message": "401: Unauthorized", "code": 0}
        if path in ("/gateway", "/gateway/bot"):
            limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
            return 200, {"url": self.gateway_url, "shards": 1, "session_start_limit": limit}
        try:
            answer = self.world.answer(request.method, path, body, dict(request.query))
        except Refusal as refusal:
            return refusal.status, refusal.body
        return (204 if answer is None else 200), answer


async def _body(request: web.Request) -> Any:
    if request.content_type == "multipart/form-data":
        return json.loads(str((await request.post()).get("payload_json", "{}")))
    raw = await request.read()
    return json.loads(raw) if raw else None


def _response(status: int, answer: Any, headers: dict[str, str]) -> web.Response:
    """Make the response; discord.py compares the content type literally, so no charset may follow it."""
    if status == 204:
        return web.Response(status=204, headers=headers)
    return web.Response(
        status=status, body=json.dumps(answer).encode(), headers=headers | {"Content-Type": "application/json"}
    )
