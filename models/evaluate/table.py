"""Markdown tables and cells that cannot break them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

LONGEST_CELL = 400  # characters of a post in a list of errors


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table."""
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(row)} |"


def cell(text: str) -> str:
    """Return free text for a table: one line, bars escaped, cut where it is long.

    >>> cell("one" + chr(10) + "two")
    'one / two'
    """
    line = " / ".join(part.strip() for part in text.splitlines() if part.strip())
    cut = line if len(line) <= LONGEST_CELL else f"{line[:LONGEST_CELL]}…"
    return cut.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
