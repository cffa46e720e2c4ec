"""The Discord client: which intents it asks for, what it never pings, which cogs it carries, how it reports errors.

Judges nothing and opens nothing: every collaborator comes in ``Services``, built by ``bot.app`` or a test.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.core.desk_ports import Desk
from bot.core.domain import Note, Thresholds
from bot.core.errors import AppError
from bot.core.note_ports import Library
from bot.core.note_words import LintWords
from bot.core.notebook import NoteBook
from bot.core.ports import Clock, Screener, Store
from bot.core.tuning_preview import Preview
from bot.core.tuning_report import Report
from cogs._answers import CALL_ERRORS, tell
from cogs._posts import PostDesk

if TYPE_CHECKING:
    from bot.core.screening import Screening

log = logging.getLogger(__name__)

KEPT_ERRORS = 20  # /status shows the last few; the log has the rest
MAX_RATE_LIMIT_WAIT_S = 30.0  # the least discord.py allows; longer waits belong to the outbox, which survives a restart


@dataclass(frozen=True, slots=True)
class BotOptions:
    """What the client may be told from settings; every value has a default that suits one server.

    ``catch_up_limit`` is messages fetched in one thread after a gap; ``in_flight`` is posts screened at once.
    """

    retention_days: int = 30
    upkeep_seconds: float = 5.0
    send_deadline_s: float = 20.0
    catch_up_limit: int = 200
    watchdog_silence_s: float = 300.0
    message_content: bool = True
    in_flight: int = 16


@dataclass(frozen=True, slots=True)
class Pictures:
    """What draws figures as PNG bytes. Both block for a moment, so they are called in a thread."""

    preview: Callable[[Preview, Thresholds], bytes]
    report: Callable[[Report], bytes]


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the cogs work with. ``problems`` are sentences on what could not be started.

    ``library`` keeps all servers' notes, ``notes`` are those in use, ``pack`` is what a server may start with. ``desk``
    is what moderators, admins and members ask of the store.
    """

    screening: Screening
    screener: Screener
    store: Store
    library: Library
    notes: NoteBook
    clock: Clock
    lint_words: LintWords
    desk: Desk = field(kw_only=True)
    pictures: Pictures = field(kw_only=True)
    options: BotOptions = BotOptions()
    problems: tuple[str, ...] = ()
    pack: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportedError:
    """One failure as ``/status`` shows it: the short id stands in the log beside the stack trace."""

    short_id: str
    where: str
    kind: str
    at: datetime


class FootnoteBot(commands.AutoShardedBot):
    """The client with its cogs. Commands are application commands only; nothing it sends pings anyone."""

    def __init__(self, services: Services, *, sync_commands: bool = True) -> None:
        """Prepare the client; nothing touches the network before ``start``."""
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot has no voice
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents_for(services.options),
            allowed_mentions=discord.AllowedMentions(everyone=False, users=False, roles=False, replied_user=False),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=MAX_RATE_LIMIT_WAIT_S,
            tree_cls=FootnoteTree,
        )
        self.services = services
        self.sync_commands = sync_commands
        self.errors: deque[ReportedError] = deque(maxlen=KEPT_ERRORS)
        self.channel_problems: dict[int, str] = {}
        self.posts = PostDesk()
        self.slots = asyncio.Semaphore(services.options.in_flight)
        self.are_notes_behind = False

    async def setup_hook(self) -> None:
        """Add the cogs and persistent buttons, then tell Discord the commands."""
        from cogs import load_all  # not at import time: the cogs import this module

        await load_all(self)
        if self.sync_commands:
            await self._tell_commands()

    async def _tell_commands(self) -> None:
        """Register the commands; after a failure those of the last start still stand, so the bot goes on."""
        try:
            await self.tree.sync()
        except CALL_ERRORS as error:
            self.report(error, "registering the commands")

    async def reload_notes(self) -> None:
        """Serve the notes as the library has them now; claims that did not change are not encoded again.

        Raises StoreUnavailable or ScreenerUnavailable; the notes in use then stay, and upkeep tries again.
        """
        self.are_notes_behind = True
        await self.services.notes.reload(self.services.library, self.services.screener)
        self.are_notes_behind = False

    def report(self, error: BaseException, where: str) -> str:
        """Log an unexpected error with its stack trace, keep it for ``/status``, and return its short id."""
        short_id = secrets.token_hex(3)
        log.error("unexpected error %s in %s", short_id, where, exc_info=error)
        self.errors.append(ReportedError(short_id, where, type(error).__name__, self.services.clock.now()))
        return short_id

    def sentence_for(self, error: BaseException, where: str) -> str:
        """Return what a person is told about an error; an unexpected one is reported as well."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if isinstance(cause, AppError):
            return str(cause)
        if isinstance(cause, CALL_ERRORS):
            log.warning("%s: Discord answered with %s", where, type(cause).__name__)
            return "Discord did not take our answer. Please try again in a moment."
        short_id = self.report(cause, where)
        return f"Something went wrong on our side. If it happens again, tell an admin this number: `{short_id}`"

    async def on_message(self, message: discord.Message, /) -> None:
        """Do nothing: there are no text commands, and the watch cog listens for itself."""

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:
        """Report what an event listener let through; the connection goes on."""
        error = sys.exception()
        if isinstance(error, AppError):  # expected, such as a locked database: one line, no stack trace
            log.warning("%s: %s", event_method, error)
        elif error is not None:
            self.report(error, event_method)


class FootnoteTree(app_commands.CommandTree[FootnoteBot]):
    """The command tree with the one place that answers for a failed command."""

    async def on_error(
        self, interaction: discord.Interaction[FootnoteBot], error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the member one sentence, never a stack trace."""
        name = interaction.command.qualified_name if interaction.command else "command"
        await tell(interaction, interaction.client.sentence_for(error, f"/{name}"))


def intents_for(options: BotOptions) -> discord.Intents:
    """Return the least that the bot needs: servers, their messages and, where allowed, the messages' text."""
    return discord.Intents(guilds=True, guild_messages=True, message_content=options.message_content)
