"""What keeps the sandbox's threads and messages through a restart, also one without warning.

One JSON line a change, written before the change is acted on elsewhere; a line cut short by a killed process is
ignored at the next start, when the file is also written anew without what was replaced. Pictures are not kept.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from simcord.backend.models import AllowedMentions, Channel, Message, Reaction, ThreadMetadata
from simcord.backend.state import Backend

from bot.core.errors import StoreUnavailable

JOURNAL_FILE = "sandbox-world.jsonl"
LOADING_FLAG = 1 << 7  # "thinking…": would stay so for ever if kept
_MESSAGE_EVENTS = frozenset(
    {
        "MESSAGE_CREATE",
        "MESSAGE_UPDATE",
        "MESSAGE_REACTION_ADD",
        "MESSAGE_REACTION_REMOVE",
        "MESSAGE_REACTION_REMOVE_ALL",
        "MESSAGE_REACTION_REMOVE_EMOJI",
    }
)
_THREAD_EVENTS = frozenset({"THREAD_CREATE", "THREAD_UPDATE"})
_UNKEPT_FIELDS = frozenset({"allowed_mentions", "poll", "stickers", "system_metadata", "snapshots", "attachments"})

Row = dict[str, Any]


class Journal:
    """Reads the kept world into a backend, then follows the backend's events."""

    def __init__(self, folder: Path, backend: Backend) -> None:
        """Use the journal in a folder, made when missing."""
        self._path = folder / JOURNAL_FILE
        self._backend = backend
        self._file: int | None = None
        self._lock: int | None = None

    def open(self) -> None:
        """Restore what was kept, rewrite the file without stale lines, and start following."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock_folder()
            for row in self._rows():
                self._restore(row)
            self._rewrite()
            self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"The sandbox's own file {self._path} cannot be used: {error.strerror}.") from error
        self._backend.subscribers.insert(0, self._follow)  # before the bot: what it sees is already kept

    def close(self) -> None:
        """Stop following; the file is complete at any time."""
        if self._file is not None:
            self._backend.subscribers.remove(self._follow)
            os.close(self._file)
            self._file = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _lock_folder(self) -> None:
        """Keep a second sandbox out; the system gives the lock back however this process ends."""
        self._lock = os.open(self._path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreUnavailable(
                f"A sandbox is already running over {self._path.parent}: use its page, or stop it first."
            ) from None

    def _follow(self, event: str, payload: Mapping[str, Any]) -> None:
        if event in _THREAD_EVENTS:
            self._write(_thread_row(self._backend.get_channel(int(payload["id"]))))
        elif event in _MESSAGE_EVENTS:
            self._follow_message(int(payload["channel_id"]), int(payload.get("message_id", payload.get("id", 0))))
        elif event == "MESSAGE_DELETE":
            self._write({"op": "delete", "channel_id": int(payload["channel_id"]), "id": int(payload["id"])})

    def _follow_message(self, channel_id: int, message_id: int) -> None:
        message = self._backend.messages.get(channel_id, {}).get(message_id)
        if message is not None and not message.is_ephemeral and not message.flags & LOADING_FLAG:
            self._write(_message_row(message))

    def _write(self, row: Row) -> None:
        if self._file is not None:
            os.write(self._file, _line(row))  # straight to the system: survives the death of this process

    def _rows(self) -> Iterator[Row]:
        if not self._path.exists():
            return
        with self._path.open("rb") as lines:
            for line in lines:
                try:
                    yield json.loads(line)
                except ValueError:
                    continue  # the one line that was being written when the process was killed

    def _restore(self, row: Row) -> None:
        channels, messages = self._backend.channels, self._backend.messages
        if row["op"] == "thread":
            self._restore_thread(row)
        elif row["op"] == "delete":
            messages.get(row["channel_id"], {}).pop(row["id"], None)
        elif row["channel_id"] in channels and row["author_id"] in self._backend.users:
            message = _message(row)
            messages.setdefault(message.channel_id, {})[message.id] = message
            self._backend._reserved_ids.add(message.id)
            channel = channels[message.channel_id]
            channel.last_message_id = max(channel.last_message_id or 0, message.id)

    def _restore_thread(self, row: Row) -> None:
        data = {key: value for key, value in row.items() if key != "op"}
        data["thread_members"] = {int(key): value for key, value in data["thread_members"].items()}
        data["thread_metadata"] = ThreadMetadata(**data["thread_metadata"])
        thread = Channel(**data)
        guild = self._backend.get_guild(thread.guild_id)
        if thread.id not in self._backend.channels:
            guild.thread_ids.append(thread.id)
        self._backend.channels[thread.id] = thread
        self._backend.messages.setdefault(thread.id, {})
        self._backend._reserved_ids.add(thread.id)

    def _rewrite(self) -> None:
        guild_threads = [
            self._backend.channels[thread_id]
            for guild in self._backend.guilds.values()
            for thread_id in guild.thread_ids
        ]
        scratch = self._path.with_suffix(".new")
        with scratch.open("wb") as out:
            out.writelines(_line(_thread_row(thread)) for thread in guild_threads)
            for channel in self._backend.messages.values():
                out.writelines(_line(_message_row(message)) for message in channel.values())
        scratch.chmod(0o600)
        scratch.replace(self._path)


def _line(row: Row) -> bytes:
    return json.dumps(row, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _thread_row(thread: Channel) -> Row:
    row = asdict(thread)
    row["overwrites"] = []
    return {"op": "thread", **row}


def _message_row(message: Message) -> Row:
    kept = {field.name: getattr(message, field.name) for field in fields(message) if field.name not in _UNKEPT_FIELDS}
    kept["reactions"] = [asdict(reaction) for reaction in message.reactions]
    return {"op": "message", **kept}


def _message(row: Row) -> Message:
    data = {key: value for key, value in row.items() if key != "op"}
    data["reactions"] = [Reaction(**reaction) for reaction in data["reactions"]]
    return Message(**data, allowed_mentions=AllowedMentions(False, frozenset(), frozenset(), replied_user=False))
