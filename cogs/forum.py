"""``/forum``: which channels are watched, and how far the bot may go in each."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.core.domain import ForumSettings, Mode
from bot.core.setup_steps import INTENT_OFF, mend
from cogs._answers import Interaction, defer, show, tell
from cogs._cursors import Cursors, newest_in
from cogs._guards import Right, is_refused
from cogs._pack import PACK_BUTTONS, offer_pack
from cogs._places import missing_permissions
from cogs._setup_checks import Watchable, missing_for_cards
from cogs._ui import lines_view

MEANINGS = {
    Mode.OFF: "off: posts are not read.",
    Mode.SHADOW: "shadow: posts are judged and the result is logged; nothing is posted.",
    Mode.REVIEW: "review: a moderator releases or dismisses each reply.",
    Mode.AUTO: "auto: clear cases are answered at once; less clear ones go to the moderators.",
}
_CHOICES = [app_commands.Choice(name=MEANINGS[mode][:100], value=mode.value) for mode in Mode]
NOT_WATCHED = "That channel is not watched. Use `/forum watch` first, or `/setup`."


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Forum(
    commands.GroupCog, group_name="forum", group_description="Which channels are watched, and how far the bot may go"
):
    """Lets admins opt channels in and out. Nothing is watched that nobody opted in."""

    def __init__(self, bot: FootnoteBot, cursors: Cursors) -> None:
        """Serve this client; a channel newly watched is read from now on, which ``cursors`` keeps."""
        self._bot = bot
        self._cursors = cursors

    async def cog_load(self) -> None:
        """Know the buttons of the offer by their custom_ids."""
        self._bot.add_dynamic_items(*PACK_BUTTONS)

    async def cog_unload(self) -> None:
        """Forget them."""
        self._bot.remove_dynamic_items(*PACK_BUTTONS)

    @app_commands.command()
    @app_commands.describe(
        channel="A forum or text channel to watch",
        moderators_channel="Where review cards are sent",
        mode="How far to go",
    )
    @app_commands.choices(mode=_CHOICES)
    async def watch(
        self,
        interaction: Interaction,
        channel: Watchable,
        moderators_channel: discord.TextChannel | None = None,
        mode: str = Mode.SHADOW.value,
    ) -> None:
        """Watch a channel; it starts in shadow mode, where nothing is posted."""
        if await is_refused(interaction, Right.ADMIN):
            return
        await defer(interaction)
        cards = moderators_channel.id if moderators_channel else await self._cards_for(channel)
        settings = ForumSettings(channel.guild.id, channel.id, Mode(mode), cards)
        await self._put(interaction, channel, settings)
        self._cursors.move(channel.id, channel.id, newest_in(channel))
        await offer_pack(interaction)

    @app_commands.command()
    @app_commands.describe(channel="A watched channel", mode="How far to go")
    @app_commands.choices(mode=_CHOICES)
    async def mode(self, interaction: Interaction, channel: Watchable, mode: str) -> None:
        """Change how far the bot may go in a watched channel."""
        known = await self._watched(interaction, channel)
        if known is None:
            return
        await self._put(interaction, channel, replace(known, mode=Mode(mode)))

    @app_commands.command()
    @app_commands.describe(channel="A watched channel")
    async def unwatch(self, interaction: Interaction, channel: Watchable) -> None:
        """Stop watching a channel; replies already posted stay."""
        known = await self._watched(interaction, channel)
        if known is None:
            return
        await self._bot.services.store.put_forum(replace(known, mode=Mode.OFF), actor_id=interaction.user.id)
        await tell(interaction, f"{channel.mention} is no longer watched. Replies already posted stay.")

    @app_commands.command(name="list")
    async def list_(self, interaction: Interaction) -> None:
        """List the watched channels with their modes and what stands in the way."""
        if await is_refused(interaction, Right.ADMIN):
            return
        await defer(interaction)
        watched = await self._bot.services.store.forums(interaction.guild_id)
        lines = [self._line(settings) for settings in watched if settings.mode is not Mode.OFF]
        await show(interaction, lines_view("Watched channels", lines or ["None yet. `/forum watch` adds one."]))

    async def _watched(self, interaction: Interaction, channel: Watchable) -> ForumSettings | None:
        """Return a watched channel's settings to an admin; None once the person was told why not."""
        if await is_refused(interaction, Right.ADMIN):
            return None
        await defer(interaction)
        known = await self._bot.services.store.forum(channel.guild.id, channel.id)
        if known is None:
            await tell(interaction, NOT_WATCHED)
        return known

    async def _cards_for(self, channel: Watchable) -> int | None:
        """Return the moderators' channel that the channel had before, else the one chosen for the whole server."""
        known = await self._bot.services.store.forum(channel.guild.id, channel.id)
        if known is not None and known.moderators_channel_id is not None:
            return known.moderators_channel_id
        return (await self._bot.services.desk.server(channel.guild.id)).moderators_channel_id

    async def _put(self, interaction: Interaction, channel: Watchable, settings: ForumSettings) -> None:
        """Store the settings and say what they mean and what is missing for them to work."""
        await self._bot.services.store.put_forum(settings, actor_id=interaction.user.id)
        lines = [f"Mode {MEANINGS[settings.mode]}", *self._obstacles(channel, settings)]
        await show(interaction, lines_view(f"Watching {channel.mention}", lines))

    def _line(self, settings: ForumSettings) -> str:
        channel = self._bot.get_channel(settings.forum_id)
        obstacles = self._obstacles(channel, settings) if isinstance(channel, Watchable) else ["I cannot see it."]
        return " ".join([f"<#{settings.forum_id}>: {settings.mode}.", *obstacles])

    def _obstacles(self, channel: Watchable, settings: ForumSettings) -> list[str]:
        """Return the mend for each thing that keeps this mode from working here."""
        found = [] if self._bot.intents.message_content else [INTENT_OFF]
        if missing := missing_permissions(channel):
            found.append(mend(channel.mention, missing))
        if settings.mode in (Mode.REVIEW, Mode.AUTO):
            found += self._card_obstacles(settings)
        return found

    def _card_obstacles(self, settings: ForumSettings) -> list[str]:
        cards = self._bot.get_channel(settings.moderators_channel_id or 0)
        if not isinstance(cards, discord.TextChannel):
            return ["No moderators' channel is set, so review cards cannot be sent. `/setup` sets one."]
        missing = missing_for_cards(cards)
        return [mend(cards.mention, missing)] if missing else []
