"""How much a post's tone alone gives its label away: a linear model that never sees the claim.

If it does much better than the largest class, the corpus lets a judge score by tone, and figures on it flatter.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from models.encoder import TextEncoder
from models.evaluate.linear import fit_linear
from models.evaluate.measures import average_precision, share
from models.stance import LABELS
from models.train.corpus import LabelledClaim, LabelledPost
from models.train.nearness import searched

MOST_POSTS = 4000
ASSERTS = LABELS.index("asserts")


def tone_alone(
    claims: Sequence[LabelledClaim], splits: Sequence[str], encoder: TextEncoder, split: str = "dev", seed: int = 0
) -> dict[str, Any]:
    """Return how well post vectors alone tell a split's stances towards the own claim, beside its largest class."""
    taught, asked = _posts(claims, splits, "train"), _posts(claims, splits, split)
    taught = random.Random(seed).sample(taught, min(MOST_POSTS, len(taught)))  # noqa: S311 - sampling, no secret
    if not taught or not asked:
        return {}
    model = fit_linear(_vectors(encoder, taught), _labels(taught), len(LABELS))
    said, truth = model.probabilities(_vectors(encoder, asked)), _labels(asked)
    largest = Counter(truth.tolist()).most_common(1)[0][1]
    return {
        "taught_posts": len(taught),
        "accuracy": share(int((said.argmax(1) == truth).sum()), len(truth)),
        "largest_class": share(largest, len(truth)),
        "asserts_average_precision": average_precision(said[:, ASSERTS], truth == ASSERTS),
        "asserts_share": share(int((truth == ASSERTS).sum()), len(truth)),
        "recall_by_stance": {
            label: share(int((said.argmax(1)[truth == number] == number).sum()), int((truth == number).sum()))
            for number, label in enumerate(LABELS)
        },
    }


def _posts(claims: Sequence[LabelledClaim], splits: Sequence[str], split: str) -> list[LabelledPost]:
    return [post for claim, name in zip(claims, splits, strict=True) if name == split for post in claim.posts]


def _vectors(encoder: TextEncoder, posts: Sequence[LabelledPost]) -> npt.NDArray[np.float32]:
    return encoder.encode([searched(post) for post in posts])


def _labels(posts: Sequence[LabelledPost]) -> npt.NDArray[np.int64]:
    return np.array([LABELS.index(post.stance) for post in posts], dtype=np.int64)
