"""Contrastive training of the retriever: posts beside the claims they are about, apart from the nearest others.

Only the upper layers of the encoder learn, and the result is blended with what they were, so that texts unlike the
corpus are found as before. Loss: InfoNCE over the batch's claims (van den Oord et al. 2018), posts of one topic
included, since neighbours are what a search confuses. Blending: Wortsman et al. 2022, "Robust fine-tuning of zero-shot
models".
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.core.errors import BadInput
from bot.core.text import clean
from models.encoder import TextEncoder, encodable
from models.retriever import FIRST_TRAINED_LAYER, is_trained, trained_layers
from models.train.corpus import LabelledClaim, LabelledPost
from models.train.loop import rate
from models.windows import cut

TEMPERATURE = 0.05
LONGEST_TOKENS = 96
RUN = 6  # searches of one topic that stay together in a batch
EXCUSED = -1e4  # the score of a claim that is not wrong to find as well
WHOLE_WORDS = 40  # shorter posts are searched with whole, longer ones by their sentence nearest to the claim


@dataclass(frozen=True, slots=True)
class Search:
    """A text to search with, the number of the claim to be found, and those that are not wrong to find as well."""

    text: str
    claim: int
    accepted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Batch:
    """Searches, the numbers of the claims that they are to find, each once, and a wording of each of those."""

    searches: tuple[Search, ...]
    wanted: tuple[int, ...]
    wordings: tuple[str, ...]


@dataclass(frozen=True)
class RetrieverRecipe:
    """How the retriever is trained.

    ``batch_size`` counts searches; ``minutes`` ends the run; ``keep`` is the share of the trained layers in the blend
    with the untrained ones.
    """

    minutes: float = 12.0
    batch_size: int = 48
    learning_rate: float = 1e-4
    keep: float = 0.8
    seed: int = 20261123


def searches(claims: Sequence[LabelledClaim], chosen: Sequence[int], encoder: TextEncoder) -> list[Search]:
    """Return what posts and paraphrases of the chosen claims are searched with; posts about no claim are left out."""
    number_of = {claim.id: number for number, claim in enumerate(claims)}
    about = [(number, post) for number in chosen for post in claims[number].posts if post.stance != "unrelated"]
    texts = _searched([(post, claims[number].text) for number, post in about], encoder)
    found = [
        Search(text, number, frozenset(number_of[name] for name in post.others if name in number_of))
        for (number, post), text in zip(about, texts, strict=True)
    ]
    return found + [Search(text, number) for number in chosen for text in claims[number].paraphrases]


def _searched(posts: Sequence[tuple[LabelledPost, str]], encoder: TextEncoder) -> list[str]:
    """Return each post whole, or of a long one the sentence nearest to its claim."""
    choices = [_choices(post) for post, _ in posts]
    unsure = sorted({text for texts in choices if len(texts) > 1 for text in texts})
    wanted = sorted({claim for texts, (_, claim) in zip(choices, posts, strict=True) if len(texts) > 1})
    place = {text: row for row, text in enumerate(dict.fromkeys(unsure + wanted))}
    vectors = encoder.encode(list(place))
    return [
        max(texts, key=lambda text: float(vectors[place[text]] @ vectors[place[claim]])) if len(texts) > 1 else texts[0]
        for texts, (_, claim) in zip(choices, posts, strict=True)
    ]


def _choices(post: LabelledPost) -> list[str]:
    words = len(post.text.split())
    if words <= WHOLE_WORDS:
        return [f"{post.title}. {post.text}" if post.title and words < WHOLE_WORDS // 2 else post.text]
    return [sentence.text for sentence in cut(clean(post.text)).sentences] or [post.text]


def fit_retriever(
    parts: tuple[Any, Any],
    claims: Sequence[LabelledClaim],
    found: Sequence[Search],
    recipe: RetrieverRecipe,
    report: Callable[[float, float], None] = lambda done, loss: None,
) -> dict[str, Any]:
    """Train ``parts`` (tokenizer, model) and return the blended weights of the trained layers, by name.

    ``report`` is told the share that is done and the running loss. Raises BadInput for no searches, and for an encoder
    without layers to train.
    """
    import torch

    tokenizer, model = parts
    torch.manual_seed(recipe.seed)
    before = {name: tensor.clone() for name, tensor in trained_layers(model).items()}
    if not before:
        raise BadInput(f"The encoder has nothing to train: it needs BERT's layers, more than {FIRST_TRAINED_LAYER}.")
    for name, parameter in model.named_parameters():
        parameter.requires_grad = is_trained(name)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=recipe.learning_rate)
    spent, running = 0.0, 0.0
    for batch in batches(claims, found, recipe):
        began = time.perf_counter()
        done = spent / (60 * recipe.minutes)
        optimizer.param_groups[0]["lr"] = recipe.learning_rate * max(rate(min(done, 1.0)), 0.01)
        loss = _loss(tokenizer, model, batch)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        running = loss.item() if running == 0 else 0.95 * running + 0.05 * loss.item()
        spent += time.perf_counter() - began
        report(min(1.0, spent / (60 * recipe.minutes)), running)
        if spent >= 60 * recipe.minutes:
            break
    model.eval()
    after = trained_layers(model)
    return {name: before[name] + recipe.keep * (after[name] - before[name]) for name in after}


def batches(claims: Sequence[LabelledClaim], found: Sequence[Search], recipe: RetrieverRecipe) -> Iterator[Batch]:
    """Yield batches for ever, the same ones for the same seed.

    Neighbours in the corpus stay side by side: they are of one topic and near each other. Raises BadInput for no
    searches.
    """
    if not found:
        raise BadInput("The retriever has nothing to learn from: no claim of the training split has a post about it.")
    rng = random.Random(recipe.seed)  # noqa: S311 - sampling, no secret
    size = min(recipe.batch_size, len(found))
    while True:
        runs = [found[start : start + RUN] for start in range(rng.randrange(RUN), len(found), RUN)]
        rng.shuffle(runs)
        flat = [search for run in runs for search in run]
        for start in range(0, len(flat) - size + 1, size):
            yield _batch(claims, flat[start : start + size], rng)


def _batch(claims: Sequence[LabelledClaim], chosen: Sequence[Search], rng: random.Random) -> Batch:
    """Add a wording of each claim that is to be found, none that is itself searched with."""
    taken = {search.text for search in chosen}
    wanted = tuple(dict.fromkeys(search.claim for search in chosen))
    free = [[text for text in claims[number].wordings if text not in taken] or [""] for number in wanted]
    return Batch(tuple(chosen), wanted, tuple(rng.choice(texts) for texts in free))


def _loss(tokenizer: Any, model: Any, batch: Batch) -> Any:  # noqa: ANN401 - untyped library
    import torch

    posts = _vectors(tokenizer, model, [search.text for search in batch.searches])
    scores = posts @ _vectors(tokenizer, model, batch.wordings).T / TEMPERATURE
    excused = np.array([[number in search.accepted for number in batch.wanted] for search in batch.searches])
    scores = scores.masked_fill(torch.from_numpy(excused), EXCUSED)
    right = torch.tensor([batch.wanted.index(search.claim) for search in batch.searches])
    return torch.nn.functional.cross_entropy(scores, right)


def _vectors(tokenizer: Any, model: Any, texts: Sequence[str]) -> Any:  # noqa: ANN401 - untyped library
    import torch

    tokens = tokenizer(
        [encodable(text) for text in texts],
        padding=True,
        truncation=True,
        max_length=LONGEST_TOKENS,
        return_tensors="pt",
    )
    states = model(**tokens).last_hidden_state
    weights = tokens["attention_mask"].unsqueeze(-1).float()
    return torch.nn.functional.normalize((states * weights).sum(1) / weights.sum(1).clamp(min=1.0), dim=1)
