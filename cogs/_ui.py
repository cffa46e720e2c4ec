"""How a reply, a note and a review card look in Discord, and the base of every button and menu that outlives a restart.

Draws what the core composed; words and their order are ``compose``'s. Buttons carry their state in the custom_id.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar, Self

import discord

from bot.core.domain import Reply, ReplySection
from cogs._answers import Interaction, tell
from cogs._guards import Right, is_refused

Button = discord.ui.Button[discord.ui.LayoutView]
Select = discord.ui.Select[discord.ui.LayoutView]

NUMBER = "[0-9]{1,20}"  # a snowflake or a row id
CLAIM = "[a-z0-9][a-z0-9._-]{0,79}"  # a claim id; with its prefix within the 100 characters of a custom_id
MAX_TEXT = 4_000  # characters in all text of one message of components
ACCENT = 0x5B7083  # a calm grey-blue: neither an alarm nor an all-clear


class PersistentButton(discord.ui.DynamicItem[Button], template="(?!)"):
    """A button known by its custom_id alone, so that it works weeks and restarts later.

    A subclass sets ``prefix`` (and its template through ``template_for``), ``label``, ``style``, ``right`` and writes
    ``act``. Whatever fails is told to the person and reported: discord.py would drop it, or only log it.
    """

    prefix: ClassVar[str] = ""
    label: ClassVar[str] = ""
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary
    right: ClassVar[Right] = Right.MEMBER

    def __init__(self, subject: int | str, label: str = "") -> None:
        """Make the button for one post, row or claim."""
        super().__init__(Button(label=label or self.label, style=self.style, custom_id=f"{self.prefix}:{subject}"))
        self.subject = str(subject)

    @property
    def subject_id(self) -> int:
        """The post's or row's id, for buttons that are about one."""
        return int(self.subject)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[discord.Client], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the button from the id alone: this runs on the three-second clock, so no database."""
        return cls(match["id"])

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override] # ours is the only client
        """Check the right at this click, act, and answer for whatever goes wrong."""
        await answer_click(interaction, self.right, self.act, f"button {self.prefix}")

    async def act(self, interaction: Interaction) -> None:
        """Do what the label says."""
        raise NotImplementedError


class PersistentSelect(discord.ui.DynamicItem[Select], template="(?!)"):
    """A menu known by its custom_id alone, as ``PersistentButton`` is; a subclass writes ``choices`` beside ``act``.

    ``most`` is how many may be chosen; ``least`` 0 lets a person take all choices back.
    """

    prefix: ClassVar[str] = ""
    placeholder: ClassVar[str] = ""
    right: ClassVar[Right] = Right.MEMBER
    least: ClassVar[int] = 1
    most: ClassVar[int] = 1

    def __init__(self, subject: int | str, chosen: Collection[str] = ()) -> None:
        """Make the menu for one message or row; ``chosen`` are the values that show as chosen."""
        options = [
            discord.SelectOption(label=label, value=value, default=value in chosen)
            for value, label in self.choices().items()
        ]
        super().__init__(
            Select(
                custom_id=f"{self.prefix}:{subject}",
                placeholder=self.placeholder,
                options=options,
                min_values=self.least,
                max_values=self.most,
            )
        )
        self.subject_id = int(subject)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[discord.Client], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the menu from the id alone; what was chosen comes with the interaction."""
        return cls(match["id"])

    @classmethod
    def choices(cls) -> Mapping[str, str]:
        """Return the labels by their values, in the order shown."""
        raise NotImplementedError

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override] # ours is the only client
        """Check the right at this choice, act, and answer for whatever goes wrong."""
        await answer_click(interaction, self.right, self.act, f"menu {self.prefix}")

    async def act(self, interaction: Interaction) -> None:
        """Do what was chosen, which is in ``self.item.values``."""
        raise NotImplementedError


async def answer_click(
    interaction: Interaction, right: Right, act: Callable[[Interaction], Awaitable[None]], where: str
) -> None:
    """Check the right at a click or choice, act, and answer for whatever goes wrong; ``where`` names it in the log."""
    try:
        if not await is_refused(interaction, right):
            await act(interaction)
    except Exception as error:  # noqa: BLE001 - discord.py would only log it and the person would see a dead click
        await tell(interaction, interaction.client.sentence_for(error, where))


def template_for(prefix: str, subject: str = NUMBER) -> re.Pattern[str]:
    """Return the custom_id pattern of a button class, matched as a whole by discord.py."""
    return re.compile(f"{re.escape(prefix)}:(?P<id>{subject})")


def reply_view(reply: Reply, *buttons: PersistentButton) -> discord.ui.LayoutView:
    """Return a reply as one container: the lead, the sections, the footer, and its buttons."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(_container(reply, buttons))
    return view


def lines_view(heading: str, lines: Sequence[str]) -> discord.ui.LayoutView:
    """Return a heading and lines of Markdown as one container, cut at Discord's limit."""
    view = discord.ui.LayoutView(timeout=None)
    text = "\n".join([f"### {heading}", *lines])
    view.add_item(discord.ui.Container(discord.ui.TextDisplay(text[:MAX_TEXT]), accent_colour=ACCENT))
    return view


def _container(reply: Reply, buttons: tuple[PersistentButton, ...]) -> discord.ui.Container[discord.ui.LayoutView]:
    box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(accent_colour=ACCENT)
    box.add_item(discord.ui.TextDisplay(reply.lead))
    box.add_item(discord.ui.Separator())
    for section in reply.sections:
        box.add_item(discord.ui.TextDisplay(_section_text(section)))
    box.add_item(discord.ui.Separator())
    box.add_item(discord.ui.TextDisplay(f"-# {reply.footer}"))
    if buttons:
        box.add_item(discord.ui.ActionRow(*buttons))
    return box


def _section_text(section: ReplySection) -> str:
    lines = "\n".join(section.lines)
    return f"**{section.heading}**\n{lines}" if section.heading else lines
