"""What the models read: a post cleaned of Discord's markup and cut into sentences, offsets kept.

Training and screening both call ``clean`` so that the judge sees in service what it saw when it learned.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.core.markdown import PlainText, strip_markup
from bot.core.sentences import split_sentences

# Letters and digits, with the marks that join them: "F-16", "don't", "9/11", "U.S" are one word each.
_WORD = re.compile(r"(?<![@\w])(?<!#(?=channel\b))\w+(?:[-'’./]\w+)*")


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
    (``len(offsets) == len(text) + 1``).
    """

    raw: str
    text: str
    offsets: tuple[int, ...]
    sentences: tuple[Sentence, ...]


def clean(raw: str) -> CleanText:
    """Return the post as the models read it. Pure, linear in the post's length, and never raises on any string.

    A quoted line keeps its leading "> " in ``text``; its sentences carry ``is_quoted``. What is kept, replaced and
    dropped is listed in ``markdown``. The last offset is the end of the last character kept.
    """
    plain = strip_markup(raw)
    offsets = (*plain.starts, plain.ends[-1] if plain.ends else 0)
    sentences = tuple(_sentence(plain, start, end) for start, end in split_sentences(plain.text))
    return CleanText(raw=raw, text=plain.text, offsets=offsets, sentences=sentences)


def word_count(text: str) -> int:
    """Return how many words a text has; mentions (@user) and emoji are none."""
    return sum(1 for _ in _WORD.finditer(text))


def _sentence(plain: PlainText, start: int, end: int) -> Sentence:
    """Return one sentence with its place in the post as written."""
    raw_start = plain.starts[start]
    return Sentence(
        text=plain.text[start:end],
        start=raw_start,
        end=plain.ends[end - 1],
        is_quoted=plain.is_quoted_at(raw_start),
    )
