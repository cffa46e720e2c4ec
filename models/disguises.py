"""Read disguised words by the words they must stand for: those of the claims that are looked for.

``fold`` undoes what can be undone letter by letter, without a vocabulary. Written backwards, in figures, or as letters
with gaps, a word can be told from ordinary writing only by what it hides; and all that matters here is whether it hides
a word of a claim. Knows nothing of other words, so ordinary text comes out unchanged unless it spells one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from bot.core.folding import fold

SHORTEST = 4  # letters; shorter words are spelled by accident
SHORTEST_BACKWARDS = 5  # "live" and "evil", "parts" and "strap": real words read both ways are mostly short
MOST_UNSURE = 4  # ones in a word; each may be an i or an l
_WORD = re.compile(r"[^\W\d_]+")
_SPELLED = re.compile(r"\w+")
_TOKEN = re.compile(r"(?<![\w@$#/])[\w@$€!|]+(?![/@])")
_LEET = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "€": "e", "!": "i", "|": "l"}
_FIGURES_FIRST = re.compile(r"[$€]?\d\d")  # 100k, 50cal: a number with its unit
_TURNED = "\u202e"
_CAPITALS = re.compile(r"\b[A-Z]{8,}\b")
_GAP = r"[ ._*·•/|~-]"
_LETTERS = re.compile(rf"(?<![\w@$])[^\W\d_](?:{_GAP}[^\W\d_]){{{SHORTEST - 1},}}(?![\w@$])")


class Vocabulary:
    """The words of a set of claims, in lower case, from four letters on."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Take every word of the claims' wordings."""
        self._words = frozenset(word.lower() for text in texts for word in _WORD.findall(text) if len(word) >= SHORTEST)
        self._longest = max(map(len, self._words), default=0)

    def __contains__(self, word: str) -> bool:
        return word.lower() in self._words

    def undo(self, text: str) -> str:
        """Return the text with its disguises undone, those of ``fold`` included. Never raises on any string."""
        if _TURNED in text:
            text = fold(text)  # first: what is turned round as a whole is not to be read backwards word by word
        text = _LETTERS.sub(lambda found: self._joined(found.group()), text)
        text = fold(_TOKEN.sub(lambda found: self._read(found.group()), text))
        return _CAPITALS.sub(lambda found: self._parted(found.group()), text)

    def is_disguised(self, text: str) -> bool:
        """Tell whether undoing disguises changes the words of a text, and not its case or marks alone."""
        return _SPELLED.findall(self.undo(text).lower()) != _SPELLED.findall(text.lower())

    def _read(self, token: str) -> str:
        """Return the claim's word that a token spells in figures or backwards, else the token."""
        if token in self:
            return token
        if token.isalpha():
            is_backwards = len(token) >= SHORTEST_BACKWARDS and token[::-1] in self
            return token[::-1] if is_backwards else token
        body = token.rstrip("!|")  # an exclamation mark at the end is mostly that
        plain = next((word for word in _spellings(body) if word in self), None)
        return token if plain is None else plain + token[len(body) :]

    def _parted(self, token: str) -> str:
        """Return capitals that run together as the claims' words they are made of: emoji letters leave no gaps."""
        words = [token] if token in self else self._cut(token)
        return " ".join(words) if all(word in self for word in words) else token

    def _joined(self, run: str) -> str:
        """Return a run of single letters as the claims' words it spells; as it was where it spells none."""
        letters = run[::2]
        words = self._cut(letters)
        return " ".join(words) if any(word in self for word in words) else run

    def _cut(self, letters: str) -> list[str]:
        """Cut letters into words of the vocabulary so that the fewest letters are left over, each by itself."""
        best: list[tuple[int, int]] = [(0, 0)]  # for each length: letters left over, where the last piece starts
        for end in range(1, len(letters) + 1):
            choices = [(best[end - 1][0] + 1, end - 1)]
            for start in range(max(0, end - self._longest), end - SHORTEST + 1):
                if letters[start:end] in self:
                    choices.append((best[start][0], start))
            best.append(min(choices))
        return list(_pieces(letters, best))[::-1]


def _pieces(letters: str, best: Sequence[tuple[int, int]]) -> Iterator[str]:
    end = len(letters)
    while end:
        start = best[end][1]
        yield letters[start:end]
        end = start


def _spellings(token: str) -> Iterator[str]:
    """Yield what a token with figures or signs may spell; a 1 is an i or an l."""
    if len(token) < SHORTEST or token.count("1") > MOST_UNSURE or not any(map(str.isalpha, token)):
        return
    if _FIGURES_FIRST.match(token):
        return
    plain = [_LEET.get(char, char) for char in token]
    unsure = [place for place, char in enumerate(plain) if char == "1"]
    for letters in product("il", repeat=len(unsure)):
        for place, letter in zip(unsure, letters, strict=True):
            plain[place] = letter
        word = "".join(plain)
        if word.isalpha():
            yield word
