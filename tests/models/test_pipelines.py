"""Retrieval alone and stance alone, as the commands run them."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.core.domain import Claim, Stance
from models.encoder import SentenceEncoder
from models.layout import Question
from models.pipelines import StancePair, match, stance

CLAIMS = [
    Claim("dam", "Ukraine blew up the Kakhovka dam itself."),
    Claim("daesh", "The US created Daesh in Afghanistan.", ("ISIS-K is an American creation.",)),
    Claim("vaccine", "The flu vaccine contains tracking chips."),
]


class LengthJudge:
    """Asserts by the share of the word "yes" in a post, so that each row tells which text it saw."""

    def probabilities(self, questions: Sequence[Question], batch_size: int = 8) -> list[NDArray[np.float32]]:
        words = [question.post.split() for question in questions]
        shares = [each.count("yes") / max(len(each), 1) for each in words]
        rows = [np.array([share, 1 - share, 0, 0], dtype=np.float32) for share in shares]
        return [np.tile(row, (len(each.statements), 1)) for row, each in zip(rows, questions, strict=True)]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.load()


def test_match_each_query_ranks_all_claims_best_first(encoder: SentenceEncoder) -> None:
    ranked = match(encoder, CLAIMS, ["America made ISIS-K.", "chips in the flu shot"], top=2)
    assert [[name for name, _ in row][:1] for row in ranked] == [["daesh"], ["vaccine"]]
    assert all(len(row) == 2 and row[0][1] >= row[1][1] for row in ranked)


def test_match_long_query_counts_by_its_nearest_sentence(encoder: SentenceEncoder) -> None:
    sentence = "Ukraine blew up the Kakhovka dam itself."
    long = "We had a barbecue on Sunday. " * 30 + sentence
    assert match(encoder, CLAIMS, [long], top=1)[0][0] == ("dam", pytest.approx(1.0, abs=1e-4))


def test_match_empty_inputs_give_empty_rows(encoder: SentenceEncoder) -> None:
    assert match(encoder, CLAIMS, []) == []
    assert match(encoder, CLAIMS, ["", "dam"], top=1)[0] == []
    assert match(encoder, [], ["dam"]) == [[]]


def test_stance_rows_stay_in_order_and_long_posts_count_by_their_strongest_window() -> None:
    long = "no " * 200 + "yes " * 100
    pairs = [StancePair("yes", "c"), StancePair("no", "c"), StancePair("", "c"), StancePair(long, "c")]
    scores = stance(LengthJudge(), pairs)
    assert [round(score.asserts, 2) for score in scores] == [1.0, 0.0, 0.0, 1.0]
    assert scores[2].top is Stance.UNRELATED


def test_stance_context_reaches_the_judge() -> None:
    alone, replied = stance(LengthJudge(), [StancePair("no", "c"), StancePair("no", "c", context="yes yes yes")])
    assert replied.asserts > alone.asserts


def test_stance_nothing_gives_nothing() -> None:
    assert stance(LengthJudge(), []) == []
