"""Which threshold moderators' decisions vouch for, and what is said where they vouch for none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest

from bot.core.domain import Thresholds
from bot.core.errors import BadInput
from bot.core.tuning import GRID, Scored, percent, suggest
from bot.core.tuning_bounds import upper_bound

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_IDS = count(1)


def decided(number: int, p: float, *, wrong: int = 0, review: float = 0.2) -> list[Scored]:
    """Return decisions at one score, the first of them wrong."""
    thresholds = Thresholds(review, 1.0)
    return [Scored(next(_IDS), "c", 1, NOW, p, True, place < wrong, thresholds) for place in range(number)]


def test_suggest_when_tests_pass_goes_down_to_the_last_that_does():
    """0.9: 1 of 100; 0.7: 2 of 200; 0.5 adds mistakes until the bound is over 5 %."""
    rows = decided(100, 0.9, wrong=1) + decided(100, 0.7, wrong=1) + decided(100, 0.5, wrong=30)
    found = suggest(rows, 0.05)
    assert (found.threshold, found.n, found.errors, found.more_needed) == (0.51, 200, 2, 0)
    assert found.bound == upper_bound(2, 200) < 0.05
    assert found.sentence == (
        "From 0.51 up, 2 of 200 decided posts were wrong. With 95 % confidence at most 3.2 % of the replies there "
        "would be wrong; your target is 5 %."
    )


def test_suggest_when_a_test_fails_stops_there_though_lower_ones_would_pass():
    """Going on would be a second chance that the confidence does not allow for."""
    rows = decided(100, 0.9) + decided(20, 0.7, wrong=20) + decided(2000, 0.5)
    assert suggest(rows, 0.05).threshold == 0.71


def test_suggest_never_goes_under_the_scores_decided_or_above_those_with_enough():
    rows = decided(100, 0.6)
    assert suggest(rows, 0.05).threshold == 0.2  # down to review: nothing scored in between, and that was asked about
    assert suggest(rows, 0.05, lowest=0.4).threshold == 0.4
    assert suggest(rows, 0.05, lowest=0.61).threshold is None


def test_suggest_with_a_score_on_the_threshold_counts_it():
    rows = decided(93, 0.82, review=0.82)
    assert suggest(rows, 0.05).threshold == 0.82


def test_suggest_with_too_few_decisions_says_how_many_more():
    found = suggest(decided(23, 0.9), 0.05)
    assert (found.threshold, found.n, found.errors, found.more_needed) == (None, 23, 0, 36)
    assert "at least 59 without a mistake, and there are 23. At least 36 more are needed." in found.sentence


def test_suggest_without_any_decision_answers_as_well():
    found = suggest([], 0.02)
    assert (found.threshold, found.n, found.bound, found.more_needed) == (None, 0, 1.0, 149)


def test_suggest_with_the_fewest_decisions_that_can_do_passes():
    assert suggest(decided(59, 0.9), 0.05).threshold == 0.2
    assert suggest(decided(58, 0.9), 0.05).threshold is None
    assert suggest(decided(59, 0.9, wrong=1), 0.05).threshold is None


def test_suggest_when_the_first_test_fails_says_what_was_wrong_and_what_it_takes():
    found = suggest(decided(100, 0.9, wrong=4), 0.05)
    assert (found.threshold, found.n, found.errors, found.more_needed) == (None, 100, 4, 81)
    assert "from 0.90 up, 4 of 100 decided posts were wrong, so up to 9 % of the replies may be" in found.sentence
    assert suggest(decided(181, 0.9, wrong=4), 0.05).threshold is not None


def test_suggest_with_one_slip_at_the_top_of_many_still_answers():
    """The row starts where one mistake is allowed for."""
    assert suggest(decided(60, 0.99, wrong=1) + decided(60, 0.9), 0.05).threshold == 0.2


def test_suggest_leaves_out_decisions_from_a_stricter_time_below_its_review():
    """With review from 0.6, nobody was asked about 0.3 to 0.6: the good ones above do not speak for those."""
    found = suggest(decided(300, 0.9, review=0.6), 0.05)
    assert found.threshold == 0.6
    mixed = suggest(decided(300, 0.9, review=0.6) + decided(60, 0.4, wrong=30, review=0.2), 0.05)
    assert (mixed.threshold, mixed.n) == (0.6, 300)


def test_suggest_counts_only_decided_posts_that_could_have_been_answered():
    rows = decided(100, 0.9)
    undecided = [replace(row, verdict=None) for row in decided(50, 0.9)]
    never_answered = [replace(row, is_assertion=False) for row in decided(50, 0.9, wrong=50)]
    assert suggest(rows + undecided + never_answered, 0.05).n == 100


def test_suggest_with_a_post_decided_twice_counts_it_once_and_as_wrong():
    rows = decided(100, 0.9)
    again = replace(rows[0], verdict=True, claim_id="d", p_asserts=0.8)
    for order in ([*rows, again], [again, *rows]):
        found = suggest(order, 0.06)
        assert (found.n, found.errors) == (100, 1)


@pytest.mark.parametrize("target", [0.0, -0.1, 0.51, 1.0, float("nan")])
def test_suggest_for_a_target_outside_reason_refuses_it(target):
    with pytest.raises(BadInput, match=r"between 0.1 % and 50 %"):
        suggest([], target)


def test_grid_holds_every_hundredth_as_people_write_it():
    assert GRID[0] == 0.05
    assert GRID[-1] == 0.99
    assert [float(f"{each:.2f}") for each in GRID] == list(GRID)


@pytest.mark.parametrize(("rate", "expected"), [(0.0321, "3.3 %"), (0.05, "5 %"), (0.1, "10 %"), (0.0, "0 %")])
def test_percent_never_rounds_down(rate, expected):
    assert percent(rate) == expected
