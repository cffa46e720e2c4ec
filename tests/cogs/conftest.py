"""A small Discord world around the real bot: a forum, a moderators' channel, a few people, a scripted judge.

The store is the real one, in memory; SimCord checks permissions and answers as Discord's API does.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import discord
import pytest
import simcord

from bot.app import pictures
from bot.client import BotOptions, FootnoteBot, Services
from bot.core.domain import Claim, ForumSettings, Mode, Note, Point, Source, Stance, Status, Thresholds
from bot.core.notebook import NoteBook
from bot.core.pack import take_pack
from bot.core.ports import Store
from bot.core.screening import Screening
from bot.store import SqlStore
from bot.store.opening import open_store
from tests.bot.core.samples import LINT_WORDS
from tests.fakes import FakeScreener, FixedLanguage, finding

ASSERTED = "The moon base was built in secret by them, everyone knows it."
ALSO_ASSERTED = "Of course the river treaty was signed by nobody at all."
DENIED = "No, nobody ever built that moon base, this is invented."
REPORTED = "He says that somebody has a moon base, is that so?"

SCRIPT = {
    "moon base was built": [finding("moon-base", 0.95, span=(4, 29))],
    "built that moon base": [finding("moon-base", 0.1, Stance.DENIES, span=(0, 20))],
    "has a moon base": [finding("moon-base", 0.2, Stance.REPORTS, span=(0, 20))],
    "maybe the moon base": [finding("moon-base", 0.6, span=(0, 20))],
    "river treaty was signed": [finding("river-treaty", 0.9, span=(0, 20))],
    "what about the moon": [finding("moon-base", 0.4, Stance.REPORTS), finding("river-treaty", 0.2, Stance.UNRELATED)],
}


def note(claim_id: str, text: str) -> Note:
    """Return a short active note."""
    sources = (Source("Agency A", "Report", "state agency"), Source("Paper B", "Story", "independent press"))
    return Note(
        Claim(claim_id, text), Status.UNSUPPORTED, (Point("No record shows it.", (1, 2)),), (Point("Some say so."),),
        "A dated document would.", sources, ("space",), (), date(2025, 12, 1), date(2027, 12, 1),
    )  # fmt: skip


NOTES = {
    "moon-base": note("moon-base", "A moon base was built in secret"),
    "river-treaty": note("river-treaty", "The river treaty was never signed"),
}


@dataclass
class WorldClock:
    """SimCord's time, so that the bot's waits move with ``advance_time``; ``ahead`` skips days that nobody plays."""

    env: simcord.Env | None = None
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return (self.env.now() if self.env is not None else datetime(2026, 1, 1, tzinfo=UTC)) + self.ahead


def services(
    store: Store, screener: FakeScreener, clock: WorldClock, options: BotOptions, notes: NoteBook | None = None
) -> Services:
    """Return what a bot is made of, as ``bot.app`` would; servers have the notes that ``reload_notes`` finds."""
    book = notes or NoteBook()
    screening = Screening(
        screener=screener,
        store=store,
        language=FixedLanguage(),
        defaults=Thresholds(0.5, 0.8),
        clock=clock,
        notes=book,
    )
    library, pack = store.library, tuple(NOTES.values())
    return Services(
        screening,
        screener,
        store,
        library,
        book,
        clock,
        LINT_WORDS,
        options,
        pack=pack,
        desk=store.desk,
        pictures=pictures(),
    )


@dataclass
class World:
    """The stage: ``env`` is SimCord's, ``ann`` and ``bob`` are members, ``mod`` moderates, ``admin`` administers."""

    env: simcord.Env
    store: SqlStore
    screener: FakeScreener
    clock: WorldClock
    options: BotOptions
    people: dict[str, simcord.actors.MemberActor] = field(default_factory=dict)

    async def build(self) -> None:
        self.guild = self.env.create_guild()
        self.forum = self.guild.create_forum_channel("debate")
        self.mods = self.guild.create_text_channel("moderators")
        self.plain = self.guild.create_text_channel("lounge")
        moderator = self.guild.create_role("Mods", permissions=discord.Permissions(manage_messages=True))
        admin = self.guild.create_role("Admins", permissions=discord.Permissions(manage_guild=True))
        roles = {"ann": [], "bob": [], "mod": [moderator], "mod2": [moderator], "admin": [admin]}
        for name, own in roles.items():
            self.people[name] = self.guild.add_member(self.env.create_user(name), roles=own)
        await take_pack(self.store.library, self.guild.id, tuple(NOTES.values()), actor_id=1)
        await self.bot.reload_notes()
        await self.env.settle()

    def __getattr__(self, name: str) -> simcord.actors.MemberActor:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def bot(self) -> FootnoteBot:
        return self.env.bot

    async def watch(self, mode: Mode = Mode.AUTO, channel: object = None) -> None:
        """Opt a channel in, as ``/forum watch`` does."""
        forum_id = (channel or self.forum).id
        await self.store.put_forum(ForumSettings(self.guild.id, forum_id, mode, self.mods.id), actor_id=1)

    async def open_thread(self, author: simcord.actors.MemberActor, title: str, text: str) -> simcord.ChannelHandle:
        """A person opens a forum post: the thread first, then its opener with the thread's own id."""
        backend = self.env.backend
        thread = backend.create_thread(self.forum.id, title, author.id, broadcast=False)
        backend.announce_thread_create(thread)
        opener = backend.prepare_message(thread.id, author.id, text)
        opener.id = thread.id
        backend.commit_message(opener)
        await self.env.settle()
        return simcord.ChannelHandle(self.env, self.guild, thread)

    def ours(self, channel: simcord.ChannelHandle) -> list[discord.Message]:
        """The bot's messages in a channel, oldest first."""
        return [message for message in channel.history() if message.author.id == self.bot.user.id]

    def posted(self) -> list[dict]:
        """The bodies of the messages that the bot asked Discord to post in channels."""
        sent = [one for one in self.env.http_requests if one.method == "POST" and one.path.startswith("/channels/")]
        return [one.json for one in sent]

    def button(self, message: discord.Message | simcord.ResponseMessage, label: str) -> str:
        """The custom_id of the button with this label."""
        return next(one["custom_id"] for one in _buttons(_raw(message)) if one["label"] == label)

    async def restart(self) -> None:
        """A new process: nothing in memory is kept."""
        made = services(self.store, self.screener, self.clock, self.options)
        await made.notes.reload(made.library, made.screener)
        await self.env.restart_bot(FootnoteBot(made))
        await self.env.settle()


def text_of(message: discord.Message | simcord.ResponseMessage) -> str:
    """All text a person reads in a components message."""
    return "\n".join(_texts(_raw(message)))


def _raw(message: discord.Message | simcord.ResponseMessage) -> list[dict]:
    return [one if isinstance(one, dict) else one.to_dict() for one in message.components]


def _buttons(components: Sequence[dict]) -> list[dict]:
    found = [one for one in components if one.get("type") == 2]
    return found + [button for one in components for button in _buttons(one.get("components", []))]


def _texts(components: Sequence[dict]) -> list[str]:
    found = []
    for component in components:
        if "content" in component:
            found.append(component["content"])
        found += [component["label"]] if component.get("label") else []
        found += _texts(component.get("components", []))
    return found


@pytest.fixture
def options() -> BotOptions:
    return BotOptions(upkeep_seconds=10)


@pytest.fixture
async def world(options: BotOptions) -> AsyncIterator[World]:
    clock = WorldClock()
    screener = FakeScreener(SCRIPT)
    async with open_store("sqlite+aiosqlite:///:memory:", clock=clock) as store:
        bot = FootnoteBot(services(store, screener, clock, options))
        env = simcord.Env(
            bot, shard_count=1, settle_timeout=30
        )  # not simcord.run: a fixture's setup and teardown differ in context
        await env.start()
        try:
            clock.env = env
            world = World(env, store, screener, clock, options)
            await world.build()
            yield world
        finally:
            await env.shutdown()
        env._raise_errors_since(env._errors_acknowledged)  # what a test did not look at fails it
