"""A quick look at a half-trained judge: a fixed sample of dev posts against their own claims and near strangers."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from models.evaluate.measures import average_precision
from models.stance import LABELS, StanceNetwork, network_probabilities, pair_text
from models.train.examples import UNRELATED, Asked, Example
from models.train.material import Material
from models.train.splits import SAME_COSINE

PROBE_POSTS = 420
STRANGERS = 3


def probe_examples(material: Material, seed: int = 7) -> list[Example]:
    """Return dev posts with their own claim and with the nearest claims of any split that are others."""
    rng = random.Random(seed)  # noqa: S311 - sampling, no secret
    places = [(n, row) for n in material.numbers("dev") for row in range(len(material.claims[n].posts))]
    examples = []
    for number, row in rng.sample(places, min(PROBE_POSTS, len(places))):
        claim, post = material.claims[number], material.claims[number].posts[row]
        asked = [Asked(claim.text, LABELS.index(post.stance))]
        cosines = material.nearness.posts[number][row]
        for stranger in np.argsort(-cosines)[: 2 * STRANGERS].tolist():
            other = material.claims[stranger]
            is_labelled = claim.is_family and other.topic == claim.topic
            if stranger == number or (material.nearness.claims[number, stranger] >= SAME_COSINE and not is_labelled):
                continue
            stance = post.others.get(other.id)
            asked.append(Asked(other.text, LABELS.index(stance) if stance else UNRELATED))
        examples.append(Example(pair_text(post.text, post.title, post.parent), tuple(asked[: 1 + STRANGERS])))
    return examples


def probe(network: StanceNetwork, examples: Sequence[Example]) -> dict[str, float]:
    """Return accuracy over the four stances and average precision of ``asserts`` on a sample."""
    probabilities = np.concatenate(network_probabilities(network, [example.question for example in examples]))
    labels = np.array([asked.label for example in examples for asked in example.asked])
    return {
        "accuracy": float((probabilities.argmax(1) == labels).mean()),
        "asserts_ap": average_precision(probabilities[:, 0], labels == 0),
    }
