"""When a claim or a forum falls back to review."""

from __future__ import annotations

import statistics

import pytest

from bot.core.breaker import CLAIM, FORUM, BreakerSettings, mode_in_force, rule
from bot.core.domain import Mode
from bot.core.errors import BadSetting
from bot.core.review import DISMISSALS, WITHDRAWALS, Outcome
from tests.bot.core.simulated_breakers import chance_at_a_look, trips_at
from tests.bot.core.simulated_servers import seeded

GOOD, BAD = Outcome.POSTED, Outcome.FALSE_MATCH


@pytest.mark.parametrize(
    ("outcomes", "trips", "dismissed", "of"),
    [
        ([], False, 0, 0),
        ([BAD] * 7, False, 7, 7),
        ([BAD] * 8, True, 8, 8),
        ([BAD] * 8 + [GOOD] * 12, True, 8, 20),
        ([GOOD] * 12 + [BAD] * 8, True, 8, 20),
        ([GOOD] * 13 + [BAD] * 8, False, 7, 20),
        ([GOOD, BAD] * 20, True, 10, 20),
    ],
)
def test_rule_counts_dismissals_in_the_newest_window(outcomes, trips, dismissed, of):
    ruling = rule(iter(outcomes), CLAIM)
    assert (ruling.trips, ruling.dismissed, ruling.of) == (trips, dismissed, of)
    assert f"{dismissed} of the last {of}" in ruling.sentence
    assert ("wait for a moderator" in ruling.sentence) is trips


@pytest.mark.parametrize("outcome", Outcome)
def test_rule_for_each_outcome_counts_what_nobody_wanted(outcome):
    """Every dismissal and every withdrawal; posted and kept replies stand."""
    one = BreakerSettings(window=1, share=1.0)
    assert rule([outcome], one).trips is (outcome in (*DISMISSALS, *WITHDRAWALS))


@pytest.mark.parametrize(("window", "share"), [(0, 0.5), (10, 0.0), (10, 1.01), (10, -1.0)])
def test_settings_that_never_or_always_trip_are_refused(window, share):
    with pytest.raises(BadSetting):
        BreakerSettings(window, share)


def test_settings_limit_is_exact_in_spite_of_floats():
    assert (CLAIM.limit, FORUM.limit) == (8, 14)
    assert BreakerSettings(10, 0.7).limit == 7
    assert BreakerSettings(10, 0.71).limit == 8


@pytest.mark.parametrize(
    ("settings", "share", "at_a_look"),
    [(CLAIM, 0.1, 0.000416), (CLAIM, 0.5, 0.8684), (FORUM, 0.1, 0.00001847), (FORUM, 0.5, 0.9808)],
)
def test_chance_at_a_look_is_as_the_defaults_say(settings, share, at_a_look):
    assert chance_at_a_look(settings, share) == pytest.approx(at_a_look, rel=0.01)


@pytest.mark.parametrize(("settings", "most"), [(CLAIM, 0.04), (FORUM, 0.01)])
def test_a_good_claim_over_200_decisions_seldom_trips(settings, most):
    """One in ten dismissed: stated as 1.8 % and 0.1 %."""
    rng = seeded(5)
    ends = [trips_at(settings, 0.1, 200, rng) for _ in range(500)]
    assert sum(end is not None for end in ends) / len(ends) < most


@pytest.mark.parametrize(("settings", "middle"), [(CLAIM, 16), (FORUM, 28)])
def test_a_bad_claim_half_dismissed_trips_soon(settings, middle):
    rng = seeded(5)
    ends = [trips_at(settings, 0.5, 200, rng) or 200 for _ in range(300)]
    assert statistics.median(ends) == pytest.approx(middle, abs=2)


@pytest.mark.parametrize("mode", Mode)
def test_mode_in_force_when_tripped_takes_auto_back_and_nothing_else(mode):
    assert mode_in_force(mode, is_tripped=False) is mode
    assert mode_in_force(mode, is_tripped=True) is (Mode.REVIEW if mode is Mode.AUTO else mode)
