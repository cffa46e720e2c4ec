"""An open stream: every post of a split against a whole store of claims, as the bot would screen it.

Posts of all four stances are there, and the store holds far more claims than the posts are about, so a false alarm
on a stranger counts as one. Uses the bot's own screener.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.core.domain import Claim, Finding
from bot.core.text import clean
from models.screener import AssessRequest, PairScreener
from models.train.corpus import LabelledClaim, LabelledPost
from models.train.splits import assign, groups

CHUNK_POSTS = 16
BENIGN_COSINE = 0.60  # posts about claims this near to one of the pack are left out of the benign stream


@dataclass(frozen=True, slots=True)
class StreamPost:
    """One post, the claim it was written about, and claims that say nearly the same, which are not counted."""

    post: LabelledPost
    claim_id: str
    same: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Screened:
    """What the screener found in a stream, findings of all posts in one row each.

    ``post`` int [n] counts into ``posts``; ``probabilities`` float32 [n, 4] are the judge's own; ``similarity``
    and ``p_asserts`` [n]; ``is_own`` and ``is_asserted`` bool [n].
    """

    posts: list[StreamPost]
    post: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float32]
    similarity: npt.NDArray[np.float32]
    p_asserts: npt.NDArray[np.float64]
    is_own: npt.NDArray[np.bool_]

    @property
    def is_asserted(self) -> npt.NDArray[np.bool_]:
        """Whether the post of a row asserts the claim of the row."""
        stance = np.array([each.post.stance == "asserts" for each in self.posts], dtype=bool)
        result: npt.NDArray[np.bool_] = self.is_own & stance[self.post]
        return result

    @property
    def wanted(self) -> int:
        """How many posts assert their claim, found or not."""
        return sum(each.post.stance == "asserts" for each in self.posts)


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
    """Return the posts of the chosen claims; ``groups[i]`` names the claims that say nearly the same as claim i."""
    members: dict[int, set[str]] = {}
    for claim, group in zip(claims, groups, strict=True):
        members.setdefault(group, set()).add(claim.id)
    return [
        StreamPost(post, claims[number].id, frozenset(members[groups[number]] - {claims[number].id}))
        for number in chosen
        for post in claims[number].posts
    ]


def store_claims(claims: Sequence[LabelledClaim]) -> list[Claim]:
    """Return claims as the bot holds them."""
    return [Claim(claim.id, claim.text, claim.paraphrases, claim.look_alikes) for claim in claims]


def screen(
    screener: PairScreener, posts: Sequence[StreamPost], report: Callable[[int], None] = lambda _: None
) -> Screened:
    """Screen every post; ``report`` is told how many are done."""
    found: list[tuple[int, Finding]] = []
    for start in range(0, len(posts), CHUNK_POSTS):
        chunk = posts[start : start + CHUNK_POSTS]
        requests = [AssessRequest(clean(each.post.text), each.post.title) for each in chunk]
        for offset, findings in enumerate(screener.assess_batch(requests)):
            same = chunk[offset].same
            found += [(start + offset, finding) for finding in findings if finding.claim_id not in same]
        report(start + len(chunk))
    return _rows(list(posts), found)


def _rows(posts: list[StreamPost], found: Sequence[tuple[int, Finding]]) -> Screened:
    scores = [(f.scores.asserts, f.scores.denies, f.scores.reports, f.scores.unrelated) for _, f in found]
    return Screened(
        posts=posts,
        post=np.array([post for post, _ in found], dtype=np.int64),
        probabilities=np.array(scores, dtype=np.float32).reshape(-1, 4),
        similarity=np.array([finding.similarity for _, finding in found], dtype=np.float32),
        p_asserts=np.array([finding.p_asserts for _, finding in found], dtype=np.float64),
        is_own=np.array([posts[post].claim_id == finding.claim_id for post, finding in found], dtype=bool),
    )
