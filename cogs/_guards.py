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
    """Return why this person may not do this here, or None when they may; for every right but a curator's.

    ``interaction.permissions`` comes with the click itself, so a right taken away a second ago is gone.
    """
    if interaction.guild_id is None:
        return SERVER_ONLY
    rule = _RULES[right]
    return None if interaction.permissions.is_superset(rule.permissions) else rule.sentence


async def why_refused(interaction: Interaction, right: Right) -> str | None:
    """Return what ``refusal`` does, for a curator too: which role that is stands in the store.

    Raises StoreUnavailable.
    """
    if right is not Right.CURATOR:
        return refusal(interaction, right)
    if interaction.guild_id is None:
        return SERVER_ONLY
    if refusal(interaction, Right.ADMIN) is None:
        return None
    rules = await interaction.client.services.library.rules(interaction.guild_id)
    if rules.curator_role_id is None:
        return CURATORS_ONLY if refusal(interaction, Right.MODERATOR) else None
    member = interaction.user
    is_curator = isinstance(member, discord.Member) and member.get_role(rules.curator_role_id) is not None
    return None if is_curator else CURATORS_ONLY


async def is_refused(interaction: Interaction, right: Right) -> bool:
    """Tell the person why not, if they may not; return whether they were refused. Raises as ``why_refused``."""
    sentence = await why_refused(interaction, right)
    if sentence is not None:
        await tell(interaction, sentence)
    return sentence is not None
