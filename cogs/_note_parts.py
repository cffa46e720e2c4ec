"""What every private answer to a curator is made of: buttons that check the right at the click, pages, redrawing.

These answers live as long as Discord shows them to one person, so their buttons need not outlive a restart.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import discord

from bot.core.note_diff import excerpt
from cogs._answers import Interaction, defer, show, tell
from cogs._guards import Right, is_refused
from cogs._ui import ACCENT, MAX_TEXT, Button

Act = Callable[[Interaction], Awaitable[None]]
View = discord.ui.LayoutView
Row = discord.ui.ActionRow[View]

OPEN_S = 24 * 3600  # how long an open form or its buttons are waited for: nobody writes a note against a clock
PAGE = 10


class CuratorButton(Button):
    """A button below a private answer, for curators or whom ``right`` names; what fails is told in one sentence."""

    def __init__(
        self, label: str, act: Act, *, is_main: bool = False, is_off: bool = False, right: Right = Right.CURATOR
    ) -> None:
        """Make the button; ``act`` answers the click."""
        style = discord.ButtonStyle.primary if is_main else discord.ButtonStyle.secondary
        super().__init__(label=label, style=style, disabled=is_off)
        self._act = act
        self._right = right

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override] # ours is the only client
        """Check the right at this click, act, and answer for whatever goes wrong."""
        try:
            if not await is_refused(interaction, self._right):
                await self._act(interaction)
        except Exception as error:  # noqa: BLE001 - discord.py would only log it and the person would see a dead click
            await tell(interaction, interaction.client.sentence_for(error, f"button {self.label}"))


def box(text: str, *rows: Row) -> View:
    """Return Markdown and rows of buttons as one private answer, cut at Discord's limit."""
    view = View(timeout=OPEN_S)
    view.add_item(discord.ui.Container(discord.ui.TextDisplay(text[:MAX_TEXT]), *rows, accent_colour=ACCENT))
    return view


async def hold(interaction: Interaction) -> None:
    """Answer within three seconds, before slow work; ``put`` follows. A click keeps its message as it is meanwhile."""
    if interaction.message is None:
        await defer(interaction)
    else:
        await interaction.response.defer()


async def put(interaction: Interaction, view: View) -> None:
    """Show a layout in place of the message that was clicked on, or as the command's answer."""
    if interaction.message is None:
        await show(interaction, view)
    elif interaction.response.is_done():
        await interaction.edit_original_response(view=view)
    else:
        await interaction.response.edit_message(view=view)


def paged(heading: str, lines: Sequence[str], page: int = 0, *, size: int = PAGE) -> View:
    """Return one page of a list with buttons to the pages beside it."""
    last = max(0, (len(lines) - 1) // size)
    number = min(max(page, 0), last)
    shown = lines[number * size : (number + 1) * size]
    title = f"### {heading}" + (f" ({number + 1} of {last + 1})" if last else "")
    rows = (turning(number, last, lambda to: paged(heading, lines, to, size=size)),) if last else ()
    return box("\n".join([title, *shown]), *rows)


def turning(number: int, last: int, at: Callable[[int], View]) -> Row:
    """Return the two buttons that turn the pages of ``at``."""

    def to(page: int) -> Act:
        async def turn(interaction: Interaction) -> None:
            await put(interaction, at(page))

        return turn

    row: Row = discord.ui.ActionRow()
    row.add_item(CuratorButton("Previous", to(number - 1), is_off=number == 0))
    row.add_item(CuratorButton("Next", to(number + 1), is_off=number == last))
    return row


def diff_block(lines: Sequence[str], limit: int) -> str:
    """Return the beginning of a diff as a code block, with a word on where the rest is; nothing in it is acted on."""
    if not lines:
        return "Nothing in the text differs."
    shown = excerpt([line.replace("`", "`\u200b") for line in lines], limit)  # three in a row would end the block
    rest = f"\n{shown.left_out} more lines; `/note export` has the whole text." if shown.left_out else ""
    return "```diff\n" + "\n".join(shown.lines) + "\n```" + rest
