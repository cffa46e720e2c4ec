"""Menus of channels and roles that outlive a restart, as the buttons do; Discord fills them with what there is."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, ClassVar, Self

import discord

from cogs._answers import Interaction
from cogs._guards import Right
from cogs._ui import answer_click

View = discord.ui.LayoutView
Menu = discord.ui.ChannelSelect[View] | discord.ui.RoleSelect[View]

MOST = 25  # Discord's limit for one menu


class EntityMenu(discord.ui.DynamicItem[Menu], template="(?!)"):
    """A menu known by its custom_id alone; a subclass sets ``prefix``, makes the menu and writes ``act``."""

    prefix: ClassVar[str] = ""
    placeholder: ClassVar[str] = ""
    right: ClassVar[Right] = Right.ADMIN

    def __init__(self, subject: int | str, chosen: Collection[int] = ()) -> None:
        """Make the menu for a server; ``chosen`` are the ids that show as chosen."""
        super().__init__(self.made(f"{self.prefix}:{subject}", list(chosen)[:MOST]))

    @classmethod
    def made(cls, custom_id: str, chosen: Collection[int]) -> Menu:
        """Return the menu itself."""
        raise NotImplementedError

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[discord.Client], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the menu from the id alone; what was chosen comes with the interaction."""
        return cls(match["id"])

    @property
    def chosen_ids(self) -> tuple[int, ...]:
        """The ids that were chosen."""
        return tuple(value.id for value in self.item.values)

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override] # ours is the only client
        """Check the right at this choice, act, and answer for whatever goes wrong."""
        await answer_click(interaction, self.right, self.act, f"menu {self.prefix}")

    async def act(self, interaction: Interaction) -> None:
        """Do what was chosen."""
        raise NotImplementedError


class ChannelMenu(EntityMenu, template="(?!)"):
    """A menu of channels of some kinds; at least one must be chosen."""

    kinds: ClassVar[tuple[discord.ChannelType, ...]] = ()
    most: ClassVar[int] = 1

    @classmethod
    def made(cls, custom_id: str, chosen: Collection[int]) -> Menu:
        """Return the menu with the channels chosen so far."""
        shown = [discord.SelectDefaultValue(id=one, type=discord.SelectDefaultValueType.channel) for one in chosen]
        return discord.ui.ChannelSelect(
            custom_id=custom_id,
            channel_types=list(cls.kinds),
            placeholder=cls.placeholder,
            max_values=cls.most,
            default_values=shown[: cls.most],
        )


class RoleMenu(EntityMenu, template="(?!)"):
    """A menu of one role, which can be taken back."""

    @classmethod
    def made(cls, custom_id: str, chosen: Collection[int]) -> Menu:
        """Return the menu with the role chosen so far."""
        shown = [discord.SelectDefaultValue(id=one, type=discord.SelectDefaultValueType.role) for one in chosen]
        return discord.ui.RoleSelect(
            custom_id=custom_id, placeholder=cls.placeholder, min_values=0, max_values=1, default_values=shown[:1]
        )
