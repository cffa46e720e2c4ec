"""The offer of the starter pack to a server that has not decided about it. Never forced: it may start without notes."""

from __future__ import annotations

import discord

from bot.core.errors import AppError
from bot.core.note_ports import Pack
from bot.core.pack import answer_pack, take_pack
from cogs._answers import Interaction, defer, show, tell
from cogs._guards import Right
from cogs._ui import PersistentButton, lines_view, template_for

DECLINED_ALREADY = "This server has decided already: it started without the pack. `/note import` takes notes in."
IN_USE_ALREADY = "This server has decided already: it uses the starter pack."


class _Answer(PersistentButton, template="(?!)"):
    """Answers the offer for the whole server, once."""

    right = Right.ADMIN

    async def act(self, interaction: Interaction) -> None:
        """Carry the answer out unless one was given before."""
        await defer(interaction)
        bot, guild_id = interaction.client, interaction.guild_id or 0
        async with bot.posts.hold(guild_id):  # ids are unique over all of Discord, so this is no post's lock
            rules = await bot.services.library.rules(guild_id)
            is_first = rules.pack is Pack.UNDECIDED
            if is_first:
                await self.decide(interaction, guild_id)
        await tell(interaction, await self.outcome(interaction, guild_id) if is_first else _told_before(rules.pack))

    async def decide(self, interaction: Interaction, guild_id: int) -> None:
        """Keep the answer."""
        raise NotImplementedError

    async def outcome(self, interaction: Interaction, guild_id: int) -> str:
        """Return what to tell the admin whose answer counted."""
        raise NotImplementedError


class UsePack(_Answer, template=template_for("fn:pack-use")):
    """Takes the pack's notes into the server."""

    prefix = "fn:pack-use"
    label = "Use the starter pack"
    style = discord.ButtonStyle.primary

    async def decide(self, interaction: Interaction, guild_id: int) -> None:
        """Put the notes in force."""
        services = interaction.client.services
        await take_pack(services.library, guild_id, services.pack, actor_id=interaction.user.id)

    async def outcome(self, interaction: Interaction, guild_id: int) -> str:
        """Take the notes into use and say how many there are."""
        try:
            await interaction.client.reload_notes()
        except AppError as error:
            return f"The notes are kept, but not in use yet: {error} The bot tries again by itself."
        notes = interaction.client.services.notes.of(guild_id)
        return f"{len(notes)} notes are in use here now. `/note list` shows them; your curators may change each."


class StartEmpty(_Answer, template=template_for("fn:pack-none")):
    """Starts the server without notes."""

    prefix = "fn:pack-none"
    label = "Start empty"

    async def decide(self, interaction: Interaction, guild_id: int) -> None:
        """Keep that the pack was declined."""
        await answer_pack(interaction.client.services.library, guild_id, Pack.DECLINED, actor_id=interaction.user.id)

    async def outcome(self, _interaction: Interaction, _guild_id: int) -> str:
        """Say what comes next."""
        return "Understood: no notes were taken in, so the bot stays silent. `/note add` writes the first one."


PACK_BUTTONS: tuple[type[_Answer], ...] = (UsePack, StartEmpty)


async def offer_pack(interaction: Interaction) -> None:
    """Offer the pack to an admin, after the answer already given, where the server has not decided."""
    services, guild_id = interaction.client.services, interaction.guild_id or 0
    if not services.pack or (await services.library.rules(guild_id)).pack is not Pack.UNDECIDED:
        return
    view = lines_view(
        "Notes to start with",
        [
            f"There are {len(services.pack)} reviewed notes to start with, each with sources of different outlook.",
            "They become this server's own: your curators may change or retire each of them.",
            "Without any note the bot has nothing to answer with.",
        ],
    )
    view.add_item(discord.ui.ActionRow(*(button(guild_id) for button in PACK_BUTTONS)))
    await show(interaction, view)


def _told_before(answer: Pack) -> str:
    return DECLINED_ALREADY if answer is Pack.DECLINED else IN_USE_ALREADY
