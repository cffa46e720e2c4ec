"""An open stream: every post of a split against a whole store of claims, as the bot would screen it.

Posts of all four stances are there, and the store holds far more claims than the posts are about, so a false alarm
on a stranger counts as one. Uses the bot's own screener.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.core.domain import Claim
from bot.core.text import clean
from models.evidence import matrix
from models.screener import AssessRequest, Examined, PairScreener
from models.stance import LABELS
from models.train.corpus import LabelledClaim, LabelledPost
from models.train.splits import assign, groups

CHUNK_POSTS = 16
BENIGN_COSINE = 0.60  # posts about claims this near to one of the pack are left out of the benign stream


@dataclass(frozen=True, slots=True)
class StreamPost:
    """One post, the claim it was written about, and claims that say nearly the same, which are not counted."""

    post: LabelledPost
    claim: LabelledClaim
    same: frozenset[str] = frozenset()

    def stance_towards(self, claim_id: str) -> str:
        """Return what the post does with a claim; ``unrelated`` where nobody said otherwise."""
        return self.post.stance if claim_id == self.claim.id else self.post.others.get(claim_id, "unrelated")

    @property
    def asserted(self) -> frozenset[str]:
        """The claims that should be found in this post."""
        ids = {self.claim.id, *self.post.others} - self.same
        return frozenset(claim_id for claim_id in ids if self.stance_towards(claim_id) == "asserts")


@dataclass(frozen=True)
class Screened:
    """What the screener found in a stream, findings of all posts in one row each.

    ``post`` int [n] counts into ``posts``; ``claim`` holds n claim ids; ``probabilities`` float32 [n, 4] are the
    judge's own; ``evidence`` float64 [n, features]; ``similarity`` and ``p_asserts`` [n]; ``label`` int [n] counts into
    ``LABELS`` and is the truth; ``is_own`` bool [n] tells the claim that the post was written about; ``span`` int
    [n, 2] is where in the post's text the claim was read.
    """

    posts: list[StreamPost]
    post: npt.NDArray[np.int64]
    claim: list[str]
    probabilities: npt.NDArray[np.float32]
    evidence: npt.NDArray[np.float64]
    similarity: npt.NDArray[np.float32]
    p_asserts: npt.NDArray[np.float64]
    label: npt.NDArray[np.int64]
    is_own: npt.NDArray[np.bool_]
    span: npt.NDArray[np.int64]

    @property
    def is_asserted(self) -> npt.NDArray[np.bool_]:
        """Whether the post of a row asserts the claim of the row."""
        result: npt.NDArray[np.bool_] = self.label == LABELS.index("asserts")
        return result

    @property
    def wanted(self) -> int:
        """How many (post, claim) are asserted, found or not."""
        return sum(len(each.asserted) for each in self.posts)


@dataclass(frozen=True)
class SplitStreams:
    """The streams of one split: its posts against all claims, and those far from the pack against the pack alone."""

    posts: list[StreamPost]
    store: list[Claim]
    benign: list[StreamPost]
    pack: list[Claim]


def split_streams(
    claims: Sequence[LabelledClaim], nearness: npt.NDArray[np.float32], split: str, max_posts: int | None = None
) -> SplitStreams:
    """Return the streams of a split; ``nearness`` is float32 [claims, claims]."""
    chosen = [number for number, name in enumerate(assign(claims, nearness)) if name == split]
    pack = [number for number, claim in enumerate(claims) if claim.is_fact]
    far = [number for number in chosen if not pack or float(nearness[number, pack].max()) < BENIGN_COSINE]
    group = groups(nearness)
    return SplitStreams(
        stream_posts(claims, chosen, group)[:max_posts],
        store_claims(claims),
        stream_posts(claims, far, group)[:max_posts],
        store_claims([claims[number] for number in pack]),
    )


def stream_posts(claims: Sequence[LabelledClaim], chosen: Sequence[int], groups: Sequence[int]) -> list[StreamPost]:
    """Return the posts of the chosen claims; ``groups[i]`` names the claims that say nearly the same as claim i.

    Near-equal claims of a family count all the same: its posts are labelled against each of them.
    """
    members: dict[int, set[int]] = {}
    for number, group in enumerate(groups):
        members.setdefault(group, set()).add(number)

    def same(number: int) -> frozenset[str]:
        claim = claims[number]
        others = (claims[other] for other in members[groups[number]] - {number})
        return frozenset(other.id for other in others if not (claim.is_family and other.topic == claim.topic))

    return [StreamPost(post, claims[number], same(number)) for number in chosen for post in claims[number].posts]


def store_claims(claims: Sequence[LabelledClaim]) -> list[Claim]:
    """Return claims as the bot holds them."""
    return [Claim(claim.id, claim.text, claim.paraphrases, claim.look_alikes) for claim in claims]


def screen(
    screener: PairScreener, posts: Sequence[StreamPost], report: Callable[[int], None] = lambda _: None
) -> Screened:
    """Screen every post; ``report`` is told how many are done."""
    found: list[tuple[int, Examined]] = []
    for start in range(0, len(posts), CHUNK_POSTS):
        chunk = posts[start : start + CHUNK_POSTS]
        requests = [request_for(each.post) for each in chunk]
        for offset, examined in enumerate(screener.examine_batch(requests)):
            same = chunk[offset].same
            found += [(start + offset, each) for each in examined if each.claim.id not in same]
        report(start + len(chunk))
    return _rows(list(posts), found)


def request_for(post: LabelledPost) -> AssessRequest:
    """Return a labelled post as the bot would screen it."""
    return AssessRequest(clean(post.text), post.title, post.parent)


def _rows(posts: list[StreamPost], found: Sequence[tuple[int, Examined]]) -> Screened:
    scores = [each.finding.scores for _, each in found]
    rows = [(score.asserts, score.denies, score.reports, score.unrelated) for score in scores]
    return Screened(
        posts=posts,
        post=np.array([post for post, _ in found], dtype=np.int64),
        claim=[each.claim.id for _, each in found],
        probabilities=np.array(rows, dtype=np.float32).reshape(-1, 4),
        evidence=matrix([each.evidence for _, each in found]),
        similarity=np.array([each.finding.similarity for _, each in found], dtype=np.float32),
        p_asserts=np.array([each.finding.p_asserts for _, each in found], dtype=np.float64),
        label=np.array(
            [LABELS.index(posts[post].stance_towards(each.claim.id)) for post, each in found], dtype=np.int64
        ),
        is_own=np.array([posts[post].claim.id == each.claim.id for post, each in found], dtype=bool),
        span=np.array([(each.finding.start, each.finding.end) for _, each in found], dtype=np.int64).reshape(-1, 2),
    )
