"""What the lint works with: its word lists, what it finds, and the texts of a note that readers see.

Judges nothing itself; ``note_rules`` and ``note_wording`` do.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from bot.core.domain import Note
from bot.core.errors import BadInput


@dataclass(frozen=True)
class LintWords:
    """The word lists of ``config/lint_words.toml``."""

    persons: tuple[str, ...]
    loaded: tuple[str, ...]
    holders: tuple[str, ...]
    labels: tuple[str, ...]
    publishers: tuple[str, ...]
    hosts: tuple[str, ...]

    @cached_property
    def patterns(self) -> dict[str, re.Pattern[str]]:
        """One whole-word pattern a list; a plural in -s counts as well."""
        lists = {"persons": self.persons, "loaded": self.loaded, "holders": self.holders, "publishers": self.publishers}
        return {name: _any_word(words) for name, words in lists.items()}


@dataclass(frozen=True, slots=True)
class Flaw:
    """What a rule found: ``place`` is a key of ``ReadNote.lines`` ("claim", "sources.2", "documented.1")."""

    place: str
    problem: str
    mend: str


@dataclass(frozen=True, slots=True)
class RuleContext:
    """What the rules need beside the note."""

    words: LintWords
    today: date


Rule = Callable[[Note, RuleContext], Iterator[Flaw]]


def parse_lint_words(text: str) -> LintWords:
    """Read the word lists.

    Raises:
        BadInput: not TOML, or a list is missing or holds something else than texts.
    """
    try:
        table: dict[str, Any] = tomllib.loads(text)
        outlook = table["outlook"]
        lists = [table["persons"], table["loaded"], table["holders"]]
        lists += [outlook["labels"], outlook["publishers"], outlook["hosts"]]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise BadInput(
            f"The lint's word lists cannot be read ({error}). Compare them with the shipped file."
        ) from error
    if not all(isinstance(words, list) and words and all(isinstance(w, str) and w for w in words) for words in lists):
        raise BadInput("Each of the lint's word lists must hold at least one text and nothing else.")
    return LintWords(*(tuple(words) for words in lists))


def _any_word(words: tuple[str, ...]) -> re.Pattern[str]:
    """The apostrophe of a possessive ends a word; one within a name does not, or SANA would stand in Sana'a."""
    any_of = "|".join(map(re.escape, words))
    return re.compile(rf"(?<!\w)(?:{any_of})s?(?!\w|['’](?!s\b)\w)", re.IGNORECASE)


def own_words(note: Note) -> Iterator[tuple[str, str]]:
    """The place and text of everything the note says in its own voice."""
    yield from ((f"documented.{number}", point.text) for number, point in enumerate(note.documented, 1))
    yield from ((f"disputed.{number}", point.text) for number, point in enumerate(note.disputed, 1))
    yield "would_change", note.would_change


def shown(note: Note) -> Iterator[tuple[str, str]]:
    """The place and text of everything a reader may see, addresses left out."""
    yield "claim", note.claim.text
    yield from own_words(note)
    for number, source in enumerate(note.sources, 1):
        yield f"sources.{number}", " ".join((source.publisher, source.title, source.outlook))
