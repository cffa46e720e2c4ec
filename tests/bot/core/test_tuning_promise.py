"""The promise of ``suggest`` on servers whose true rates are known: kept in 95 of 100, where plain counting fails."""

from __future__ import annotations

import pytest

from bot.core.tuning_bounds import at_most, upper_bound
from tests.bot.core.simulated_servers import CURVES, Server, Tally, hoped, play, seeded, servers, total

SERVERS, SEED, MOST_BROKEN = 2000, 5, 0.05


@pytest.fixture(scope="module")
def simulated() -> list[Server]:
    return list(servers(SERVERS, seeded(SEED)))


@pytest.fixture(scope="module")
def played(simulated) -> dict[str, Tally]:
    return play(simulated, seeded(SEED))


def test_promise_over_2000_servers_is_kept_in_95_of_100_beyond_simulation_noise(played):
    """The exact upper bound of the share of broken promises lies under 5 %, and answers were given."""
    every = total(played)
    assert every.servers == SERVERS
    assert every.answered > SERVERS // 20
    assert upper_bound(every.broken, SERVERS, 0.999) <= MOST_BROKEN, str(every)


@pytest.mark.parametrize("family", CURVES)
def test_promise_in_each_family_is_not_broken_more_often_than_chance_allows(played, family):
    """Also where scores mislead, and where every threshold lies just over the target."""
    each = played[family]
    chance_of_so_many = 1.0 - at_most(each.broken - 1, each.servers, MOST_BROKEN)
    assert chance_of_so_many > 0.001, str(each)


def test_promise_of_the_plain_share_is_broken_so_the_simulation_can_tell(simulated):
    """The same servers catch a rule without bounds."""
    every = total(play(simulated[:150], seeded(SEED), hoped))
    assert at_most(every.servers - every.broken, every.servers, 1 - MOST_BROKEN) < 0.001, str(every)
