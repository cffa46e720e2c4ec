"""Which of many texts come near to each other in meaning, by the packaged encoder's cosine. Judges no stance.

Always the packaged encoder, whatever the settings name for searching: its weights are pinned, so that a limit chosen
once keeps its meaning when a retriever is trained anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from models.encoder import SentenceEncoder, TextEncoder

BLOCK = 512  # rows compared at a time: 10,000 texts need 20 MB, not 400


def near_pairs(encoder: TextEncoder, texts: Sequence[str], limit: float) -> Iterator[tuple[int, int, float]]:
    """Yield the places of each two texts whose cosine reaches ``limit``, the earlier first, with the cosine."""
    vectors = encoder.encode(texts)
    for start in range(0, len(texts), BLOCK):
        cosines = vectors[start : start + BLOCK] @ vectors.T
        for row, column in np.argwhere(cosines >= limit).tolist():
            if column > start + row:
                yield start + row, column, float(cosines[row, column])


class NearClaims:
    """``near_pairs`` with the packaged encoder, which is loaded at the first call, so that having one costs nothing."""

    def __init__(self) -> None:
        """Load nothing yet."""
        self._encoder: SentenceEncoder | None = None

    def __call__(self, texts: Sequence[str], limit: float) -> Iterator[tuple[int, int, float]]:
        """Yield as ``near_pairs``. Raises ArtifactInvalid where the encoder is missing or damaged."""
        self._encoder = self._encoder or SentenceEncoder.load()
        yield from near_pairs(self._encoder, texts, limit)
