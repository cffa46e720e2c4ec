"""A reply in the terminal, as Discord would lay it out: headings, bullets, and links with the host they lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.core.compose import compose_reply
from bot.core.domain import Claim, Note, Reply
from bot.core.escape import visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

WIDTH = 96  # columns; about as wide as a message on a desktop
_MARKED = re.compile(r"\[(?P<label>[^\]]*)\]\((?P<url>https?://[^)]*)\)|\*\*(?P<bold>.+?)\*\*")
_BULLET = "- "


def sample_post(claim: Claim) -> str:
    """Return a post that a claim's reply may be shown under: its first paraphrase, else the claim itself."""
    return claim.paraphrases[0] if claim.paraphrases else claim.text


def sample_reply(note: Note) -> Reply:
    """Return the reply that a note would give to its sample post."""
    return compose_reply(0, [(note, sample_post(note.claim))])


def print_reply(note: Note, console: Console | None = None) -> None:
    """Print the reply made of a note, framed; colours and live links only where the terminal has them."""
    from rich.console import Console, Group
    from rich.panel import Panel

    console = console or Console()
    body = Group(*_blocks(sample_reply(note)))
    console.print(Panel(body, border_style="bright_black", width=min(WIDTH, console.width)))


def _blocks(reply: Reply) -> Iterator[RenderableType]:
    from rich.rule import Rule
    from rich.text import Text

    yield _line(reply.lead)
    yield Rule(style="bright_black")
    for section in reply.sections:
        yield Text(section.heading, style="bold")
        for line in section.lines:
            yield _bullet(line) if line.startswith(_BULLET) else _line(line)
        yield Text("")
    yield Rule(style="bright_black")
    yield Text(visible(reply.footer), style="dim")


def _bullet(line: str) -> RenderableType:
    """A bullet whose later lines stand under its first word."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    grid.add_row("•", _line(line.removeprefix(_BULLET)))
    return grid


def _line(markdown: str) -> Text:
    """One line of Discord Markdown as styled text; a link carries its host behind it."""
    from rich.text import Text

    text, done = Text(), 0
    for found in _MARKED.finditer(markdown):
        text.append(visible(markdown[done : found.start()]))
        if found["bold"]:
            text.append(visible(found["bold"]), style="bold")
        else:
            text.append(visible(found["label"]), style=f"underline link {found['url']}")
            text.append(f" <{urlsplit(found['url']).hostname}>", style="dim")
        done = found.end()
    return text.append(visible(markdown[done:]))
