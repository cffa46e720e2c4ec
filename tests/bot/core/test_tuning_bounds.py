"""The exact bounds, against published values, exact fractions and each other."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from bot.core.tuning_bounds import Share, at_most, fewest_trials, upper_bound

PUBLISHED = [  # one-sided 95 %: scipy.stats.beta.ppf(0.95, hits + 1, trials - hits), scipy 1.17.1
    (0, 1, 0.95),
    (0, 59, 0.0495076098882),
    (1, 10, 0.394163302437),
    (3, 70, 0.107055225305),
    (5, 100, 0.102253377643),
    (12, 412, 0.0467641844851),
    (50, 100, 0.586378285369),
    (99, 100, 0.999487198584),
    (20, 1000, 0.0289301228514),
    (300, 100000, 0.00330044547877),
    (0, 1000000, 2.99572778635e-06),
]


@pytest.mark.parametrize(("hits", "trials", "expected"), PUBLISHED)
def test_upper_bound_against_the_beta_quantile_agrees_to_nine_digits(hits, trials, expected):
    assert upper_bound(hits, trials) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("trials", [1, 10, 59, 300])
def test_upper_bound_without_hits_is_the_closed_form(trials):
    """No mistake in n: (1 - bound) ** n is what is left of the confidence."""
    assert upper_bound(0, trials) == pytest.approx(1 - 0.05 ** (1 / trials), abs=1e-9)


@pytest.mark.parametrize(("hits", "trials"), [(0, 0), (1, 1), (7, 7)])
def test_upper_bound_of_nothing_or_of_hits_alone_is_one(hits, trials):
    assert upper_bound(hits, trials) == 1.0


@pytest.mark.parametrize("rate", [Fraction(1, 50), Fraction(1, 3), Fraction(9, 10)])
@pytest.mark.parametrize("trials", [1, 7, 60])
def test_at_most_against_exact_fractions_agrees(trials, rate):
    for hits in range(-1, trials + 1):
        exact = sum(comb(trials, i) * rate**i * (1 - rate) ** (trials - i) for i in range(hits + 1))
        assert at_most(hits, trials, float(rate)) == pytest.approx(float(exact), abs=1e-12)


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_at_most_at_the_ends_is_certain(rate):
    assert at_most(2, 9, rate) == 1.0 - rate


@pytest.mark.parametrize(("rate", "expected"), [(0.02, [149, 236, 313]), (0.05, [59, 93, 124]), (0.1, [29, 46, 61])])
def test_fewest_trials_then_is_where_the_bound_first_holds(rate, expected):
    assert [fewest_trials(hits, rate) for hits in range(3)] == expected
    for hits, trials in enumerate(expected):
        assert upper_bound(hits, trials) <= rate < upper_bound(hits, trials - 1)


def test_share_interval_is_wilsons_and_of_nothing_is_all():
    assert (Share(19, 20).low, Share(19, 20).high) == (
        pytest.approx(0.763869, abs=1e-6),
        pytest.approx(0.991119, abs=1e-6),
    )
    assert (Share(0, 0).value, Share(0, 0).low, Share(0, 0).high) == (0.0, 0.0, 1.0)
    assert Share(0, 10).low == 0.0
    assert Share(10, 10).high == 1.0
    assert Share(5, 10).holds(0.5)
    assert not Share(5, 10).holds(0.9)


@pytest.mark.parametrize("hits", range(11))
def test_share_then_lies_in_its_own_interval(hits):
    """All hits and none as well, where rounding could put it just outside."""
    assert Share(hits, 10).holds(Share(hits, 10).value)
