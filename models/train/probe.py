"""A quick look at a half-trained judge: a fixed sample of dev pairs, own claims and near strangers."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from models.evaluate.measures import average_precision
from models.stance import LABELS, StanceNetwork, network_probabilities, pair_text
from models.train.material import Material
from models.train.pairs import UNRELATED, Pair
from models.train.splits import SAME_COSINE

PROBE_POSTS = 420
STRANGERS = 1


def probe_pairs(material: Material, seed: int = 7) -> list[Pair]:
    """Return dev posts with their own claim and with the nearest claim of any split that is another one."""
    rng = random.Random(seed)  # noqa: S311 - sampling, no secret
    places = [(n, row) for n in material.numbers("dev") for row in range(len(material.claims[n].posts))]
    pairs: list[Pair] = []
    for number, row in rng.sample(places, min(PROBE_POSTS, len(places))):
        post = material.claims[number].posts[row]
        text = pair_text(post.text, post.title)
        pairs.append(Pair(text, material.claims[number].text, LABELS.index(post.stance)))
        cosines = np.where(material.nearness.claims[number] < SAME_COSINE, material.nearness.posts[number][row], -1.0)
        for stranger in np.argsort(-cosines)[:STRANGERS].tolist():
            pairs.append(Pair(text, material.claims[stranger].text, UNRELATED))
    return pairs


def probe(network: StanceNetwork, pairs: Sequence[Pair]) -> dict[str, float]:
    """Return accuracy over the four stances and average precision of ``asserts`` on a sample."""
    probabilities = network_probabilities(network, [(pair.post, pair.claim) for pair in pairs])
    labels = np.array([pair.label for pair in pairs])
    return {
        "accuracy": float((probabilities.argmax(1) == labels).mean()),
        "asserts_ap": average_precision(probabilities[:, 0], labels == 0),
    }
