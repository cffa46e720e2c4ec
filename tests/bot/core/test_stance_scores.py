"""Stance scores: the likeliest stance agrees with the calibrated chance of an assertion."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.domain import Stance, StanceScores

chances = st.floats(0.0, 1.0)


@given(chances, chances, chances, chances, chances)
def test_agreeing_sums_to_one_and_keeps_the_order_of_the_others(a, d, r, u, chance):
    agreed = StanceScores(a, d, r, u).agreeing(chance)
    assert agreed.asserts == chance
    assert abs(agreed.asserts + agreed.denies + agreed.reports + agreed.unrelated - 1.0) < 1e-6
    assert (agreed.denies >= agreed.reports) or d <= r


def test_agreeing_of_a_judge_sure_to_the_last_digit_leaves_the_rest_to_unrelated():
    assert StanceScores(1.0, 0.0, 0.0, 0.0).agreeing(0.1).top is Stance.UNRELATED


def test_agreeing_above_a_half_asserts_whatever_was_likelier_before():
    assert StanceScores(0.2, 0.8, 0.0, 0.0).agreeing(0.51).top is Stance.ASSERTS
