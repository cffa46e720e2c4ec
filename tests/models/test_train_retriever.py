"""Training of the retriever: what is searched with, what stands beside it, and which layers change by how much."""

from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import pytest

from bot.core.errors import BadInput
from models.artifact import Manifest
from models.encoder import SentenceEncoder, load_parts
from models.retriever import is_trained, load_retriever
from models.train.corpus import LabelledClaim, LabelledPost
from models.train.options import TrainOptions
from models.train.retriever import RetrieverRecipe, Search, batches, fit_retriever, searches
from models.train.retriever_run import train_retriever
from tests.models.tiny_corpus import TOPICS, tiny_data
from tests.models.tiny_models import tiny_encoder
from tests.models.word_encoder import WordEncoder

RECIPE = RetrieverRecipe(minutes=1e-9, batch_size=8, seed=3)


def claim(name: str, *posts: LabelledPost) -> LabelledClaim:
    said = (f"{name} went down", f"they sank the {name}")
    return LabelledClaim(name, f"the {name} sank", said, (), posts, topic=name)


def post(text: str, stance: str = "asserts", **changes: object) -> LabelledPost:
    return LabelledPost(text, changes.pop("title", None), stance, "plain", **changes)


CLAIMS = [claim(thing, post(f"{thing} {fate} on purpose")) for thing, fate in TOPICS]
FOUND = searches(CLAIMS, range(len(CLAIMS)), WordEncoder())


def test_searches_posts_about_a_claim_and_its_paraphrases_are_searched_with() -> None:
    own = claim("dam", post("it sank"), post("no, it floats", "denies"), post("where is lunch?", "unrelated"))
    found = searches([claim("fleet"), own], [1], WordEncoder())
    assert [(each.text, each.claim) for each in found] == [
        ("it sank", 1),
        ("no, it floats", 1),
        ("dam went down", 1),
        ("they sank the dam", 1),
    ]


def test_searches_further_claims_of_a_post_are_not_wrong_to_find() -> None:
    own = claim("dam", post("all of them sank", others={"fleet": "asserts", "gone": "denies"}))
    assert searches([claim("fleet"), own], [1], WordEncoder())[0].accepted == {0}


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("They did.", "The dam", "The dam. They did."),
        ("word " * 25, "The dam", "word " * 25),
        ("Nothing is new here. " * 12 + "Then the dam sank. Good night.", "The dam", "Then the dam sank."),
    ],
)
def test_searches_short_posts_are_taken_with_their_title_long_ones_by_their_nearest_sentence(
    text: str, title: str, expected: str
) -> None:
    assert searches([claim("dam", post(text, title=title))], [0], WordEncoder())[0].text == expected


def test_batches_same_seed_same_batches_and_other_seed_others() -> None:
    first, again, other = (list(islice(batches(CLAIMS, FOUND, replace(RECIPE, seed=n)), 9)) for n in (3, 3, 4))
    assert first == again
    assert first != other


def test_batches_hold_each_wanted_claim_once_with_a_wording_nobody_searches_with() -> None:
    """A claim found by its own words would teach nothing."""
    for batch in islice(batches(CLAIMS, FOUND, RECIPE), 20):
        assert len(batch.searches) == RECIPE.batch_size
        assert set(batch.wanted) == {search.claim for search in batch.searches}
        assert len(batch.wanted) == len(set(batch.wanted)) == len(batch.wordings)
        assert not set(batch.wordings) & {search.text for search in batch.searches}
        for number, wording in zip(batch.wanted, batch.wordings, strict=True):
            assert wording in CLAIMS[number].wordings


def test_batches_neighbours_in_the_corpus_stay_together() -> None:
    """Searches of one topic are what a search confuses, so they must meet in one batch."""
    place = {search: number for number, search in enumerate(FOUND)}
    for batch in islice(batches(CLAIMS, FOUND, RECIPE), 20):
        rows = [place[search] for search in batch.searches]
        assert sum(after == before + 1 for before, after in pairwise(rows)) >= 5


def test_batches_fewer_searches_than_a_batch_holds_are_one_batch() -> None:
    """Such a corpus was once waited for for ever."""
    (batch,) = islice(batches(CLAIMS, FOUND[:5], RECIPE), 1)
    assert set(batch.searches) == set(FOUND[:5])


def test_batches_nothing_to_search_with_is_refused() -> None:
    with pytest.raises(BadInput, match="nothing to learn from"):
        next(batches(CLAIMS, [], RECIPE))


def test_fit_retriever_changes_the_upper_layers_alone(tmp_path: Path) -> None:
    parts = load_parts(tiny_encoder(tmp_path, layers=3))
    before = {name: tensor.clone() for name, tensor in parts[1].state_dict().items()}
    state = fit_retriever(parts, CLAIMS, FOUND, RECIPE)
    changed = {name for name, tensor in parts[1].state_dict().items() if not tensor.equal(before[name])}
    assert changed
    assert all(map(is_trained, changed))
    assert set(state) == {name for name in before if is_trained(name)}


def test_fit_retriever_blends_by_the_share_that_is_kept(tmp_path: Path) -> None:
    import torch

    folder = tiny_encoder(tmp_path, layers=3)
    own = load_parts(folder)[1].state_dict()
    none, half, whole = (
        fit_retriever(load_parts(folder), CLAIMS, FOUND, replace(RECIPE, keep=keep)) for keep in (0.0, 0.5, 1.0)
    )
    assert all(torch.equal(tensor, own[name]) for name, tensor in none.items())
    assert any(not torch.equal(tensor, own[name]) for name, tensor in whole.items())
    assert all(torch.allclose(half[name], (own[name] + whole[name]) / 2, atol=1e-7) for name in half)


def test_fit_retriever_accepted_claims_are_not_pushed_away(tmp_path: Path) -> None:
    """With every other claim excused nothing is wrong, so the loss is nought."""
    folder = tiny_encoder(tmp_path, layers=3)
    losses: list[float] = []
    others = [frozenset(range(len(CLAIMS))) - {each.claim} for each in FOUND]
    for accepted in (others, [frozenset()] * len(FOUND)):
        found = [Search(each.text, each.claim, names) for each, names in zip(FOUND, accepted, strict=True)]
        fit_retriever(load_parts(folder), CLAIMS, found, RECIPE, lambda done, loss: losses.append(loss))
    assert losses[0] == pytest.approx(0.0, abs=1e-6)
    assert losses[1] > 0.1


def test_fit_retriever_encoder_of_too_few_layers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nothing to train"):
        fit_retriever(load_parts(tiny_encoder(tmp_path, layers=2)), CLAIMS, FOUND, RECIPE)


def test_train_retriever_small_corpus_leaves_a_folder_that_loads(tmp_path: Path) -> None:
    encoder = tiny_encoder(tmp_path / "encoder", layers=3)
    options = TrainOptions(tmp_path / "retriever", data=tiny_data(tmp_path / "data"), encoder=encoder)
    said: list[str] = []
    folder = train_retriever(options, RECIPE, said.append)
    manifest = Manifest.read(folder)
    loaded = load_retriever(folder, encoder)
    assert loaded.dim == SentenceEncoder.load(encoder).dim
    assert (manifest.labels, manifest.seed, set(manifest.metrics)) == ([], RECIPE.seed, {"dev"})
    assert set(manifest.data) == {"one.jsonl", "facts_claims.jsonl"}
    for found in manifest.metrics["dev"].values():
        assert (found["about"]["R@1"]["of"], found["asserting"]["R@1"]["of"]) == (16, 8)
        assert found["about"]["R@1"]["hits"] <= found["about"]["R@5"]["hits"] <= found["about"]["R@10"]["hits"]
    assert said[-1] == "Measuring on dev."
