"""A post as the screener reads it: as written and, where undoing disguises changes its words, folded as well."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.core.folding import fold
from bot.core.text import CleanText
from models.encoder import encodable
from models.stance import PARENT_CHARACTERS, pair_text
from models.windows import Passages, cut

_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class AssessRequest:
    """One post to screen, with its thread's title and the message it answers where known."""

    text: CleanText
    title: str | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One reading of a post.

    ``request`` counts into the batch. ``texts`` are searched with: the passages, then the windows, then the title and
    the parent's opening where there are any. ``sides[i]`` is what the judge reads of window i.
    """

    request: int
    passages: Passages
    texts: tuple[str, ...]
    sides: tuple[str, ...]


def views(position: int, request: AssessRequest) -> Iterator[View]:
    """Yield the readings of one post; none for a post without words."""
    passages = cut(request.text)
    if not passages.sentences:
        return
    yield _view(position, request, passages, str)
    if _WORDS.findall(request.text.folded.lower()) != _WORDS.findall(request.text.text.lower()):
        yield _view(position, request, passages, fold)


def _view(position: int, request: AssessRequest, passages: Passages, read: Callable[[str], str]) -> View:
    windows = tuple(read(window.text) for window in passages.windows)
    sentences = tuple(read(sentence.text) for sentence in passages.sentences)
    context = (request.title or "", (request.parent or "")[:PARENT_CHARACTERS])
    return View(
        position,
        passages,
        sentences + windows + tuple(text for text in context if text.strip()),
        tuple(encodable(pair_text(window, request.title, request.parent)) for window in windows),
    )
