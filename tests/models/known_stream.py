"""A screened stream small enough to count by hand."""

import numpy as np

from models.evaluate.stream import Screened, StreamPost
from models.evidence import FEATURES
from models.stance import LABELS
from models.train.corpus import LabelledClaim, LabelledPost

STRANGER = "stranger"


def claim(name: str, **changes: object) -> LabelledClaim:
    """Return a claim of its own topic."""
    return LabelledClaim(name, f"The {name} sank.", (f"{name} went down",), (), (), topic=name, **changes)


def post(
    stance: str, name: str = "own", text: str = "they all know that the ship sank", **changes: object
) -> StreamPost:
    """Return a post about a claim."""
    sides = {"own": "Russia", "other": "The US, NATO"}
    return StreamPost(LabelledPost(text, None, stance, "plain", **changes), claim(name, flatters=sides[name]))


def screened(
    posts: list[StreamPost], rows: list[tuple[int, str, float]], similarity: list[float] | None = None
) -> Screened:
    """Return a stream from (post, claim, p_asserts); probabilities and evidence follow from p_asserts."""
    chances = np.array([p for _, _, p in rows])
    evidence = np.zeros((len(rows), len(FEATURES)))
    evidence[:, 0] = evidence[:, 1] = np.log(chances / (1 - chances))
    return Screened(
        posts=posts,
        post=np.array([number for number, _, _ in rows], dtype=np.int64),
        claim=[name for _, name, _ in rows],
        probabilities=np.array([(p, (1 - p) / 2, (1 - p) / 4, (1 - p) / 4) for p in chances], dtype=np.float32),
        evidence=evidence,
        similarity=np.array(similarity or chances, dtype=np.float32),
        p_asserts=chances,
        label=np.array([LABELS.index(posts[number].stance_towards(name)) for number, name, _ in rows], dtype=np.int64),
        is_own=np.array([posts[number].claim.id == name for number, name, _ in rows], dtype=bool),
        span=np.array([(0, 8)] * len(rows), dtype=np.int64),
    )


def known() -> Screened:
    """Four posts: asserted and found, asserted and missed, denied but flagged, flagged for a stranger's claim."""
    posts = [post("asserts"), post("asserts", "other"), post("denies"), post("unrelated", "other")]
    return screened(
        posts, [(0, "own", 0.9), (0, STRANGER, 0.1), (2, "own", 0.8), (3, STRANGER, 0.6)], [0.9, 0.5, 0.7, 0.4]
    )
