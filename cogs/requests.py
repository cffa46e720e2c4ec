"""``/requests``: what members asked for and found no note, counted by people, with one click to a draft."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import FootnoteBot
from bot.core.demand import Wish, wishes
from bot.core.escape import clip, plain
from bot.core.note_draft import blank_form
from cogs._answers import Interaction, defer, show
from cogs._guards import Right, is_refused
from cogs._note_access import server_of
from cogs._note_desk import Desk
from cogs._note_parts import CuratorButton, Row, View, box, hold, put, turning

PAGE = 4  # wishes on one page: two buttons each
SHOWN_QUESTIONS = 3
NONE = "Nothing is asked for at present that has no note."


class Requests(commands.Cog):
    """Shows curators which notes are missing. It knows how many asked, never who."""

    def __init__(self, bot: FootnoteBot) -> None:
        """Serve this client."""
        self._bot = bot

    @app_commands.command()
    @app_commands.guild_only()
    async def requests(self, interaction: Interaction) -> None:
        """Show what members asked for and found no note."""
        if await is_refused(interaction, Right.CURATOR):
            return
        await defer(interaction)
        await show(interaction, self._view(await self._wishes(interaction)))

    async def _wishes(self, interaction: Interaction) -> tuple[Wish, ...]:
        return wishes(await self._bot.services.library.demands(server_of(interaction)))

    def _view(self, found: Sequence[Wish], page: int = 0) -> View:
        """Return one page of the wishes."""
        if not found:
            return box(NONE)
        last = (len(found) - 1) // PAGE
        number = min(max(page, 0), last)
        shown = list(enumerate(found, start=1))[number * PAGE : (number + 1) * PAGE]
        lines = ["### Notes that members asked for", *(_line(rank, wish) for rank, wish in shown)]
        rows = [self._row(rank, wish, number) for rank, wish in shown]
        return box("\n".join(lines), *rows, *([turning(number, last, partial(self._view, found))] if last else []))

    def _row(self, rank: int, wish: Wish, page: int) -> Row:
        row: Row = discord.ui.ActionRow()
        row.add_item(CuratorButton(f"Draft a note for {rank}", partial(self._draft, wish=wish), is_main=True))
        row.add_item(CuratorButton(f"{rank} is out of place", partial(self._close, wish=wish, page=page)))
        return row

    async def _draft(self, interaction: Interaction, *, wish: Wish) -> None:
        """Open the form of a new note with the commonest question in it; saving it closes these questions."""
        claim = "" if _is_link(wish.question) else " ".join(wish.question.split())
        form = blank_form(self._bot.services.clock.now().date(), claim)
        await Desk(self._bot, form, demands=_ids(wish)).open_text(interaction)

    async def _close(self, interaction: Interaction, *, wish: Wish, page: int) -> None:
        """Take these questions off the list, whoever else is looking at it, and show what is left."""
        await hold(interaction)
        library = self._bot.services.library
        await library.close_demands(server_of(interaction), _ids(wish), actor_id=interaction.user.id)
        await put(interaction, self._view(await self._wishes(interaction), page))


def _ids(wish: Wish) -> tuple[int, ...]:
    return tuple(demand.id for demand in wish.demands)


def _line(rank: int, wish: Wish) -> str:
    """One wish: how many people, the commonest question, and how else it was asked."""
    people = f"{wish.askers} people" if wish.askers != 1 else "1 person"
    others = list(dict.fromkeys(demand.question for demand in wish.demands if demand.question != wish.question))
    also = "".join(f"\n-# also: {_quoted(question)}" for question in others[:SHOWN_QUESTIONS])
    return f"**{rank}.** {people}: {_quoted(wish.question)}{also}"


def _quoted(question: str) -> str:
    """A link to a message stays a link; words are shown as words."""
    return question if _is_link(question) else f"“{plain(clip(question, 200))}”"


def _is_link(question: str) -> bool:
    return question.startswith("https://discord.com/channels/") and len(question.split()) == 1
