"""Opening the judge: without usable weights the bot starts all the same and says why."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.domain import Claim
from bot.core.errors import ArtifactInvalid, ScreenerUnavailable
from bot.core.text import clean
from models.artifact import Manifest, save_weights
from models.batching import BatchedScreener
from models.encoder import packaged_folder
from models.loading import ModelOptions, UnavailableScreener, load_models, load_screener
from models.stance import build_network, trained_state
from tests.models.tiny_models import tiny_artifact, tiny_encoder


@pytest.fixture
def small(tmp_path: Path) -> ModelOptions:
    """A whole set of real model folders with random weights."""
    encoder = tiny_encoder(tmp_path / "encoder")
    tiny_artifact(tmp_path / "stance", encoder)
    return ModelOptions(encoder_folder=encoder, stance_folder=tmp_path / "stance", threads=1)


async def test_load_screener_own_encoder_and_its_judge_work_together(small: ModelOptions) -> None:
    """A judge trained on the encoder in the settings needs no third setting to say so."""
    screener = load_screener(small)
    assert isinstance(screener, BatchedScreener), screener.problem
    async with screener:
        await screener.load_claims([Claim("c", "They blew up the dam.")])
        assert [finding.claim_id for finding in await screener.assess(clean("They blew up the dam."))] == ["c"]


def test_load_screener_judge_of_another_encoder_stands_in(small: ModelOptions) -> None:
    screener = load_screener(replace(small, encoder_folder=packaged_folder()))
    assert isinstance(screener, UnavailableScreener)
    assert "another encoder" in screener.problem


def test_load_screener_weights_of_no_numbers_stand_in(small: ModelOptions) -> None:
    """Such weights have the right hash, names and sizes; only trying them out shows it."""
    assert small.encoder_folder is not None
    state = trained_state(build_network(small.encoder_folder))
    state["head.1.weight"].fill_(float("nan"))
    digest = save_weights(small.stance_folder, state)
    replace(Manifest.read(small.stance_folder), weights_sha256=digest).write(small.stance_folder)
    screener = load_screener(small)
    assert isinstance(screener, UnavailableScreener)
    assert "no usable probabilities" in screener.problem


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (ModelOptions(packaged_folder(), stance_folder=Path("/nowhere/stance")), "/nowhere/stance"),
        (ModelOptions(retriever_folder=Path("/nowhere/retriever")), "/nowhere/retriever"),
        (ModelOptions(encoder_folder=Path("/nowhere/encoder")), "/nowhere/encoder"),
        (ModelOptions(encoder_sha256="0" * 64), "expected"),
    ],
)
def test_load_screener_without_models_stands_in_and_names_the_folder(options: ModelOptions, word: str) -> None:
    screener = load_screener(options)
    assert isinstance(screener, UnavailableScreener)
    assert word in screener.problem


def test_load_screener_damaged_manifest_stands_in(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"format_version": 1}')
    screener = load_screener(ModelOptions(packaged_folder(), stance_folder=tmp_path))
    assert isinstance(screener, UnavailableScreener)
    assert str(tmp_path) in screener.problem
    assert "\n" not in screener.problem


def test_load_models_without_weights_raises_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ArtifactInvalid, match=r"has no manifest\.json"):
        load_models(ModelOptions(packaged_folder(), stance_folder=tmp_path))


async def test_unavailable_screener_every_call_says_why() -> None:
    async with UnavailableScreener("No weights here.") as screener:
        await screener.load_claims([Claim("c", "They blew up the dam.")])
        for call in (screener.assess(clean("words")), screener.suggest("why?"), screener.examine(clean("words"))):
            with pytest.raises(ScreenerUnavailable, match="No weights here"):
                await call
