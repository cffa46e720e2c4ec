"""BM25 over the wordings of claims: what plain word search finds, as a baseline."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bot.core.domain import Claim

K1, B = 1.2, 0.75  # the usual values
_WORD = re.compile(r"\w+")


class Bm25:
    """Scores a post against every claim; a claim counts by its best wording."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        """Count the words of all wordings."""
        wordings = [(n, words(text)) for n, claim in enumerate(claims) for text in (claim.text, *claim.paraphrases)]
        mean = sum(len(each) for _, each in wordings) / max(len(wordings), 1)
        spread = Counter(word for _, each in wordings for word in set(each))
        self._starts = np.flatnonzero(np.diff([n for n, _ in wordings], prepend=-1))
        self._size = len(wordings)
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for row, (_, each) in enumerate(wordings):
            long = K1 * (1 - B + B * len(each) / mean)
            for word, count in Counter(each).items():
                rarity = math.log(1 + (len(wordings) - spread[word] + 0.5) / (spread[word] + 0.5))
                self._postings.setdefault(word, []).append((row, rarity * count * (K1 + 1) / (count + long)))

    def scores(self, text: str) -> npt.NDArray[np.float64]:
        """Return float64 [claims]; a word of the text counts once."""
        rows = np.zeros(self._size)
        for word in set(words(text)):
            for row, weight in self._postings.get(word, ()):
                rows[row] += weight
        result: npt.NDArray[np.float64] = np.maximum.reduceat(rows, self._starts) if self._size else rows
        return result


def words(text: str) -> list[str]:
    """Return a text's words in lower case."""
    return _WORD.findall(text.lower())
