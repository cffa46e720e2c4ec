"""The pairs of one epoch: each post with its own claim, and with other claims that a search would have offered.

An encoder taught on posts and their own claims only learns the tone of assertion; most of its false alarms are posts
that assert something else. So each post is also paired with near claims it has nothing to do with, other ones in
every epoch.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.stance import LABELS, pair_text
from models.train.corpus import LabelledClaim, LabelledPost
from models.train.nearness import Nearness
from models.train.splits import SAME_COSINE

UNRELATED = LABELS.index("unrelated")
SUSPECT_LEAD = 0.05  # a stranger this much nearer than the own claim may well be asserted too: no safe negative
SUSPECT_COSINE = 0.55
# How many negatives a post of each stance gets, and which search ranks they come from. Posts that deny one claim, or
# change it a little, often state its nearest neighbour: their first ranks are not safe to call unrelated.
NEGATIVES = {"asserts": 2, "denies": 1, "reports": 1, "unrelated": 1}
RANKS = {"asserts": (0, 8), "denies": (3, 15), "reports": (0, 10), "unrelated": (3, 15)}
PACK_COPIES = 2  # the starter pack is what a new server runs: its few posts count double
FAR_SHARE = 0.2
PARENT_SHARE = 0.04
COMPANION_SHARE = 0.08
LOOK_ALIKE_SHARE = 0.5
PARAPHRASE_SHARE = 0.5
LOOK_ALIKE_WEIGHT = 0.5  # near sentences were not written as posts, and a few report or deny


@dataclass(frozen=True, slots=True)
class Pair:
    """One training example; ``label`` counts into ``LABELS``."""

    post: str
    claim: str
    label: int
    weight: float = 1.0


class PairMaker:
    """Makes the pairs of any epoch of one split, always the same for the same seed and epoch."""

    def __init__(self, claims: Sequence[LabelledClaim], nearness: Nearness, chosen: Sequence[int], seed: int) -> None:
        """Take all claims and the numbers of those to pair; strangers come from the same split only."""
        self._claims = claims
        self._nearness = nearness
        self._chosen = np.array(sorted(chosen), dtype=np.int64)
        self._seed = seed
        self._others = [post.text for number in sorted(chosen) for post in claims[number].posts]

    def epoch(self, number: int) -> list[Pair]:
        """Return one epoch's pairs, shuffled."""
        rng = random.Random(f"{self._seed}:{number}")  # noqa: S311 - sampling, no secret
        pairs = [pair for claim in self._chosen.tolist() for pair in self._of_claim(claim, rng)]
        rng.shuffle(pairs)
        return pairs

    def _of_claim(self, number: int, rng: random.Random) -> Iterator[Pair]:
        claim = self._claims[number]
        for _ in range(PACK_COPIES if claim.is_fact else 1):
            for row, post in enumerate(claim.posts):
                yield from self._of_post(number, row, post, rng)
        for near in claim.look_alikes:
            if rng.random() < LOOK_ALIKE_SHARE:
                yield Pair(near, _wording(claim, rng), UNRELATED, LOOK_ALIKE_WEIGHT)
        if not claim.is_fact:  # the pack's paraphrases are among its posts
            yield from self._of_paraphrases(number, rng)

    def _of_post(self, number: int, row: int, post: LabelledPost, rng: random.Random) -> Iterator[Pair]:
        claim = self._claims[number]
        text = self._post_text(claim, post, rng)
        yield Pair(text, _wording(claim, rng, without=post.text), LABELS.index(post.stance))
        for stranger in self._strangers(number, self._nearness.posts[number][row], post.stance, rng):
            yield Pair(text, _wording(self._claims[stranger], rng), UNRELATED)

    def _of_paraphrases(self, number: int, rng: random.Random) -> Iterator[Pair]:
        claim = self._claims[number]
        for paraphrase in claim.paraphrases:
            if rng.random() < PARAPHRASE_SHARE:
                yield Pair(paraphrase, _wording(claim, rng, without=paraphrase), LABELS.index("asserts"))
                for stranger in self._strangers(number, self._nearness.claims[number], "reports", rng):
                    yield Pair(paraphrase, _wording(self._claims[stranger], rng), UNRELATED)

    def _post_text(self, claim: LabelledClaim, post: LabelledPost, rng: random.Random) -> str:
        """Return the post's side, at times with a parent message or with an off-topic post run into it."""
        draw = rng.random()
        if draw < PARENT_SHARE:
            return pair_text(post.text, post.title, _wording(claim, rng, without=post.text))
        if draw < PARENT_SHARE + COMPANION_SHARE and len(post.text) < 300:
            other = rng.choice(self._others)[:300]
            both = (other, post.text) if rng.random() < 0.5 else (post.text, other)
            return pair_text(" ".join(both), post.title)
        return pair_text(post.text, post.title)

    def _strangers(
        self, number: int, cosines: npt.NDArray[np.float32], stance: str, rng: random.Random
    ) -> Iterator[int]:
        """Yield claims of this split that a search would offer for the post and that it does not touch."""
        allowed = self._chosen[self._nearness.claims[number][self._chosen] < SAME_COSINE]
        limit = max(SUSPECT_COSINE, float(cosines[number]) + SUSPECT_LEAD)
        allowed = allowed[cosines[allowed] < limit]
        ranked = allowed[np.argsort(-cosines[allowed], kind="stable")]
        first, last = RANKS[stance]
        near = ranked[first:last].tolist()
        for _ in range(NEGATIVES[stance]):
            pool = ranked.tolist() if rng.random() < FAR_SHARE or not near else near
            if pool:
                yield rng.choice(pool)


def _wording(claim: LabelledClaim, rng: random.Random, without: str = "") -> str:
    """Return the claim (three times in five) or a paraphrase, never the post's own words."""
    choices = [wording for wording in claim.wordings if wording != without]
    return claim.text if rng.random() < 0.6 and claim.text != without else rng.choice(choices)
