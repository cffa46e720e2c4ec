"""Who may do what: one table, asked by commands and buttons alike at the moment of the click.

Discord's ``default_permissions`` only hides a command; an admin can undo it, and buttons do not know it at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

import discord

from cogs._answers import Interaction, tell


class Right(Enum):
    """Whom an action is for."""

    MEMBER = auto()
    MODERATOR = auto()
    ADMIN = auto()
    CURATOR = auto()


@dataclass(frozen=True, slots=True)
class _Rule:
    permissions: discord.Permissions
    sentence: str


CURATORS_ONLY = "Only curators can do this: it needs this server's curator role or, where none is set, Manage Messages."
MODERATORS_ONLY = "Only moderators can do this: it needs this server's moderators' role, which `/setup` chose."
SERVER_ONLY = "Footnote works inside a server, where its forums are. Please use this there."

_RULES = {
    Right.MEMBER: _Rule(discord.Permissions.none(), ""),
    Right.MODERATOR: _Rule(
        discord.Permissions(manage_messages=True),
        "Only moderators can do this: it needs the Manage Messages permission.",
    ),
    Right.ADMIN: _Rule(
        discord.Permissions(manage_guild=True), "Only admins can do this: it needs the Manage Server permission."
    ),
}


def refusal(interaction: Interaction, right: Right) -> str | None:
    """Return why this person may not do this here, or None when they may; by permissions alone.

    ``interaction.permissions`` comes with the click itself, so a right taken away a second ago is gone.
    """
    if interaction.guild_id is None:
        return SERVER_ONLY
    rule = _RULES[right]
    return None if interaction.permissions.is_superset(rule.permissions) else rule.sentence


async def why_refused(interaction: Interaction, right: Right) -> str | None:
    """Return what ``refusal`` does, for moderators and curators too: which roles those are stands in the store.

    Raises StoreUnavailable.
    """
    if interaction.guild_id is None:
        return SERVER_ONLY
    if right is Right.MODERATOR:
        return await _why_no_moderator(interaction, interaction.guild_id)
    if right is Right.CURATOR:
        return await _why_no_curator(interaction, interaction.guild_id)
    return refusal(interaction, right)


async def _why_no_moderator(interaction: Interaction, guild_id: int) -> str | None:
    server = await interaction.client.services.desk.server(guild_id)
    if server.moderator_role_id is None:
        return refusal(interaction, Right.MODERATOR)
    return None if _has_role(interaction, server.moderator_role_id) else MODERATORS_ONLY


async def _why_no_curator(interaction: Interaction, guild_id: int) -> str | None:
    rules = await interaction.client.services.library.rules(guild_id)
    if rules.curator_role_id is not None:
        return None if _has_role(interaction, rules.curator_role_id) else CURATORS_ONLY
    if refusal(interaction, Right.ADMIN) is None:
        return None
    return CURATORS_ONLY if await _why_no_moderator(interaction, guild_id) else None


def _has_role(interaction: Interaction, role_id: int) -> bool:
    """Tell whether the person has the role, or may give it to themselves."""
    member = interaction.user
    has_role = isinstance(member, discord.Member) and member.get_role(role_id) is not None
    return has_role or refusal(interaction, Right.ADMIN) is None


async def is_refused(interaction: Interaction, right: Right) -> bool:
    """Tell the person why not, if they may not; return whether they were refused. Raises as ``why_refused``."""
    sentence = await why_refused(interaction, right)
    if sentence is not None:
        await tell(interaction, sentence)
    return sentence is not None
