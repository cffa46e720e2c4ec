"""The pages of ``/setup``: what stands on each, drawn from what is stored, so that every page can be reopened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord

from bot.core.desk_ports import ServerSettings
from bot.core.domain import ForumSettings, Mode
from bot.core.errors import BadInput
from bot.core.note_ports import NoteRules, Pack
from bot.core.setup_steps import TITLES, Progress, Step
from cogs._answers import Interaction
from cogs._setup_checks import check_lines, trouble_lines

if TYPE_CHECKING:
    from bot.client import FootnoteBot

NOTHING_POSTED = "In shadow posts are judged and the result is logged; nothing is posted."
NEXT_STEPS = (
    "**What happens next**",
    "- I read new posts in these forums and keep quiet. `/status` shows that I am at work, `/report` what I saw.",
    "- When there is enough to judge by, I propose the mode review in the moderators' channel, with figures: then a "
    "moderator releases each reply. Later I may propose auto. Each is switched on by an admin only.",
    "- `/forum mode` changes a forum's mode at any time, `/threshold show` has the scores behind it.",
    "- Members can opt out: `/privacy`.",
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen for a server so far. ``watched`` are the channels whose mode is not off."""

    guild: discord.Guild
    watched: tuple[ForumSettings, ...]
    server: ServerSettings
    rules: NoteRules
    has_pack: bool

    @property
    def progress(self) -> Progress:
        """How far the walk-through came."""
        has_channel = self.server.moderators_channel_id is not None
        return Progress(bool(self.watched), has_channel, not self.has_pack or self.rules.pack is not Pack.UNDECIDED)


def guild_of(interaction: Interaction) -> discord.Guild:
    """Return the server of a click. Raises BadInput where the bot is not in it, or not any more."""
    if interaction.guild is None:
        raise BadInput("I am not in this server, or not any more. Invite me again, then use `/setup`.")
    return interaction.guild


async def read_chosen(bot: FootnoteBot, guild: discord.Guild) -> Chosen:
    """Return what is stored for a server. Raises StoreUnavailable."""
    services = bot.services
    forums = await services.store.forums(guild.id)
    watched = tuple(settings for settings in forums if settings.mode is not Mode.OFF)
    server = await services.desk.server(guild.id)
    return Chosen(guild, watched, server, await services.library.rules(guild.id), bool(services.pack))


def page_lines(bot: FootnoteBot, chosen: Chosen, step: Step) -> list[str]:
    """Return the heading and the lines of one page."""
    lines = {
        Step.CHECKS: _checks,
        Step.FORUMS: _forums,
        Step.MODERATORS: _moderators,
        Step.CURATORS: _curators,
        Step.NOTES: _notes,
        Step.START: _start,
    }[step](bot, chosen)
    return [f"### Setup {step.value} of {len(Step)}: {TITLES[step]}", *lines]


def _checks(bot: FootnoteBot, chosen: Chosen) -> list[str]:
    return [
        *check_lines(bot, chosen.guild, chosen.watched, chosen.server.moderators_channel_id),
        "You can leave at any time: what you chose is kept, and `/setup` goes on from there.",
    ]


def _forums(_bot: FootnoteBot, chosen: Chosen) -> list[str]:
    lines = [f"Only channels that you choose are read. A new one starts in shadow at once. {NOTHING_POSTED}"]
    lines += [_forum_line(settings) for settings in chosen.watched]
    lines += [f"-# {line}" for line in trouble_lines(chosen.guild, chosen.watched, None)]
    return [*lines, "A mode that was chosen before stays. `/forum unwatch` takes a channel out again."]


def _moderators(_bot: FootnoteBot, chosen: Chosen) -> list[str]:
    channel_id, role_id = chosen.server.moderators_channel_id, chosen.server.moderator_role_id
    return [
        "Cards that ask about a post go to this channel. They show members' words, so it should be private.",
        f"Channel: {f'<#{channel_id}>' if channel_id else 'none yet'}",
        *(f"-# {line}" for line in trouble_lines(chosen.guild, (), channel_id)),
        "Moderators are whoever has this role or, without one, whoever may manage messages.",
        f"Role: {f'<@&{role_id}>' if role_id else 'none, so whoever may manage messages'}",
    ]


def _curators(_bot: FootnoteBot, chosen: Chosen) -> list[str]:
    rules = chosen.rules
    who = f"<@&{rules.curator_role_id}>" if rules.curator_role_id else "none, so moderators are the curators"
    how = "one curator approves it" if rules.approvals == 1 else "two different curators approve it"
    return [
        "Curators write and approve the notes that I answer with.",
        f"Curators' role: {who}",
        f"A note is used once {how}. Two are better: what one overlooks the other sees.",
    ]


def _notes(bot: FootnoteBot, chosen: Chosen) -> list[str]:
    if chosen.rules.pack is Pack.DECLINED:
        return ["This server starts without the starter pack. `/note add` writes a note, `/note import` takes some in."]
    in_use = len(bot.services.notes.of(chosen.guild.id))
    if chosen.progress.has_answered_pack:
        return [f"{in_use} notes are in use here. `/note list` shows them."]
    return [
        f"There are {len(bot.services.pack)} reviewed notes to start with, each with sources of different outlook.",
        "They become this server's own: your curators may change or retire each of them.",
        "Without any note the bot has nothing to answer with.",
    ]


def _start(bot: FootnoteBot, chosen: Chosen) -> list[str]:
    channel_id = chosen.server.moderators_channel_id
    lines = [_forum_line(settings) for settings in chosen.watched]
    lines.append(f"Moderators are asked in {f'<#{channel_id}>' if channel_id else 'no channel yet'}.")
    lines += [f"Still needed: step {step.value}, {TITLES[step].lower()}." for step in chosen.progress.missing]
    lines += [f"-# {line}" for line in trouble_lines(chosen.guild, chosen.watched, channel_id)]
    if chosen.server.is_set_up:
        return [*lines, *NEXT_STEPS]
    return lines if chosen.progress.missing else [*lines, "Press Start to finish."]


def _forum_line(settings: ForumSettings) -> str:
    return f"- <#{settings.forum_id}>: {settings.mode}"
