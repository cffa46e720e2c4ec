"""The evidence on a finding: what counts for an assertion, what against it, and what says nothing."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.evidence import FEATURES, SIGNS, SMALLEST, Evidence, among_rivals, log_odds, matrix, weigh

chances = st.floats(0.0, 1.0)
NINE = math.log(9)  # the log-odds of 0.9


@pytest.mark.parametrize(("chance", "expected"), [(0.5, 0.0), (0.9, NINE), (0.1, -NINE), (0.25, -math.log(3))])
def test_log_odds_known_chances(chance: float, expected: float) -> None:
    assert log_odds(chance) == pytest.approx(expected)


def test_log_odds_certainty_stays_finite() -> None:
    assert log_odds(1.0) == pytest.approx(-log_odds(0.0)) == pytest.approx(math.log((1 - SMALLEST) / SMALLEST))


def test_weigh_paraphrases_are_averaged_the_best_kept_and_the_warnings_are_what_exceeds() -> None:
    found = weigh(0.5, [0.9, 0.5], [0.1, 0.9], 0.7, 0.2)
    assert (found.asserts, found.paraphrases) == (pytest.approx(0.0), pytest.approx(NINE / 2))
    assert (found.best_paraphrase, found.strength) == (pytest.approx(NINE), pytest.approx(NINE / 2))
    assert found.look_alike == pytest.approx(NINE - NINE / 2)
    assert (found.similarity, found.look_alike_cosine, found.rival) == (0.7, 0.2, 0.0)


def test_weigh_without_paraphrases_the_claim_stands_for_them() -> None:
    found = weigh(0.9, [], [], 0.7, -1.6)
    assert found == Evidence(log_odds(0.9), log_odds(0.9), log_odds(0.9), 0.7)
    assert found.strength == log_odds(0.9)


def test_weigh_look_alike_less_asserted_or_further_is_no_warning() -> None:
    found = weigh(0.9, [0.9], [0.5], 0.7, -0.1)
    assert (found.look_alike, found.look_alike_cosine) == (0.0, 0.0)


@given(chances, st.lists(chances, min_size=1, max_size=3), chances, chances)
def test_weigh_a_likelier_paraphrase_or_look_alike_only_counts_on_its_own_side(
    claim: float, paraphrases: Sequence[float], low: float, high: float
) -> None:
    low, high = sorted((low, high))
    assert weigh(claim, [*paraphrases, low], [], 0, 0).strength <= weigh(claim, [*paraphrases, high], [], 0, 0).strength
    less, more = (weigh(claim, paraphrases, [each], 0, 0) for each in (low, high))
    assert less.look_alike <= more.look_alike
    assert less.strength == more.strength


def test_matrix_columns_are_the_features_in_order() -> None:
    rows = matrix([Evidence(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)])
    assert rows.tolist() == [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]]
    own, against = (
        ("asserts", "paraphrases", "best_paraphrase", "similarity"),
        ("look_alike", "look_alike_cosine", "rival"),
    )
    assert (*own, *against, "lead") == FEATURES
    assert [SIGNS[name] for name in FEATURES] == [1, 1, 1, 1, -1, -1, -1, 1]


def test_among_rivals_another_claim_in_the_same_words_counts() -> None:
    strong, weak, elsewhere = Evidence(2.0, 1.0, 2.0, 0.5), Evidence(1.0, 0.0, 1.0, 0.75), Evidence(3.0, 3.0, 3.0, 0.9)
    found = among_rivals([strong, weak, elsewhere], ["here", "here", "there"])
    assert [each.rival for each in found] == [0.0, 1.0, 0.0]
    assert [each.lead for each in found] == [-0.25, 0.25, 0.0]


def test_matrix_of_nothing_has_no_rows_and_all_columns() -> None:
    empty = matrix([])
    assert (empty.shape, empty.dtype) == ((0, len(FEATURES)), np.dtype(np.float64))
