"""How near posts and claims are to each other in the base encoder: the source of splits and hard negatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.encoder import TextEncoder
from models.train.corpus import LabelledClaim, LabelledPost, wordings

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Nearness:
    """Cosines in [-1, 1], the best over a claim's wordings.

    ``claims`` is float32 [claims, claims]; ``posts`` maps a claim's number to float32 [its posts, claims].
    """

    claims: Matrix
    posts: dict[int, Matrix]


class _Wordings:
    """All claims' wordings as vectors, those of one claim side by side."""

    def __init__(self, claims: Sequence[LabelledClaim], encoder: TextEncoder) -> None:
        rows = list(wordings(list(claims)))
        owners = np.array([number for number, _ in rows])
        self.vectors = encoder.encode([text for _, text in rows])
        self._starts = np.flatnonzero(np.diff(owners, prepend=-1))

    def best(self, vectors: Matrix) -> Matrix:
        """Return float32 [n, claims]: each row's best cosine with any wording of each claim."""
        result: Matrix = np.maximum.reduceat(vectors @ self.vectors.T, self._starts, axis=1)
        return result

    def between(self) -> Matrix:
        """Return float32 [claims, claims]: the best cosine between any two of their wordings."""
        result: Matrix = np.maximum.reduceat(self.best(self.vectors), self._starts, axis=0)
        return result


def claim_nearness(claims: Sequence[LabelledClaim], encoder: TextEncoder) -> Matrix:
    """Return float32 [claims, claims], the best cosine between any two wordings of two claims."""
    return _Wordings(claims, encoder).between()


def measure(claims: Sequence[LabelledClaim], encoder: TextEncoder) -> Nearness:
    """Encode every wording and post once and compare them all."""
    known = _Wordings(claims, encoder)
    posts = known.best(encoder.encode([searched(post) for claim in claims for post in claim.posts]))
    return Nearness(known.between(), _cut(posts, claims))


def measure_once(claims: Sequence[LabelledClaim], encoder: TextEncoder, cache: Path, key: str) -> Nearness:
    """Return ``measure``'s result, kept in ``cache`` under the data's hash so that a resumed run need not wait."""
    path = cache / f"nearness-{key[:16]}.npz"
    if path.is_file():
        with np.load(path, allow_pickle=False) as stored:
            return Nearness(stored["claims"], _cut(stored["posts"], claims))
    nearness = measure(claims, encoder)
    cache.mkdir(parents=True, exist_ok=True)
    np.savez(path, claims=nearness.claims, posts=np.concatenate([nearness.posts[n] for n in range(len(claims))]))
    return nearness


def _cut(rows: Matrix, claims: Sequence[LabelledClaim]) -> dict[int, Matrix]:
    ends = np.cumsum([len(claim.posts) for claim in claims])[:-1]
    return dict(enumerate(np.split(rows, ends)))


def searched(post: LabelledPost) -> str:
    """Return the text that a post is searched with: its title, where it has one, and its words."""
    return f"{post.title}. {post.text}" if post.title else post.text
