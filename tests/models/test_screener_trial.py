"""Trying claims out: judged as if they were loaded, while posts are judged by those that are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.core.domain import Claim
from bot.core.text import clean
from models.calibration import Calibration
from models.screener import AssessRequest, PairScreener
from tests.models.judges import DAESH, DAM, WordJudge
from tests.models.word_encoder import WordEncoder

PARAPHRASE = "Prisoners dug that canal with spades."
CANAL = Claim("canal", "Prisoners dug the great canal by hand.", (PARAPHRASE,))


class CountingEncoder(WordEncoder):
    """Keeps every text that it encodes."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += texts
        return super().encode(texts)


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def screener(encoder: CountingEncoder) -> PairScreener:
    screener = PairScreener(encoder, WordJudge(), Calibration())
    screener.load_claims([DAM, DAESH])
    return screener


def request(text: str) -> AssessRequest:
    return AssessRequest(clean(text))


def test_assess_with_a_paraphrase_left_out_then_is_not_tested_against_itself(screener: PairScreener) -> None:
    (listed,) = screener.assess_with([CANAL], request(PARAPHRASE))
    (left_out,) = screener.assess_with([replace(CANAL, paraphrases=())], request(PARAPHRASE))
    assert listed.similarity == pytest.approx(1.0)
    assert left_out.similarity < 0.9


def test_assess_with_other_claims_then_leaves_the_loaded_ones_as_they_are(screener: PairScreener) -> None:
    before = screener.assess_batch([request(DAM.text)])
    assert screener.assess_with([DAESH], request(DAM.text)) != before[0]
    assert screener.assess_batch([request(DAM.text)]) == before


def test_assess_with_the_loaded_claims_then_finds_what_assess_finds(screener: PairScreener) -> None:
    assert screener.assess_with([DAM, DAESH], request(DAM.text)) == screener.assess_batch([request(DAM.text)])[0]


def test_assess_with_known_claims_then_encodes_the_post_alone(screener: PairScreener, encoder: CountingEncoder) -> None:
    """A whole pack is tried out a sentence at a time: encoding its claims each time would take hours."""
    new = replace(DAM, id="new", text="Nobody but Ukraine blew up the dam.")
    screener.assess_with([new, DAESH], request("The dam was old."))
    encoder.encoded.clear()
    screener.assess_with([new, DAESH], request("The dam was full."))
    assert encoder.encoded == ["The dam was full."]
