"""Whether the claim a post is about is found at all: ranks in the bot's own index, before any gate or judging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.core.domain import Claim
from models.encoder import TextEncoder
from models.evaluate.measures import share
from models.evaluate.stream import StreamPost, request_for
from models.index import ClaimIndex
from models.views import views

DEPTHS = (1, 5, 10)
Similarities = Callable[[Sequence[str]], npt.NDArray[np.float32]]


def retrieval_figures(posts: Sequence[StreamPost], store: Sequence[Claim], encoder: TextEncoder) -> dict[str, Any]:
    """Return R@k and the mean reciprocal rank of the own claim, for posts about it and for those asserting it."""
    about = [each for each in posts if each.post.stance != "unrelated"]
    ranks = own_ranks(about, store, encoder)
    asserting = [rank for each, rank in zip(about, ranks, strict=True) if each.post.stance == "asserts"]
    return {"about the claim": ranked_figures(ranks), "asserting the claim": ranked_figures(asserting)}


def ranked_figures(ranks: Sequence[int]) -> dict[str, Any]:
    """Return the share of ranks within each depth, and the mean of their reciprocals; rank 0 stands for never found."""
    shares = {f"R@{depth}": share(sum(0 < rank <= depth for rank in ranks), len(ranks)) for depth in DEPTHS}
    return shares | {"MRR": sum(1 / rank for rank in ranks if rank) / max(len(ranks), 1)}


def own_ranks(posts: Sequence[StreamPost], store: Sequence[Claim], encoder: TextEncoder) -> list[int]:
    """Return the rank of each post's own claim, 0 for a post without words.

    Claims that say nearly the same, and others that the post takes up as well, are no competitors.
    """
    index = ClaimIndex.build(store, encoder)
    place = {claim.id: number for number, claim in enumerate(index.claims)}
    return [_rank(each, _nearest(each, index, encoder), place) for each in posts]


def _nearest(each: StreamPost, index: ClaimIndex, encoder: TextEncoder) -> npt.NDArray[np.float32] | None:
    """Return float32 [claims], the best cosine over all that the screener would search this post with."""
    texts = list(dict.fromkeys(text for view in views(0, request_for(each.post)) for text in view.texts))
    return index.similarities(encoder.encode(texts)).max(axis=0) if texts else None


def _rank(each: StreamPost, nearest: npt.NDArray[np.float32] | None, place: dict[str, int]) -> int:
    if nearest is None:
        return 0
    taken_up = {claim for claim, stance in each.post.others.items() if stance != "unrelated"}
    own = nearest[place[each.claim.id]]
    ahead = set(np.flatnonzero(nearest > own).tolist())
    return 1 + len(ahead - {place[claim] for claim in taken_up | each.same if claim in place})
