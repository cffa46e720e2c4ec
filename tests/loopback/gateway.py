"""The gateway side: a real websocket with compression, sequence numbers, replay and RESUME, and ways to break it."""

from __future__ import annotations

import asyncio
import itertools
import json
import zlib
from collections import deque
from collections.abc import Callable
from typing import Any

import zstandard
from aiohttp import WSMsgType, web

HEARTBEAT_MS = 41_250
_numbers = itertools.count(1)


class Connection:
    """One socket. Compression is one stream for the whole connection, flushed at each message."""

    def __init__(self, socket: web.WebSocketResponse, compress: str) -> None:
        self.socket = socket
        self._encode = _encoder(compress)

    async def send(self, op: int, data: Any = None) -> None:
        """Send one frame that is not an event."""
        await self.send_text(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    async def send_text(self, text: str) -> None:
        """Send a frame as it is."""
        if self.socket.closed:
            return
        if self._encode is None:
            await self.socket.send_str(text)
        else:
            await self.socket.send_bytes(self._encode(text.encode()))


def _encoder(compress: str) -> Callable[[bytes], bytes] | None:
    if compress == "zstd-stream":
        zstd = zstandard.ZstdCompressor(level=3).compressobj()
        return lambda data: zstd.compress(data) + zstd.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    if compress == "zlib-stream":
        plain = zlib.compressobj()
        return lambda data: plain.compress(data) + plain.flush(zlib.Z_SYNC_FLUSH)
    return None


class Session:
    """What survives a lost socket: the sequence number and the events that a RESUME replays."""

    def __init__(self) -> None:
        self.id = f"session-{next(_numbers)}"
        self.seq = 0
        self.sent: deque[tuple[int, str]] = deque(maxlen=5000)
        self.connection: Connection | None = None

    def frame(self, event: str, data: Any) -> str:
        """Return an event as text under the next sequence number."""
        self.seq += 1
        text = json.dumps({"op": 0, "s": self.seq, "t": event, "d": data})
        self.sent.append((self.seq, text))
        return text


class Gateway:
    """Serves one bot with one shard. ``world`` says who the bot is and what it sees; ``url`` where to resume."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.url = ""
        self.session: Session | None = None
        self.identifies: list[dict[str, Any]] = []
        self.resumes: list[dict[str, Any]] = []
        self.connects = 0
        self.member_questions = 0  # what the bot's watchdog asks on a quiet server
        self.is_deaf = False  # heartbeats are answered, events are lost
        self.duplicates = False  # every event goes out twice, as an overlap after RESUME does
        self.refuse_connects = 0  # this many connections are refused before the websocket opens
        self.close_on_identify: int | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def dispatch(self, event: str, data: Any) -> None:
        """Send an event to the bot, or keep it for RESUME while there is no socket."""
        session = self.session
        for _ in range(2 if self.duplicates else 1) if session is not None else ():
            text = session.frame(event, data)
            if session.connection is not None and not self.is_deaf:
                task = asyncio.ensure_future(session.connection.send_text(text))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    @property
    def is_ready(self) -> bool:
        """Tell whether a bot is connected and has been told its servers."""
        return self.session is not None and self.session.connection is not None

    async def close(self, code: int) -> None:
        """Close the socket with a gateway close code: 4000 can be resumed, 4004 and 4014 are final."""
        if self.session is not None and self.session.connection is not None:
            await self.session.connection.socket.close(code=code)

    def abort(self) -> None:
        """Cut the connection without a close frame, as a dead network does."""
        connection = self.session.connection if self.session is not None else None
        request = connection.socket._req if connection is not None else None
        if request is not None and request.transport is not None:
            request.transport.abort()

    async def ask_to_reconnect(self) -> None:
        """Op 7."""
        if self.session is not None and self.session.connection is not None:
            await self.session.connection.send(7)

    async def invalidate(self) -> None:
        """Op 9 false: the session is gone and nothing of it is replayed."""
        session, self.session = self.session, None
        if session is not None and session.connection is not None:
            await session.connection.send(9, False)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        self.connects += 1
        if self.refuse_connects > 0:
            self.refuse_connects -= 1
            return web.Response(status=502)
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        connection = Connection(socket, request.query.get("compress", ""))
        await connection.send(10, {"heartbeat_interval": HEARTBEAT_MS})
        try:
            async for message in socket:
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                await self._receive(connection, json.loads(message.data))
        except ConnectionError:
            pass
        finally:
            if self.session is not None and self.session.connection is connection:
                self.session.connection = None
        return socket

    async def _receive(self, connection: Connection, payload: dict[str, Any]) -> None:
        op, data = payload["op"], payload.get("d")
        if op == 1:
            await connection.send(11)
        elif op == 2:
            await self._identify(connection, data)
        elif op == 6:
            await self._resume(connection, data)
        elif op == 8:
            self.member_questions += 1
            self.dispatch("GUILD_MEMBERS_CHUNK", self.world.members_chunk(data))

    async def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        self.identifies.append(data)
        if self.close_on_identify is not None:
            await connection.socket.close(code=self.close_on_identify)
            return
        self.world.use_intents(data["intents"])
        session = self.session = Session()
        await connection.send_text(session.frame("READY", self.world.ready_payload(session.id, self.url)))
        if not self.is_deaf:
            await connection.send_text(session.frame("GUILD_CREATE", self.world.guild_create_payload()))
        session.connection = connection

    async def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        self.resumes.append(data)
        session = self.session
        if session is None or session.id != data["session_id"]:
            await connection.send(9, False)
            return
        for seq, text in list(session.sent):
            if seq > (data["seq"] or 0) and '"t": "READY"' not in text[:60]:
                await connection.send_text(text)
        await connection.send_text(session.frame("RESUMED", {}))
        session.connection = connection
