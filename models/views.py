"""A post as the screener reads it: as written and, where undoing disguises changes its words, without them as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.core.text import CleanText
from models.disguises import Vocabulary
from models.encoder import encodable
from models.stance import PARENT_CHARACTERS, pair_text
from models.windows import Passages, cut


@dataclass(frozen=True, slots=True)
class AssessRequest:
    """One post to screen, with its thread's title and the message it answers where known.

    ``among`` holds the ids of the claims to look for, None for all.
    """

    text: CleanText
    title: str | None = None
    parent: str | None = None
    among: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One reading of a post.

    ``request`` counts into the batch. ``texts`` are searched with: the passages, then the windows, then the title and
    the parent's opening where there are any. ``sides[i]`` is what the judge reads of window i. ``among`` is the
    request's.
    """

    request: int
    passages: Passages
    texts: tuple[str, ...]
    sides: tuple[str, ...]
    among: frozenset[str] | None = None


def views(position: int, request: AssessRequest, vocabulary: Vocabulary | None = None) -> Iterator[View]:
    """Yield the readings of one post, a second one where undoing disguises changes its words; none without words.

    ``vocabulary`` holds the words of the claims that are looked for; without one disguises are left as they are.
    """
    passages = cut(request.text)
    if not passages.sentences:
        return
    yield _view(position, request, passages, str)
    if vocabulary is not None and vocabulary.is_disguised(request.text.text):
        yield _view(position, request, passages, vocabulary.undo)


def _view(position: int, request: AssessRequest, passages: Passages, read: Callable[[str], str]) -> View:
    windows = tuple(read(window.text) for window in passages.windows)
    sentences = tuple(read(sentence.text) for sentence in passages.sentences)
    context = (request.title or "", (request.parent or "")[:PARENT_CHARACTERS])
    return View(
        position,
        passages,
        sentences + windows + tuple(text for text in context if text.strip()),
        tuple(encodable(pair_text(window, request.title, request.parent)) for window in windows),
        request.among,
    )
