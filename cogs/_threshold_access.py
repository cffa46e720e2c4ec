"""How the admins' commands reach a server's thresholds: as they stand, by place, and by what is typed of a place."""

from __future__ import annotations

from datetime import timedelta

import discord
from discord import app_commands

from bot.core.errors import AppError, BadInput
from bot.core.threshold_change import Scope, Standing, Target, parse_target
from bot.core.tuning import Scored
from cogs._answers import Interaction
from cogs._guards import Right, refusal
from cogs._note_access import MAX_CHOICES, find_head, server_of, suggest_ids

Watchable = discord.ForumChannel | discord.TextChannel
WHOLE_SERVER = "the whole server"


async def standing_in(interaction: Interaction) -> Standing:
    """Return how the server's thresholds stand now. Raises StoreUnavailable."""
    services = interaction.client.services
    return Standing(services.screening.defaults, await services.store.threshold_rows(server_of(interaction)))


async def scored_in(interaction: Interaction, days: int, forum_id: int | None = None) -> tuple[Scored, ...]:
    """Return what was screened in the last days. Raises StoreUnavailable."""
    services = interaction.client.services
    since = services.clock.now() - timedelta(days=days)
    return await services.desk.scored(server_of(interaction), since, forum_id)


async def find_target(interaction: Interaction, code: str) -> Target:
    """Return the place that an admin chose. Raises BadInput where it is not known here, StoreUnavailable."""
    target = parse_target(code)
    if target.scope is Scope.CLAIM:
        await find_head(interaction, target.key)
    elif target.scope is Scope.FORUM:
        await require_watched(interaction, target.forum_id)
    return target


async def require_watched(interaction: Interaction, forum_id: int) -> None:
    """Raise BadInput where the channel was never watched; StoreUnavailable."""
    if await interaction.client.services.store.forum(server_of(interaction), forum_id) is None:
        raise BadInput("That channel was never watched, so it has no thresholds. `/forum watch` adds it.")


async def suggest_claims(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Return the claims that fit what an admin typed so far; [] on any failure."""
    return [] if refusal(interaction, Right.ADMIN) is not None else await suggest_ids(interaction, typed)


async def suggest_places(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Return the places that fit what an admin typed so far: the server, its forums, its claims; [] on any failure."""
    if refusal(interaction, Right.ADMIN) is not None:
        return []
    try:
        watched = await interaction.client.services.store.forums(server_of(interaction))
    except AppError:
        return []
    places = {Target(): WHOLE_SERVER}
    places |= {Target(Scope.FORUM, str(each.forum_id)): _name(interaction, each.forum_id) for each in watched}
    words = typed.casefold().split()
    found = [
        app_commands.Choice(name=name[:100], value=target.code)
        for target, name in places.items()
        if all(word in name.casefold() for word in words)
    ]
    claims = await suggest_ids(interaction, typed)
    found += [
        app_commands.Choice(name=f"claim {claim.name}"[:100], value=Target(Scope.CLAIM, claim.value).code)
        for claim in claims
    ]
    return found[:MAX_CHOICES]


def _name(interaction: Interaction, forum_id: int) -> str:
    channel = interaction.guild.get_channel(forum_id) if interaction.guild else None
    return f"forum {channel.name if channel else forum_id}"
