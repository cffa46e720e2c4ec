"""``footnote doctor``: is everything there that the bot needs? One line a part, each saying what to do if not.

Reads and asks only; changes nothing and sends no message. Without a token the Discord part is skipped and says so.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.core.domain import ForumSettings, Mode, NoteState
from bot.core.errors import AppError

if TYPE_CHECKING:
    import discord

    from config.settings import Settings

# Below this, SQLite can corrupt a database when two connections checkpoint at the same instant; we write from one.
SQLITE_TWO_WRITERS_FIXED = (3, 51, 3)


class State(StrEnum):
    """How a part is."""

    OK = "ok"
    NOTE = "note"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Line:
    """One part examined; ``text`` says what was found and, unless all is well, what to do."""

    part: str
    state: State
    text: str


async def examine(settings: Settings) -> AsyncIterator[Line]:
    """Yield a line for each part, the quick ones first."""
    yield python_line()
    yield sqlite_line()
    yield notes_line(settings)
    for line in model_lines(settings):
        yield line
    async for line in store_lines(settings):
        yield line
    async for line in discord_lines(settings):
        yield line


def python_line() -> Line:
    """Tell the interpreter."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Line("python", State.OK, f"Python {version}.")


def sqlite_line() -> Line:
    """Tell SQLite's version and what follows from an old one."""
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= SQLITE_TWO_WRITERS_FIXED:
        return Line("sqlite", State.OK, f"SQLite {version}.")
    return Line(
        "sqlite",
        State.NOTE,
        f"SQLite {version} is fine for one bot process; do not let a second program write to the same database.",
    )


def notes_line(settings: Settings) -> Line:
    """Load the notes as the bot would."""
    from bot.core.notes import load_notes

    try:
        notes = load_notes(settings.notes_dir)
    except AppError as error:
        return Line("notes", State.FAIL, str(error))
    active = sum(note.state is NoteState.ACTIVE for note in notes)
    if not active:
        return Line("notes", State.FAIL, f"No active note in {settings.notes_dir}: the bot would never speak. Add one.")
    return Line("notes", State.OK, f"{active} active of {len(notes)} notes in {settings.notes_dir}.")


def model_lines(settings: Settings) -> list[Line]:
    """Load the encoder and the stance judge as the bot would."""
    from bot.app import model_options
    from models.loading import load_encoder, load_models

    options = model_options(settings)
    parts = {
        "encoder": (load_encoder, "The sentence encoder loads and its checksum holds."),
        "stance": (load_models, "The stance judge loads and matches its manifest."),
    }
    lines = []
    for part, (load, sentence) in parts.items():
        try:
            load(options)
            lines.append(Line(part, State.OK, sentence))
        except AppError as error:
            lines.append(Line(part, State.FAIL, str(error)))
    return lines


async def store_lines(settings: Settings) -> AsyncIterator[Line]:
    """Check the database file; one that was never made is a note, not a failure."""
    from bot.app import open_settings_store

    data_dir = settings.paths.data_dir
    if not settings.paths.database_url and not any(data_dir.glob("*.db")):
        yield Line("store", State.NOTE, f"No database yet; the first start makes one in {data_dir.absolute()}.")
        return
    try:
        async with open_settings_store(settings) as store:
            status = await store.status()
    except AppError as error:
        yield Line("store", State.FAIL, str(error))
        return
    waiting = f"{status.pending_posts} posts and {status.outbox} replies wait"
    yield Line("store", State.OK, f"Schema {status.schema_version}; {status.posts} posts known, {waiting}.")


async def discord_lines(settings: Settings) -> AsyncIterator[Line]:
    """Log in over REST only, then check intents and the permissions in every watched channel."""
    import aiohttp
    import discord

    from bot.app import point_at_discord

    if settings.discord_token is None:
        yield Line("token", State.NOTE, "DISCORD_TOKEN is not set: `footnote run` starts the sandbox instead.")
        return
    point_at_discord(settings)
    client = discord.Client(intents=discord.Intents(guilds=True))
    try:
        await client.login(settings.discord_token.get_secret_value())
    except discord.LoginFailure:
        yield Line(
            "token", State.FAIL, "Discord refuses the token. Make a new one on the Bot page and set DISCORD_TOKEN."
        )
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        yield Line("token", State.FAIL, f"Discord cannot be reached ({type(error).__name__}). Check the network.")
    else:
        yield Line("token", State.OK, f"Logged in as {client.user}.")
        yield intent_line(client, settings)
        async for line in permission_lines(client, settings):
            yield line
    finally:
        await client.close()


def intent_line(client: discord.Client, settings: Settings) -> Line:
    """Compare the privileged intent asked for with what the application page allows."""
    flags = client.application_flags
    allowed = flags.gateway_message_content or flags.gateway_message_content_limited
    if allowed or not settings.bot.message_content:
        return Line("intents", State.OK, "The message-content intent is as the settings ask.")
    return Line(
        "intents",
        State.FAIL,
        "Switch on Message Content Intent on the application's Bot page, or set FOOTNOTE_BOT__MESSAGE_CONTENT=false.",
    )


async def permission_lines(client: discord.Client, settings: Settings) -> AsyncIterator[Line]:
    """Name what the bot may not do in each watched channel."""
    import discord

    from bot.app import open_settings_store

    async with open_settings_store(settings) as store:
        forums = [forum for forum in await store.forums() if forum.mode is not Mode.OFF]
    for forum in forums:
        part = f"channel {forum.forum_id}"
        try:
            missing = await missing_permissions(client, forum)
        except (discord.Forbidden, discord.NotFound):
            yield Line(part, State.FAIL, "The bot cannot see it. Allow View Channel, or `/forum unwatch` it.")
            continue
        text = f"Allow the bot: {', '.join(missing)}." if missing else "All permissions there."
        yield Line(part, State.FAIL if missing else State.OK, text)
    if not forums:
        yield Line("forums", State.NOTE, "No channel is watched yet. In Discord, use `/forum watch`.")


async def missing_permissions(client: discord.Client, forum: ForumSettings) -> list[str]:
    """Return the permissions the bot lacks in a channel, as Discord's settings name them."""
    import discord

    from cogs._places import missing_names

    guild = await client.fetch_guild(forum.guild_id)
    channel = await guild.fetch_channel(forum.forum_id)
    if not isinstance(channel, discord.abc.GuildChannel) or client.user is None:
        return []
    me = await guild.fetch_member(client.user.id)
    return list(missing_names(channel, channel.permissions_for(me)))


async def print_report(settings: Settings, *, as_json: bool, echo: Callable[[str], None]) -> bool:
    """Print a line as each part is examined; return whether nothing failed."""
    is_well = True
    async for line in examine(settings):
        is_well = is_well and line.state is not State.FAIL
        echo(json.dumps(asdict(line)) if as_json else f"{line.state.value:<4}  {line.part:<10}  {line.text}")
    return is_well
