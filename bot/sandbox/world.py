"""The sandbox's Discord: one server, a watched forum, a moderators' channel and a few people, all in memory.

Builds the same server with the same ids at every start; threads and messages are added by people, by the seed and by
``journal``. It knows nothing of the browser page and judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import discord
from simcord import ChannelHandle, Env, GuildHandle, MemberActor
from simcord.backend.models import Channel, Message, Overwrite
from simcord.enums import OverwriteType

from bot.core.errors import BadInput
from bot.sandbox.clock import WallClock
from bot.sandbox.limits import NAME_LIMIT, PLAIN_POST_LIMIT, POST_LIMIT, TITLE_LIMIT

GUILD_NAME = "Footnote sandbox"
FORUM_NAME = "geopolitics"
MODERATORS_NAME = "moderators"
BOT_NAME = "Footnote"

# Name on the page and role. New people go to the end: ids are given in this order.
PEOPLE = (
    ("ann", "Ann", None),
    ("ben", "Ben", None),
    ("chen", "Chen", None),
    ("mo", "Mo (moderator)", "moderator"),
    ("ada", "Ada (admin)", "admin"),
)


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread of the forum as a list shows it."""

    id: int
    title: str
    posts: int
    last_id: int


class World:
    """The server and its people around one bot. Call ``start`` once; ``stop`` ends the bot, not the data."""

    def __init__(self, bot: discord.Client, *, settle_timeout_s: float = 60.0) -> None:
        """Build the server before the bot joins it; ids come out the same each time."""
        shards = 1 if isinstance(bot, discord.AutoShardedClient) and bot.shard_count is None else None
        self.env = Env(bot, check_errors=False, settle_timeout=settle_timeout_s, shard_count=shards)
        self.backend = self.env.backend
        self.backend.bot_user.name = BOT_NAME
        owner = self.env.create_user("owner", global_name="Server owner")
        self.guild: GuildHandle = self.env.create_guild(GUILD_NAME, owner=owner)
        self.people: dict[str, MemberActor] = dict(self._make_people())
        self.moderators: ChannelHandle = self.guild.create_text_channel(
            MODERATORS_NAME, topic="Where the bot asks before it speaks. Members cannot see this channel."
        )
        self._hide_from_members(self.moderators)
        self.forum: ChannelHandle = self.guild.create_forum_channel(FORUM_NAME)
        self._forum_channels = {FORUM_NAME: self.forum.id}
        self.backend.clock = WallClock()  # only now: everything above keeps the ids of SimCord's fixed date

    async def start(self) -> None:
        """Connect the bot and wait until it is ready."""
        await self.env.start()

    async def stop(self) -> None:
        """Disconnect the bot."""
        await self.env.shutdown()

    async def settle(self) -> None:
        """Wait until the bot has nothing left to do."""
        await self.env.settle()

    def forget_traffic(self) -> None:
        """Drop SimCord's record of every event and request, which would grow as long as the sandbox runs."""
        self.backend.transcript.clear()
        self.backend.http_requests.clear()

    @property
    def admin(self) -> MemberActor:
        """The person with all rights."""
        return self.people["ada"]

    def person(self, name: str) -> MemberActor:
        """Return the person of that name, who joins the server when new."""
        key = name.strip().casefold()[:NAME_LIMIT] or "someone"
        if key not in self.people:
            user = self.env.create_user(key, global_name=name.strip()[:NAME_LIMIT] or None)
            self.people[key] = self.guild.add_member(user)
        return self.people[key]

    async def open_thread(self, author: MemberActor, title: str, text: str) -> int:
        """Let a person open a thread in the forum and wait for the bot; returns the thread's id.

        On Discord the opening message carries the thread's own id, and the thread is announced before it.
        """
        check_post(text)
        name = title.strip()
        if not name or len(name) > TITLE_LIMIT:
            raise BadInput(f"A thread's title must have 1 to {TITLE_LIMIT} characters.")
        thread = self.backend.create_thread(self.forum.id, name, author.id, broadcast=False)
        opener = self._message(author, thread.id, text)
        opener.id = thread.id
        self.backend.announce_thread_create(thread)
        self.backend.commit_message(opener)
        self.backend.get_channel(self.forum.id).last_message_id = thread.id
        await self.settle()
        return int(thread.id)

    async def reply(self, author: MemberActor, thread_id: int, text: str) -> int:
        """Let a person post in a thread and wait for the bot; returns the message's id."""
        check_post(text)
        message = self.backend.commit_message(self._message(author, thread_id, text))
        await self.settle()
        return int(message.id)

    def channel(self, channel_id: int) -> ChannelHandle:
        """Return the handle of a channel or thread."""
        return ChannelHandle(self.env, self.guild, self.backend.get_channel(channel_id))

    def threads(self) -> list[Thread]:
        """Return the forum's threads, the one with the newest message first."""
        rows = [self._thread(self.backend.get_channel(thread_id)) for thread_id in self._thread_ids()]
        return sorted(rows, key=lambda row: row.last_id, reverse=True)

    def messages(self, channel_id: int) -> list[Message]:
        """Return a channel's messages, oldest first."""
        return [message for _, message in sorted(self.backend.messages.get(channel_id, {}).items())]

    def answers_to(self, post_id: int, channel_id: int) -> list[Message]:
        """Return the bot's messages that reply to one post."""
        return [
            message
            for message in self.messages(channel_id)
            if message.author_id == self.backend.bot_user.id
            and (message.reference or {}).get("message_id") == str(post_id)
        ]

    def _message(self, author: MemberActor, channel_id: int, text: str) -> Message:
        """Prepare a person's message; SimCord checks it as one without Nitro, the rest is added after the check."""
        message = self.backend.prepare_message(channel_id, author.id, text[:PLAIN_POST_LIMIT])
        message.content = text
        return message

    def _thread_ids(self) -> Iterator[int]:
        for thread_id in self.backend.get_guild(self.guild.id).thread_ids:
            if self.backend.get_channel(thread_id).parent_id == self.forum.id:
                yield thread_id

    def _thread(self, channel: Channel) -> Thread:
        ids = [message.id for message in self.messages(channel.id) if not message.is_ephemeral]
        return Thread(channel.id, channel.name or "", len(ids), max(ids, default=channel.id))

    def _make_people(self) -> Iterator[tuple[str, MemberActor]]:
        roles = {
            "moderator": self.guild.create_role(
                "Moderators",
                permissions=discord.Permissions(manage_messages=True, manage_threads=True, moderate_members=True),
                color=0x2ECC71,
            ),
            "admin": self.guild.create_role(
                "Admins", permissions=discord.Permissions(administrator=True), color=0xE67E22
            ),
        }
        self._staff_role_ids = [role.id for role in roles.values()]
        for name, shown, role in PEOPLE:
            user = self.env.create_user(name, global_name=shown)
            yield name, self.guild.add_member(user, roles=[roles[role]] if role else [])

    def _hide_from_members(self, channel: ChannelHandle) -> None:
        view = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True).value
        bot_roles = self.backend.get_member(self.guild.id, self.backend.bot_user.id).role_ids
        overwrites = [Overwrite(self.guild.id, OverwriteType.ROLE, deny=discord.Permissions(view_channel=True).value)]
        overwrites += [Overwrite(role, OverwriteType.ROLE, allow=view) for role in (*self._staff_role_ids, *bot_roles)]
        self.backend.get_channel(channel.id).overwrites = overwrites


def check_post(text: str) -> None:
    """Refuse what Discord would refuse as a message."""
    if not text.strip():
        raise BadInput("A post must not be empty.")
    if len(text) > POST_LIMIT:
        raise BadInput(f"A post may have at most {POST_LIMIT:,} characters, this one has {len(text):,}.")
