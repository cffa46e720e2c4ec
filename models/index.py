"""The claim index: exact nearest claims by cosine, one row for each way to say a claim.

Holds vectors and answers questions about nearness; it neither encodes text nor judges stance. Exact search is
fast enough to some 200,000 rows (0.3 ms at 10,000).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.core.domain import Claim
from models.disguises import Vocabulary
from models.encoder import TextEncoder

Vectors = NDArray[np.float32]
NO_LOOK_ALIKE = -1.0  # the least possible cosine: no look-alike is nearer than anything


class ClaimIndex:
    """Claims with the vectors of their wordings and, apart, of their look-alikes; never changed once built."""

    def __init__(self, claims: Sequence[Claim], wordings: Vectors, look_alikes: Vectors) -> None:
        """Take the claims and their vectors, float32 unit rows.

        ``wordings`` has, claim by claim, a row for the claim's text and then one for each paraphrase;
        ``look_alikes`` a row for each look-alike in the same order. Raises ValueError where the counts differ.
        """
        self.claims = tuple(claims)
        self._wordings, self._look_alikes = wordings, look_alikes
        self.vocabulary = Vocabulary(text for claim in claims for text in (claim.text, *claim.paraphrases))
        self._counts = np.array([1 + len(claim.paraphrases) for claim in claims], dtype=np.int64)
        self._masks: dict[frozenset[str] | None, NDArray[np.bool_]] = {}
        self._look_alike_counts = np.array([len(claim.look_alikes) for claim in claims], dtype=np.int64)
        if len(wordings) != self._counts.sum() or len(look_alikes) != self._look_alike_counts.sum():
            raise ValueError("The index needs one vector for each claim, paraphrase and look-alike.")

    @classmethod
    def build(
        cls, claims: Sequence[Claim], encoder: TextEncoder, known: dict[str, Vectors] | None = None
    ) -> ClaimIndex:
        """Encode the claims' texts and index them; ``known`` keeps vectors by text, so that a reload is cheap."""
        known = {} if known is None else known
        wordings = [text for claim in claims for text in (claim.text, *claim.paraphrases)]
        look_alikes = [text for claim in claims for text in claim.look_alikes]
        missing = sorted(set(wordings + look_alikes) - known.keys())
        known.update(zip(missing, encoder.encode(missing), strict=True))
        for text in known.keys() - set(wordings + look_alikes):
            del known[text]
        return cls(claims, _stack(wordings, known, encoder.dim), _stack(look_alikes, known, encoder.dim))

    def __len__(self) -> int:
        return len(self.claims)

    def mask(self, among: frozenset[str] | None) -> NDArray[np.bool_]:
        """Return bool [claims]: which have one of these ids; all for None. Kept, as servers ask with the same set."""
        if among not in self._masks:
            self._masks[among] = np.array([among is None or claim.id in among for claim in self.claims], dtype=np.bool_)
        return self._masks[among]

    def similarities(self, vectors: Vectors) -> Vectors:
        """Return float32 [m, claims]: the cosine with the nearest wording of each claim."""
        if not self.claims:
            return np.zeros((len(vectors), 0), dtype=np.float32)
        starts = np.concatenate(([0], np.cumsum(self._counts)[:-1]))
        nearest: Vectors = np.maximum.reduceat(vectors @ self._wordings.T, starts, axis=1)
        return nearest

    def look_alike_similarities(self, vectors: Vectors) -> Vectors:
        """Return float32 [m, claims]: the cosine with the nearest look-alike, ``NO_LOOK_ALIKE`` where there is none."""
        nearest = np.full((len(vectors), len(self.claims)), NO_LOOK_ALIKE, dtype=np.float32)
        has_some = np.flatnonzero(self._look_alike_counts)
        if len(has_some):
            starts = (np.cumsum(self._look_alike_counts) - self._look_alike_counts)[has_some]
            nearest[:, has_some] = np.maximum.reduceat(vectors @ self._look_alikes.T, starts, axis=1)
        return nearest

    def nearest_examples(
        self, claim: int, vector: Vectors, paraphrases: int, look_alikes: int
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the claim's paraphrases and its look-alikes nearest to a vector [dim], at most so many of each."""
        one = self.claims[claim]
        first = int(self._counts[:claim].sum()) + 1  # the claim's own sentence comes before its paraphrases
        start = int(self._look_alike_counts[:claim].sum())
        return (
            _nearest(one.paraphrases, self._wordings[first : first + len(one.paraphrases)] @ vector, paraphrases),
            _nearest(one.look_alikes, self._look_alikes[start : start + len(one.look_alikes)] @ vector, look_alikes),
        )

    def search(self, vectors: Vectors, top: int) -> list[list[tuple[int, float]]]:
        """Return, for each row, up to ``top`` (claim position, cosine), best first; equal ones in the claims' order."""
        rows = self.similarities(vectors)
        order = np.argsort(-rows, axis=1, kind="stable")[:, : max(top, 0)]
        return [[(int(i), float(row[i])) for i in best] for row, best in zip(rows, order, strict=True)]


def _nearest(texts: Sequence[str], cosines: Vectors, most: int) -> tuple[str, ...]:
    return tuple(texts[int(place)] for place in np.argsort(-cosines, kind="stable")[: max(most, 0)])


def _stack(texts: Sequence[str], known: dict[str, Vectors], dim: int) -> Vectors:
    if not texts:
        return np.zeros((0, dim), dtype=np.float32)
    return np.stack([known[text] for text in texts]).astype(np.float32, copy=False)
