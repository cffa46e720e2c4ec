"""What the models read: a post cleaned of Discord's markup, folded and cut into sentences, offsets kept.

Training and screening both call ``clean`` so that the judge sees in service what it saw when it learned.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the cleaned text. ``start``/``end`` are offsets into the post as written."""

    text: str
    start: int
    end: int
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class CleanText:
    """A post as the models read it.

    ``text`` is readable text without markup; ``offsets[i]`` is where ``text[i]`` stands in ``raw``
    (``len(offsets) == len(text) + 1``). ``folded`` is ``text`` with disguises undone, for judging beside it.
    """

    raw: str
    text: str
    offsets: tuple[int, ...]
    sentences: tuple[Sentence, ...]
    folded: str
