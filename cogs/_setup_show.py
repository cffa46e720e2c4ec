"""How ``/setup`` shows its pages: each with its menus and the buttons to the pages beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord

from bot.core.setup_steps import Step
from cogs._answers import Interaction
from cogs._guards import Right
from cogs._note_parts import put
from cogs._pack import PACK_BUTTONS
from cogs._setup_menus import (
    SETUP_MENUS,
    CardsMenu,
    CuratorsMenu,
    ForumMenu,
    ModeratorsMenu,
    OneApproves,
    TextMenu,
    TwoApprove,
)
from cogs._setup_pages import Chosen, guild_of, page_lines, read_chosen
from cogs._ui import ACCENT, MAX_TEXT, PersistentButton, template_for

View = discord.ui.LayoutView
Row = discord.ui.ActionRow[View]


class GoTo(PersistentButton, template=template_for("fn:setup", "[1-6]")):
    """Opens one page of the walk-through."""

    prefix = "fn:setup"
    right = Right.ADMIN

    async def act(self, interaction: Interaction) -> None:
        """Draw the page as things stand now."""
        await interaction.response.defer()
        await show_page(interaction, Step(self.subject_id))


class Start(PersistentButton, template=template_for("fn:setup-start")):
    """Finishes the setup."""

    prefix = "fn:setup-start"
    label = "Start"
    style = discord.ButtonStyle.primary
    right = Right.ADMIN

    async def act(self, interaction: Interaction) -> None:
        """Keep that the server is set up, if it has what the bot needs, and say what happens next."""
        await interaction.response.defer()
        chosen = await read_chosen(interaction.client, guild_of(interaction))
        if not chosen.progress.missing:
            server = replace(chosen.server, is_set_up=True)
            await interaction.client.services.desk.put_server(server, actor_id=interaction.user.id)
        await show_page(interaction, Step.START)


SETUP_PARTS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (GoTo, Start, *SETUP_MENUS)


async def show_page(interaction: Interaction, step: Step | None = None) -> None:
    """Show a page in place of the one clicked on, or as the command's answer; without ``step`` the one to go on."""
    bot = interaction.client
    chosen = await read_chosen(bot, guild_of(interaction))
    at = step or chosen.progress.resume_at
    rows = [*_rows(chosen, at), _turning(chosen, at)]
    text = "\n".join(page_lines(bot, chosen, at))
    view = View(timeout=None)
    view.add_item(discord.ui.Container(discord.ui.TextDisplay(text[:MAX_TEXT]), *rows, accent_colour=ACCENT))
    await put(interaction, view)


def _row(*items: discord.ui.Item[Any]) -> Row:
    row: Row = discord.ui.ActionRow()
    for item in items:
        row.add_item(item)
    return row


def _rows(chosen: Chosen, step: Step) -> list[Row]:
    """Return the menus and buttons of one page."""
    guild, server, rules = chosen.guild, chosen.server, chosen.rules
    if step is Step.FORUMS:
        watched = [guild.get_channel(settings.forum_id) for settings in chosen.watched]
        forums = [one.id for one in watched if isinstance(one, discord.ForumChannel)]
        texts = [one.id for one in watched if isinstance(one, discord.TextChannel)]
        return [_row(ForumMenu(guild.id, forums)), _row(TextMenu(guild.id, texts))]
    if step is Step.MODERATORS:
        cards = [one for one in (server.moderators_channel_id,) if one and guild.get_channel(one)]
        mods = [one for one in (server.moderator_role_id,) if one and guild.get_role(one)]
        return [_row(CardsMenu(guild.id, cards)), _row(ModeratorsMenu(guild.id, mods))]
    if step is Step.CURATORS:
        roles = [one for one in (rules.curator_role_id,) if one and guild.get_role(one)]
        return [_row(CuratorsMenu(guild.id, roles)), _row(OneApproves(guild.id), TwoApprove(guild.id))]
    if step is Step.NOTES and not chosen.progress.has_answered_pack:
        return [_row(*(button(guild.id) for button in PACK_BUTTONS))]
    return []


def _turning(chosen: Chosen, step: Step) -> Row:
    """Return the buttons to the pages beside this one."""
    buttons: list[PersistentButton] = []
    if step is not Step.CHECKS:
        buttons.append(GoTo(step - 1, "Back"))
    if step is Step.CHECKS:
        buttons.append(GoTo(step, "Check again"))
    if step is not Step.START:
        buttons.append(GoTo(step + 1, "Next"))
    elif not chosen.server.is_set_up and not chosen.progress.missing:
        buttons.append(Start(chosen.guild.id))
    return _row(*buttons)
