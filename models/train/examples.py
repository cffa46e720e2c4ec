"""The examples of one epoch: each post with its own claim, those of its topic, and others that a search would offer.

An encoder taught on posts and their own claims only learns the tone of assertion; most of its false alarms are posts
that assert something else. So a post is judged against several claims at once: its own, its topic's, each with the
label that was given to it, and near claims it has nothing to do with, other ones in every epoch.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.layout import Question
from models.stance import LABELS, pair_text
from models.train.corpus import LabelledClaim, LabelledPost
from models.train.nearness import Nearness
from models.train.splits import SAME_COSINE

UNRELATED = LABELS.index("unrelated")
NOT_ASSERTED = -1  # a look-alike may deny, ask or be about something else: all that is known is that it does not assert
SUSPECT_LEAD = 0.05  # a stranger this much nearer than the own claim may well be asserted too: no safe negative
SUSPECT_COSINE = 0.55
# Which search ranks a post's strangers come from. Posts that deny one claim, or change it a little, often state its
# nearest neighbour: their first ranks are not safe to call unrelated.
RANKS = {"asserts": (0, 8), "denies": (3, 15), "reports": (0, 10), "unrelated": (3, 15)}
NEAR_STRANGERS = {True: 1, False: 2}  # a post of a family meets its topic's claims as well
FAR_STRANGER_SHARE = 0.5
STRANGER_WEIGHT = 0.6
SECOND_WORDING_SHARE = 0.25
SIBLING_SHARE = 0.7
PACK_COPIES = 2  # the starter pack is what a new server runs: its few posts count double
PARENT_SHARE = 0.04
COMPANION_SHARE = 0.08
COMPANION_CHARACTERS = 300
WORDING_SHARE = 0.4  # of the paraphrases and look-alikes that are shown as posts in an epoch


@dataclass(frozen=True, slots=True)
class Asked:
    """One statement of an example. ``label`` counts into ``LABELS`` or is ``NOT_ASSERTED``."""

    statement: str
    label: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Example:
    """One post and what it does with each of several statements."""

    post: str
    asked: tuple[Asked, ...]

    @property
    def question(self) -> Question:
        """What the network is asked."""
        return Question(self.post, tuple(each.statement for each in self.asked))

    @property
    def length(self) -> int:
        """Roughly what it costs, in characters."""
        return len(self.post) + sum(len(each.statement) for each in self.asked)


class ExampleMaker:
    """Makes the examples of any epoch of one split, always the same for the same seed and epoch."""

    def __init__(self, claims: Sequence[LabelledClaim], nearness: Nearness, chosen: Sequence[int], seed: int) -> None:
        """Take all claims and the numbers of those to learn from; strangers come from the same split only."""
        self._claims = claims
        self._nearness = nearness
        self._chosen = np.array(sorted(chosen), dtype=np.int64)
        self._seed = seed
        self._others = [(claims[number].topic, post.text) for number in sorted(chosen) for post in claims[number].posts]
        self._topics: dict[str, list[int]] = {}
        for number in sorted(chosen):
            self._topics.setdefault(claims[number].topic, []).append(number)

    def epoch(self, number: int) -> list[Example]:
        """Return one epoch's examples, shuffled."""
        rng = random.Random(f"{self._seed}:{number}")  # noqa: S311 - sampling, no secret
        examples = [example for claim in self._chosen.tolist() for example in self._of_claim(claim, rng)]
        rng.shuffle(examples)
        return examples

    def _of_claim(self, number: int, rng: random.Random) -> Iterator[Example]:
        claim = self._claims[number]
        for _ in range(PACK_COPIES if claim.is_fact else 1):
            for row, post in enumerate(claim.posts):
                yield self._of_post(number, row, post, rng)
        if not claim.is_fact:  # the pack's paraphrases are among its posts
            for paraphrase in claim.paraphrases:
                if rng.random() < WORDING_SHARE:
                    yield self._of_wording(number, paraphrase, LABELS.index("asserts"), rng)
        for near in claim.look_alikes:
            if rng.random() < WORDING_SHARE:
                yield self._of_wording(number, near, NOT_ASSERTED, rng)

    def _of_post(self, number: int, row: int, post: LabelledPost, rng: random.Random) -> Example:
        claim = self._claims[number]
        own = LABELS.index(post.stance)
        asked = [Asked(text, own) for text in _wordings(claim, rng, post.text)]
        for sibling in self._siblings(number, rng):
            other = self._claims[sibling]
            asked.append(Asked(_wording(other, rng), LABELS.index(post.others.get(other.id, "unrelated"))))
        asked += self._strangers(number, self._nearness.posts[number][row], post.stance, rng)
        return _shuffled(self._post_text(claim, post, rng), asked, rng)

    def _of_wording(self, number: int, text: str, label: int, rng: random.Random) -> Example:
        """Return a paraphrase or look-alike as a post; whether it denies a sibling is unknown, but it asserts none."""
        asked = [Asked(_wording(self._claims[number], rng, without=text), label)]
        for sibling in self._siblings(number, rng):
            asked.append(Asked(_wording(self._claims[sibling], rng), NOT_ASSERTED))
        asked += self._strangers(number, self._nearness.claims[number], "reports", rng)
        return _shuffled(text, asked, rng)

    def _siblings(self, number: int, rng: random.Random) -> Iterator[int]:
        """Yield claims of the same topic against which the posts were labelled."""
        claim = self._claims[number]
        for sibling in self._topics[claim.topic] if claim.is_family else ():
            if sibling != number and rng.random() < SIBLING_SHARE:
                yield sibling

    def _post_text(self, claim: LabelledClaim, post: LabelledPost, rng: random.Random) -> str:
        """Return the post's side, at times with a parent message or with an off-topic post run into it."""
        draw = rng.random()
        if post.parent is None and draw < PARENT_SHARE:
            return pair_text(post.text, post.title, _wording(claim, rng, without=post.text))
        if draw < PARENT_SHARE + COMPANION_SHARE and len(post.text) < COMPANION_CHARACTERS:
            topic, other = rng.choice(self._others)
            both = [other[:COMPANION_CHARACTERS], post.text] if topic != claim.topic else [post.text]
            rng.shuffle(both)
            return pair_text(" ".join(both), post.title, post.parent)
        return pair_text(post.text, post.title, post.parent)

    def _strangers(
        self, number: int, cosines: npt.NDArray[np.float32], stance: str, rng: random.Random
    ) -> Iterator[Asked]:
        """Yield claims of other topics that the post does not touch: near ones, as a search offers, or a far one."""
        ranked = self._safe_strangers(number, cosines)
        first, last = RANKS[stance]
        near = ranked[first:last]
        picked = rng.sample(near, min(NEAR_STRANGERS[self._claims[number].is_family], len(near)))
        if ranked and rng.random() < FAR_STRANGER_SHARE:
            picked.append(rng.choice(ranked))
        for stranger in dict.fromkeys(picked):
            yield Asked(_wording(self._claims[stranger], rng), UNRELATED, STRANGER_WEIGHT)

    def _safe_strangers(self, number: int, cosines: npt.NDArray[np.float32]) -> list[int]:
        allowed = self._chosen[self._nearness.claims[number][self._chosen] < SAME_COSINE]
        limit = max(SUSPECT_COSINE, float(cosines[number]) + SUSPECT_LEAD)
        allowed = allowed[cosines[allowed] < limit]
        topic = self._claims[number].topic
        ranked: list[int] = allowed[np.argsort(-cosines[allowed], kind="stable")].tolist()
        return [stranger for stranger in ranked[:200] if self._claims[stranger].topic != topic]


def _wordings(claim: LabelledClaim, rng: random.Random, post: str) -> list[str]:
    """Return one wording of the post's own claim or two different ones."""
    first = _wording(claim, rng, without=post)
    second = _wording(claim, rng, without=post)
    return [first, second] if second != first and rng.random() < SECOND_WORDING_SHARE else [first]


def _wording(claim: LabelledClaim, rng: random.Random, without: str = "") -> str:
    """Return the claim (three times in five) or a paraphrase, never the post's own words."""
    choices = [wording for wording in claim.wordings if wording != without]
    return claim.text if rng.random() < 0.6 and claim.text != without else rng.choice(choices)


def _shuffled(post: str, asked: list[Asked], rng: random.Random) -> Example:
    rng.shuffle(asked)
    return Example(post, tuple(asked))
