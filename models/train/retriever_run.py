"""One training of the retriever from files to a model folder, with how well it finds dev claims before and after."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from models.artifact import FORMAT_VERSION, Manifest, file_sha256, save_weights
from models.encoder import SentenceEncoder, load_parts
from models.evaluate.measures import share
from models.evaluate.provenance import provenance
from models.evaluate.stream import StreamPost, store_claims, stream_posts
from models.pipelines import match
from models.train.corpus import LabelledClaim
from models.train.material import Material, prepare
from models.train.options import TrainOptions
from models.train.public import OWN_LICENCE
from models.train.retriever import RetrieverRecipe, fit_retriever, searches
from models.train.splits import groups

Say = Callable[[str], None]
RANKS = (1, 5, 10)


def train_retriever(options: TrainOptions, recipe: RetrieverRecipe, say: Say = lambda _: None) -> Path:
    """Train the retriever on the corpus, save it in ``options.out`` with its manifest, and return that folder."""
    say("Reading the data and comparing it in the base encoder.")
    material = prepare(options)
    base = SentenceEncoder.load(options.encoder)
    found = searches(material.claims, material.numbers("train"), base)
    say(f"Training the retriever on {len(found)} searches.")
    state = fit_retriever(load_parts(material.encoder_folder), material.claims, found, recipe, _teller(say))
    digest = save_weights(options.out, state)
    say("Measuring on dev.")
    trained = SentenceEncoder.load(options.encoder)
    trained.put({name: tensor.half().float() for name, tensor in state.items()})
    metrics = {"dev": {"base": recall(base, material, "dev"), "trained": recall(trained, material, "dev")}}
    _manifest(material, recipe, digest, metrics).write(options.out)
    return options.out


def recall(encoder: SentenceEncoder, material: Material, split: str) -> dict[str, dict[str, float]]:
    """Return the share of a split's posts whose claim is among the first 1, 5 and 10 of all claims, with intervals.

    Posts that do not touch their claim are left out; near-equal claims count as the claim.
    """
    posts = stream_posts(material.claims, material.numbers(split), groups(material.nearness.claims))
    about = [each for each in posts if each.post.stance != "unrelated"]
    return {
        name: _recall(encoder, material.claims, chosen)
        for name, chosen in (
            ("about", about),
            ("asserting", [each for each in about if each.post.stance == "asserts"]),
        )
    }


def _recall(encoder: SentenceEncoder, claims: Sequence[LabelledClaim], posts: Sequence[StreamPost]) -> dict[str, Any]:
    texts = [f"{each.post.title}. {each.post.text}" if each.post.title else each.post.text for each in posts]
    ranked = match(encoder, store_claims(claims), texts, max(RANKS))
    hits = {
        rank: sum(
            any(name == each.claim.id or name in each.same for name, _ in row[:rank])
            for each, row in zip(posts, ranked, strict=True)
        )
        for rank in RANKS
    }
    return {f"R@{rank}": share(count, len(posts)) for rank, count in hits.items()}


def _manifest(material: Material, recipe: RetrieverRecipe, digest: str, metrics: dict[str, Any]) -> Manifest:
    finished = time.strftime("%Y-%m-%d", time.gmtime())
    return Manifest(
        format_version=FORMAT_VERSION,
        encoder_sha256=file_sha256(material.encoder_folder / "model.safetensors"),
        weights_sha256=digest,
        labels=[],
        max_tokens=0,
        seed=recipe.seed,
        training={"recipe": asdict(recipe), "finished_on": finished} | provenance(),
        data=material.hashes,
        licences=OWN_LICENCE,
        metrics=metrics,
    )


def _teller(say: Say) -> Callable[[float, float], None]:
    """Return a reporter that speaks at each tenth of the way."""
    told = [0]

    def report(done: float, loss: float) -> None:
        if int(done * 10) > told[0]:
            told[0] = int(done * 10)
            say(f"{told[0] * 10} % done, loss {loss:.3f}")

    return report
