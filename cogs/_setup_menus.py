"""The choices of ``/setup``: each is stored at once, redraws its page, and outlives a restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import discord

from bot.core.domain import ForumSettings, Mode
from bot.core.errors import BadInput
from bot.core.note_ports import NoteRules
from bot.core.setup_steps import Step
from cogs._answers import Interaction
from cogs._cursors import newest_in
from cogs._entity_menus import MOST, ChannelMenu, RoleMenu
from cogs._guards import Right
from cogs._setup_checks import Watchable
from cogs._setup_pages import guild_of, read_chosen
from cogs._ui import PersistentButton, template_for

NOT_SEEN = "I cannot see {place}. Give me View Channel there, then choose it again."


class _WatchMenu(ChannelMenu, template="(?!)"):
    """Starts to watch channels in shadow; one that is watched already keeps its mode."""

    most = MOST

    async def act(self, interaction: Interaction) -> None:
        """Watch those that are new, from now on."""
        await interaction.response.defer()
        chosen = await read_chosen(interaction.client, guild_of(interaction))
        known = {settings.forum_id for settings in chosen.watched}
        for channel_id in self.chosen_ids:
            if channel_id not in known:
                await _watch(interaction, channel_id, chosen.server.moderators_channel_id)
        await _redraw(interaction, Step.FORUMS)


class ForumMenu(_WatchMenu, template=template_for("fn:setup-forums")):
    """Chooses forums."""

    prefix = "fn:setup-forums"
    placeholder = "Forums to watch"
    kinds = (discord.ChannelType.forum,)


class TextMenu(_WatchMenu, template=template_for("fn:setup-texts")):
    """Chooses text channels."""

    prefix = "fn:setup-texts"
    placeholder = "Text channels to watch, with their threads"
    kinds = (discord.ChannelType.text,)


class CardsMenu(ChannelMenu, template=template_for("fn:setup-cards")):
    """Chooses the moderators' channel."""

    prefix = "fn:setup-cards"
    placeholder = "Moderators' channel"
    kinds = (discord.ChannelType.text,)

    async def act(self, interaction: Interaction) -> None:
        """Keep it for the server, and for the forums that have none or had the one from before."""
        await interaction.response.defer()
        bot, guild = interaction.client, guild_of(interaction)
        (channel_id,) = self.chosen_ids
        if not isinstance(guild.get_channel(channel_id), discord.TextChannel):
            raise BadInput(NOT_SEEN.format(place=f"<#{channel_id}>"))
        chosen = await read_chosen(bot, guild)
        before = chosen.server.moderators_channel_id
        for settings in chosen.watched:
            if settings.moderators_channel_id in (None, before):
                moved = replace(settings, moderators_channel_id=channel_id)
                await bot.services.store.put_forum(moved, actor_id=interaction.user.id)
        server = replace(chosen.server, moderators_channel_id=channel_id)
        await bot.services.desk.put_server(server, actor_id=interaction.user.id)
        await _redraw(interaction, Step.MODERATORS)


class ModeratorsMenu(RoleMenu, template=template_for("fn:setup-mods")):
    """Chooses the moderators' role."""

    prefix = "fn:setup-mods"
    placeholder = "Moderators' role; none means Manage Messages"

    async def act(self, interaction: Interaction) -> None:
        """Keep it, or that there is none."""
        await interaction.response.defer()
        desk = interaction.client.services.desk
        server = await desk.server(interaction.guild_id or 0)
        role_id = next(iter(self.chosen_ids), None)
        await desk.put_server(replace(server, moderator_role_id=role_id), actor_id=interaction.user.id)
        await _redraw(interaction, Step.MODERATORS)


class CuratorsMenu(RoleMenu, template=template_for("fn:setup-curators")):
    """Chooses the curators' role."""

    prefix = "fn:setup-curators"
    placeholder = "Curators' role; none means moderators"

    async def act(self, interaction: Interaction) -> None:
        """Keep it, or that there is none."""
        await interaction.response.defer()
        role_id = next(iter(self.chosen_ids), None)
        await _change_rules(interaction, lambda rules: replace(rules, curator_role_id=role_id))
        await _redraw(interaction, Step.CURATORS)


class _Approvals(PersistentButton, template="(?!)"):
    """Sets how many curators must approve a note."""

    right = Right.ADMIN
    approvals: ClassVar[int]

    async def act(self, interaction: Interaction) -> None:
        """Keep it."""
        await interaction.response.defer()
        await _change_rules(interaction, lambda rules: replace(rules, approvals=self.approvals))
        await _redraw(interaction, Step.CURATORS)


class OneApproves(_Approvals, template=template_for("fn:setup-one")):
    """One curator is enough."""

    prefix = "fn:setup-one"
    label = "One curator approves"
    approvals = 1


class TwoApprove(_Approvals, template=template_for("fn:setup-two")):
    """Two different curators are needed."""

    prefix = "fn:setup-two"
    label = "Two curators approve"
    approvals = 2


SETUP_MENUS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    ForumMenu,
    TextMenu,
    CardsMenu,
    ModeratorsMenu,
    CuratorsMenu,
    OneApproves,
    TwoApprove,
)


async def _redraw(interaction: Interaction, step: Step) -> None:
    from cogs._setup_show import show_page  # not at import time: pages are drawn with these menus on them

    await show_page(interaction, step)


async def _watch(interaction: Interaction, channel_id: int, cards_id: int | None) -> None:
    """Watch a channel in shadow from now on; a moderators' channel that it had when it was watched before stays."""
    channel = guild_of(interaction).get_channel(channel_id)
    if not isinstance(channel, Watchable):
        raise BadInput(NOT_SEEN.format(place=f"<#{channel_id}>"))
    store = interaction.client.services.store
    known = await store.forum(channel.guild.id, channel.id)
    cards = (known.moderators_channel_id if known else None) or cards_id
    await store.move_cursor(channel.id, channel.id, newest_in(channel))
    settings = ForumSettings(channel.guild.id, channel.id, Mode.SHADOW, cards)
    await store.put_forum(settings, actor_id=interaction.user.id)


async def _change_rules(interaction: Interaction, change: Callable[[NoteRules], NoteRules]) -> None:
    """Change a server's rules for its notes, one admin after the other: the pack's answer is kept in the same row."""
    library, guild_id = interaction.client.services.library, interaction.guild_id or 0
    async with interaction.client.posts.hold(guild_id):
        await library.put_rules(change(await library.rules(guild_id)), actor_id=interaction.user.id)
