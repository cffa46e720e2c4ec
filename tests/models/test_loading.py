"""Opening the judge: without usable weights the bot starts all the same and says why."""

from pathlib import Path

import pytest

from bot.core.errors import ArtifactInvalid, ScreenerUnavailable
from bot.core.text import clean
from models.loading import ModelOptions, UnavailableScreener, load_models, load_screener


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (ModelOptions(stance_folder=Path("/nowhere/stance")), "/nowhere/stance"),
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
    screener = load_screener(ModelOptions(stance_folder=tmp_path))
    assert isinstance(screener, UnavailableScreener)
    assert str(tmp_path) in screener.problem
    assert "\n" not in screener.problem


def test_load_models_without_weights_raises_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ArtifactInvalid):
        load_models(ModelOptions(stance_folder=tmp_path))


async def test_unavailable_screener_every_call_says_why() -> None:
    async with UnavailableScreener("No weights here.") as screener:
        for call in (screener.assess(clean("words")), screener.suggest("why?"), screener.load_claims([])):
            with pytest.raises(ScreenerUnavailable, match="No weights here"):
                await call
