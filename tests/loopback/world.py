"""The server behind the socket: SimCord's backend with a forum, a moderators' channel and a few people."""

from __future__ import annotations

import copy
import datetime
import re
from collections.abc import Callable
from typing import Any

import discord
from simcord import intents as simcord_intents
from simcord.backend import Backend, serializers
from simcord.backend.errors import BackendError
from simcord.backend.models import Channel, Message, Overwrite, User
from simcord.enums import OverwriteType
from simcord.http import client, router  # noqa: F401  # importing the client registers every route
from simcord.interactions import base_payload

from tests.loopback.faults import Refusal
from tests.loopback.rules import Rules

_MESSAGES = re.compile(r"/channels/(\d+)/messages")


class _WallClock:
    """SimCord's clock stands still by itself; snowflakes here must be of now."""

    @staticmethod
    def now() -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC)


class World:
    """What is on the server, what people do there, and what the bot's requests do to it.

    ``send_event`` receives each gateway event that the bot's intents let through.
    """

    def __init__(self, send_event: Callable[[str, Any], None]) -> None:
        self._send_event = send_event
        self.intents = discord.Intents.none()
        self.backend = Backend(clock=_WallClock())
        self.rules = Rules(self.backend)
        guild = self.backend.create_guild("Loopback")
        self.guild_id = guild.id
        self.forum = self.backend.create_channel(guild.id, "debate", type=15)
        self.mods = self.backend.create_channel(guild.id, "moderators")
        self.ann = self._member("ann")
        self.ben = self._member("ben")
        self.admin = self._member("admin", discord.Permissions(administrator=True))
        self.backend.subscribers.append(self._on_event)

    # ------------------------------------------------------------------ what people do
    def open_post(self, title: str, text: str, *, opener: bool = True) -> Channel:
        """A person opens a forum post: the thread is announced, then its opener, which has the thread's id."""
        thread = self.backend.create_thread(self.forum.id, title, self.ann.id, broadcast=False)
        self.backend.announce_thread_create(thread)
        if opener:
            message = self.backend.prepare_message(thread.id, self.ann.id, text)
            message.id = thread.id
            self.backend.commit_message(message)
            self.forum.last_message_id = thread.id
        return thread

    def say(self, thread: Channel, text: str, user: User | None = None) -> Message:
        """A person posts in a thread."""
        return self.backend.create_message(thread.id, (user or self.ann).id, text)

    def edit(self, channel_id: int, message_id: int, text: str) -> None:
        """A person edits their message."""
        self.backend.edit_message(channel_id, message_id, {"content": text})

    def delete(self, channel_id: int, message_id: int) -> None:
        """A person deletes their message."""
        self.backend.delete_message(channel_id, message_id)

    def close_thread(self, thread: Channel, *, archived: bool = False, locked: bool = False) -> None:
        """A moderator archives or locks a thread; the event, which may come too late, is ``announce_thread``."""
        thread.thread_metadata.archived, thread.thread_metadata.locked = archived, locked

    def announce_thread(self, thread: Channel) -> None:
        """Tell the bot of a thread's new state."""
        self._on_event("THREAD_UPDATE", serializers.channel_payload(self.backend, thread))

    def click(self, message: Message, custom_id: str, user: User | None = None) -> int:
        """A person presses a button; returns the interaction's id."""
        data = {"custom_id": custom_id, "component_type": 2}
        record, payload = self._interaction(3, message.channel_id, user or self.ben, data)
        record.source_message_id = message.id
        payload["message"] = dict(serializers.message_payload(self.backend, message))
        self._on_event("INTERACTION_CREATE", payload)
        return int(record.id)

    def slash(self, name: str, user: User, options: list[dict[str, Any]] | None = None) -> int:
        """A person uses a slash command in the moderators' channel; returns the interaction's id."""
        known = (one for scope in self.backend.commands.values() for one in scope.values())
        command = next(one for one in known if one["name"] == name)
        data = {"id": command["id"], "name": name, "type": 1, "options": options or []}
        record, payload = self._interaction(2, self.mods.id, user, data)
        self._on_event("INTERACTION_CREATE", payload)
        return int(record.id)

    def forbid_sending(self) -> None:
        """Take from everybody the right to write in the forum's threads."""
        deny = discord.Permissions(send_messages_in_threads=True).value
        self.forum.overwrites = [Overwrite(self.guild_id, OverwriteType.ROLE, deny=deny)]

    # ------------------------------------------------------------------ what a test looks at
    def messages(self, channel_id: int) -> list[Message]:
        """Return a channel's messages, oldest first."""
        return [message for _, message in sorted(self.backend.messages.get(channel_id, {}).items())]

    def replies(self, channel_id: int) -> list[Message]:
        """Return the bot's messages in a channel that everybody sees, oldest first."""
        mine = self.backend.bot_user.id
        return [one for one in self.messages(channel_id) if one.author_id == mine and not one.is_ephemeral]

    # ------------------------------------------------------------------ what the bot's requests do
    def answer(self, method: str, path: str, body: Any, query: dict[str, str]) -> Any:
        """Carry out one request and return the answer's body, None for "no content". Raises Refusal."""
        target = _MESSAGES.fullmatch(path) if method == "POST" else None
        try:
            if target is None:
                return router.dispatch(self.backend, method, path, json=body, params=query)
            return self._post_message(int(target[1]), path, body, query)
        except BackendError as error:
            raise Refusal(error.status, error.code, error.message) from error

    def _post_message(self, channel_id: int, path: str, body: Any, query: dict[str, str]) -> Any:
        earlier = self.rules.before_message(channel_id, body)
        if earlier is not None:
            return earlier
        message = router.dispatch(self.backend, "POST", path, json=body, params=query)
        self.rules.after_message(channel_id, body, message)
        return message

    # ------------------------------------------------------------------ what the gateway tells
    def ready_payload(self, session_id: str, url: str) -> dict[str, Any]:
        """Return READY, which lists the server as not yet available."""
        return {
            "v": 10,
            "user": self.me(),
            "guilds": [{"id": str(self.guild_id), "unavailable": True}],
            "session_id": session_id,
            "shard": [0, 1],
            "resume_gateway_url": url,
            "application": {"id": str(self.backend.application_id), "flags": 0},
        }

    def guild_create_payload(self) -> dict[str, Any]:
        """Return the server with its channels, active threads and members."""
        return dict(serializers.guild_create_payload(self.backend, self.backend.guilds[self.guild_id]))

    def members_chunk(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the members that the bot asked for."""
        guild = self.backend.get_guild(self.guild_id)
        wanted = {int(one) for one in asked.get("user_ids") or guild.members}
        members = [serializers.member_payload(self.backend, guild, m) for i, m in guild.members.items() if i in wanted]
        head = {"guild_id": str(self.guild_id), "nonce": asked.get("nonce"), "not_found": []}
        return {**head, "chunk_index": 0, "chunk_count": 1, "members": [dict(one) for one in members]}

    def use_intents(self, value: int) -> None:
        """Send only what the bot asked for when it identified itself."""
        self.intents = discord.Intents._from_value(value)

    def me(self) -> dict[str, Any]:
        """Return the bot's own account."""
        return dict(serializers.user_payload(self.backend.bot_user))

    def _on_event(self, event: str, payload: Any) -> None:
        gate = simcord_intents.required_intent(event, payload)
        if gate is not None and not getattr(self.intents, gate):
            return
        data = copy.deepcopy(dict(payload))
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and not self.intents.message_content:
            simcord_intents.censor_message(data, self.backend.bot_user.id, backend=self.backend)
        self._send_event(event, data)

    def _interaction(self, kind: int, channel_id: int, user: User, data: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        return base_payload(
            self.backend, type=kind, channel_id=channel_id, guild_id=self.guild_id, user_id=user.id, data=data
        )

    def _member(self, name: str, permissions: discord.Permissions | None = None) -> User:
        user = self.backend.make_user(name)
        member = self.backend.add_member(self.guild_id, user.id)
        if permissions is not None:
            role = self.backend.create_role(self.guild_id, f"{name}s", permissions=permissions.value)
            member.role_ids.append(role.id)
        return user
