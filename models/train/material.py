"""What one run learns from, made ready: claims, their splits, their nearness, and each epoch's batches."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.artifact import file_sha256
from models.encoder import SentenceEncoder, packaged_folder
from models.train.corpus import LabelledClaim, data_files, load_claims
from models.train.examples import Example, ExampleMaker
from models.train.nearness import Nearness, measure_once
from models.train.options import TrainOptions
from models.train.public import load_public, public_files
from models.train.splits import assign

POOL_BATCHES = 40  # batches are cut from pools of this many, sorted by length: little padding, order still random


@dataclass(frozen=True)
class Material:
    """The prepared data of one run. ``splits[i]`` is the split of ``claims[i]``."""

    claims: list[LabelledClaim]
    splits: list[str]
    nearness: Nearness
    public: dict[str, list[Example]]
    hashes: dict[str, str]
    encoder_folder: Path

    def numbers(self, split: str) -> list[int]:
        """Return the numbers of one split's claims."""
        return [number for number, name in enumerate(self.splits) if name == split]


def prepare(options: TrainOptions) -> Material:
    """Read everything and compare it in the base encoder; minutes on a small machine."""
    claims = load_claims(options.data)
    encoder_folder = options.encoder or packaged_folder()
    encoder = SentenceEncoder.load(options.encoder)
    files = data_files(options.data) + (public_files(options.datasets) if options.datasets else [])
    hashes = {path.name: file_sha256(path) for path in files}
    public = load_public(options.datasets) if options.datasets else {}
    nearness = measure_once(claims, encoder, options.checkpoint_folder, _nearness_key(hashes, encoder_folder))
    return Material(claims, assign(claims, nearness.claims), nearness, public, hashes, encoder_folder)


def _nearness_key(hashes: dict[str, str], encoder_folder: Path) -> str:
    """Return a hash of everything the cosines depend on."""
    parts = [file_sha256(encoder_folder / "model.safetensors"), *(f"{name}:{hashes[name]}" for name in sorted(hashes))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def epoch_batches(material: Material, options: TrainOptions, epoch: int) -> list[list[Example]]:
    """Return one epoch's batches of the corpus with a sprinkle of public sets, the same for the same seed and epoch."""
    maker = ExampleMaker(material.claims, material.nearness, material.numbers("train"), options.seed)
    examples = maker.epoch(epoch)
    rng = random.Random(f"batches:{options.seed}:{epoch}")  # noqa: S311 - sampling, no secret
    examples += _public_sample(material.public, round(len(examples) * options.public_share), rng)
    rng.shuffle(examples)
    return _cut(examples[: options.max_examples], options.batch_size, rng)


def public_batches(material: Material, options: TrainOptions, count: int) -> list[list[Example]]:
    """Return ``count`` batches of the public sets, which come before the corpus; [] without them."""
    examples = [example for name in sorted(material.public) for example in material.public[name]]
    rng = random.Random(f"public:{options.seed}")  # noqa: S311 - sampling, no secret
    batches: list[list[Example]] = []
    while examples and len(batches) < count:
        rng.shuffle(examples)
        batches += _cut(examples, options.batch_size, rng)
    return batches[:count]


def _public_sample(public: dict[str, list[Example]], count: int, rng: random.Random) -> list[Example]:
    """Take an equal part of each set, at most all of it."""
    sample: list[Example] = []
    for name in sorted(public):
        sample += rng.sample(public[name], min(len(public[name]), count // len(public)))
    return sample


def _cut(examples: Sequence[Example], size: int, rng: random.Random) -> list[list[Example]]:
    batches: list[list[Example]] = []
    for start in range(0, len(examples), size * POOL_BATCHES):
        pool = sorted(examples[start : start + size * POOL_BATCHES], key=lambda example: example.length)
        part = [pool[first : first + size] for first in range(0, len(pool), size)]
        rng.shuffle(part)
        batches += part
    return batches
