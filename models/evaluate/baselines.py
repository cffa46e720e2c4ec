"""What simpler means reach on the same stream: a cosine threshold, BM25, and a linear stance head on frozen vectors.

All are scored over (post, claim) with the truth and the count of wanted pairs that the judge is scored with. BM25 looks
for its own candidates; the other two rank those that the judge was given.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.core.domain import Claim
from models.encoder import TextEncoder
from models.evaluate.bm25 import Bm25
from models.evaluate.linear import fit_linear
from models.evaluate.measures import average_precision, best_f1, curve, recall_at
from models.evaluate.stream import Screened
from models.train.corpus import LabelledClaim, LabelledPost
from models.train.nearness import searched

BM25_CANDIDATES = 8  # as many as the judge gets
TRAINING_POSTS = 4000  # with the own claim and a near stranger each: at most 8,000 pairs
Scored = tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]


@dataclass(frozen=True)
class Lesson:
    """What a linear head may learn from: the claims of the train split, and each claim's nearest stranger there."""

    claims: Sequence[LabelledClaim]
    strangers: Sequence[int]
    seed: int = 0

    @classmethod
    def of(cls, claims: Sequence[LabelledClaim], nearness: npt.NDArray[np.float32], chosen: Sequence[int]) -> Lesson:
        """Take the chosen claims, each with the nearest one of another topic."""
        cosines = nearness[np.ix_(chosen, chosen)].copy()
        topics = np.array([claims[number].topic or claims[number].id for number in chosen])
        cosines[topics[:, None] == topics[None, :]] = -2.0
        return cls([claims[number] for number in chosen], cosines.argmax(axis=1).tolist() if len(chosen) else [])

    def pairs(self) -> list[tuple[LabelledPost, str, bool]]:
        """Return a sample of (post, claim, whether it asserts it), own claims and strangers."""
        places = [(number, post) for number, claim in enumerate(self.claims) for post in claim.posts]
        chosen = random.Random(self.seed).sample(places, min(TRAINING_POSTS, len(places)))  # noqa: S311 - no secret
        own = [(post, self.claims[number].text, post.stance == "asserts") for number, post in chosen]
        return own + [(post, self.claims[self.strangers[number]].text, False) for number, post in chosen]


def compared(screened: Screened, store: Sequence[Claim], encoder: TextEncoder, lesson: Lesson) -> dict[str, Any]:
    """Return average precision, best F1, recall at 95 % precision and the curve of the judge and of each baseline."""
    truth = screened.is_asserted
    rankings: dict[str, Scored] = {
        "judge": (screened.p_asserts, truth),
        "cosine": (screened.similarity.astype(np.float64), truth),
        "BM25": word_search(screened, store),
        "cosine and linear head": (linear_head(screened, store, encoder, lesson), truth),
    }
    return {name: _measured(*scored, screened.wanted) for name, scored in rankings.items()}


def _measured(scores: npt.NDArray[np.float64], is_hit: npt.NDArray[np.bool_], wanted: int) -> dict[str, Any]:
    return {
        "average_precision": average_precision(scores, is_hit, wanted),
        "best_f1": best_f1(scores, is_hit, wanted),
        "recall_at_95_precision": recall_at(scores, is_hit, wanted, 0.95),
        "curve": curve(scores, is_hit, wanted),
    }


def word_search(screened: Screened, store: Sequence[Claim]) -> Scored:
    """Return the scores and truths of BM25's own candidates for every post."""
    search = Bm25(store)
    scores: list[float] = []
    is_hit: list[bool] = []
    for each in screened.posts:
        found = search.scores(searched(each.post))
        best = [int(place) for place in np.argsort(-found, kind="stable")[:BM25_CANDIDATES]]
        kept = [place for place in best if store[place].id not in each.same]
        scores += [float(found[place]) for place in kept]
        is_hit += [store[place].id in each.asserted for place in kept]
    return np.array(scores), np.array(is_hit, dtype=bool)


def linear_head(
    screened: Screened, store: Sequence[Claim], encoder: TextEncoder, lesson: Lesson
) -> npt.NDArray[np.float64]:
    """Return the score of a linear head, trained on the train split, for each row of the stream."""
    pairs = lesson.pairs()
    if not pairs or not len(screened.post):
        return np.zeros(len(screened.post))
    texts = {claim.id: claim.text for claim in store}
    posts = [searched(screened.posts[number].post) for number in screened.post.tolist()]
    known = _vectors(encoder, posts + [searched(post) for post, _, _ in pairs] + [claim for _, claim, _ in pairs])
    known |= _vectors(encoder, [texts[claim] for claim in screened.claim])
    learned = _features(known, [searched(post) for post, _, _ in pairs], [claim for _, claim, _ in pairs])
    head = fit_linear(learned, np.array([int(is_hit) for _, _, is_hit in pairs]), classes=2)
    asked = _features(known, posts, [texts[claim] for claim in screened.claim])
    return head.probabilities(asked)[:, 1].astype(np.float64)


def _vectors(encoder: TextEncoder, texts: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
    different = list(dict.fromkeys(texts))
    return dict(zip(different, encoder.encode(different), strict=True))


def _features(
    known: Mapping[str, npt.NDArray[np.float32]], posts: Sequence[str], claims: Sequence[str]
) -> npt.NDArray[np.float32]:
    """Return float32 [n, 4 * dim + 1]: both vectors, their product, their distance, and the cosine."""
    left, right = np.stack([known[text] for text in posts]), np.stack([known[text] for text in claims])
    product = left * right
    return np.hstack([left, right, product, np.abs(left - right), product.sum(axis=1, keepdims=True)])
