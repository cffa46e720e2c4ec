"""How a post becomes what the models read: short passages to search with, and windows to judge.

A passage is one sentence, or a piece of a very long one. A window is the whole post, or a run of neighbouring
passages when the post is long; windows overlap by one passage and together cover every passage. It scores nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.text import CleanText, Sentence

WINDOW_WORDS = 80  # with a title, a parent and a claim this stays within the 256 tokens that the judge reads
PASSAGE_WORDS = 60  # longer run-on sentences are cut: one vector cannot stand for so many ideas
MOST_PASSAGES = 64  # a post of two thousand one-letter sentences must not cost more than an essay
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Window:
    """A run of passages judged together.

    ``first`` and ``stop`` are positions of its passages; ``start``/``end`` offsets into the post as written.
    """

    text: str
    first: int
    stop: int
    start: int
    end: int
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class Passages:
    """A post cut for the models: what to search with, and what to judge."""

    sentences: tuple[Sentence, ...]
    windows: tuple[Window, ...]


def cut(text: CleanText, window_words: int = WINDOW_WORDS) -> Passages:
    """Cut a post into passages and windows; an empty post has neither."""
    pieces = [piece for sentence in text.sentences for piece in _pieces(text, sentence, window_words)]
    passages = tuple(_joined(text, pieces))
    sizes = [len(_WORD.findall(piece.text)) for piece in passages]
    windows = tuple(_window(text, passages, first, stop) for first, stop in _spans(sizes, window_words))
    return Passages(passages, windows)


def _spans(sizes: Sequence[int], limit: int) -> Iterator[tuple[int, int]]:
    """Yield (first, stop) runs of at most ``limit`` words; a run repeats the one before's last passage if it fits."""
    first = 0
    while first < len(sizes):
        stop, words = first + 1, sizes[first]
        while stop < len(sizes) and words + sizes[stop] <= limit:
            words += sizes[stop]
            stop += 1
        yield first, stop
        if stop == len(sizes):
            return
        can_repeat = stop - 1 > first and sizes[stop - 1] + sizes[stop] <= limit
        first = stop - 1 if can_repeat else stop


def _pieces(text: CleanText, sentence: Sentence, window_words: int) -> Iterator[Sentence]:
    """Yield the sentence, or its parts of equal length when it has too many words for one vector."""
    begin, limit = _clean_span(text, sentence)[0], min(PASSAGE_WORDS, window_words)
    words = list(_WORD.finditer(sentence.text))
    if len(words) <= limit:
        yield sentence
        return
    parts = -(-len(words) // limit)
    size = -(-len(words) // parts)
    for i in range(0, len(words), size):
        a, b = words[i].start(), words[min(i + size, len(words)) - 1].end()
        start, end = text.offsets[begin + a], text.offsets[begin + b]
        yield Sentence(sentence.text[a:b], start, end, sentence.is_quoted)


def _joined(text: CleanText, pieces: Sequence[Sentence]) -> Iterator[Sentence]:
    """Yield the pieces, neighbours run together where there would be more than ``MOST_PASSAGES``."""
    size = max(1, -(-len(pieces) // MOST_PASSAGES))
    for i in range(0, len(pieces), size):
        run = pieces[i : i + size]
        if len(run) == 1:
            yield run[0]
            continue
        begin, finish = _clean_span(text, run[0])[0], _clean_span(text, run[-1])[1]
        is_quoted = all(piece.is_quoted for piece in run)
        yield Sentence(text.text[begin:finish], run[0].start, run[-1].end, is_quoted)


def _window(text: CleanText, passages: Sequence[Sentence], first: int, stop: int) -> Window:
    """Return one run with all that stands between and before its passages: the mark of a quoted line is there."""
    begin = _clean_span(text, passages[first - 1])[1] if first else 0
    finish = _clean_span(text, passages[stop - 1])[1] if stop < len(passages) else len(text.text)
    is_quoted = all(passage.is_quoted for passage in passages[first:stop])
    start, end = passages[first].start, passages[stop - 1].end
    return Window(text.text[begin:finish].strip(), first, stop, start, end, is_quoted)


def _clean_span(text: CleanText, sentence: Sentence) -> tuple[int, int]:
    """Return where a sentence stands in the cleaned text; offsets into the raw post never fall."""
    begin = bisect_left(text.offsets, sentence.start)
    return begin, begin + len(sentence.text)
