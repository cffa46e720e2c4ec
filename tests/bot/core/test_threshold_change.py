"""Where thresholds come from, and what a change of one override does to the posts it is for and to no others."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from bot.core.domain import Thresholds
from bot.core.errors import BadInput
from bot.core.policy import thresholds_in_force
from bot.core.ports import ThresholdRow
from bot.core.threshold_change import Scope, Standing, Target, effect, parse_target
from bot.core.tuning import Scored

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DEFAULT = Thresholds(0.5, 0.8)
SERVER, FORUM, CLAIM = Target(), Target(Scope.FORUM, "7"), Target(Scope.CLAIM, "moon-base")
OWN = {SERVER: Thresholds(0.4, 0.7), FORUM: Thresholds(0.3, 0.9), CLAIM: Thresholds(0.2, 0.95)}


def standing(*places: Target) -> Standing:
    return Standing(DEFAULT, tuple(ThresholdRow(place.scope, place.key, OWN[place]) for place in places))


def scored(post: int, p: float, *, claim: str = "other", forum: int = 1, verdict: bool | None = None) -> Scored:
    return Scored(post, claim, forum, NOW, p, True, verdict, DEFAULT)


@pytest.mark.parametrize("has", list(product((False, True), repeat=3)))
@pytest.mark.parametrize(("forum_id", "claim_id"), [(7, "moon-base"), (7, "other"), (1, "moon-base"), (1, "other")])
def test_origin_then_names_the_place_whose_values_policy_takes(has: tuple[bool, ...], forum_id: int, claim_id: str):
    stands = standing(*(place for place, is_set in zip(OWN, has, strict=True) if is_set))
    taken = thresholds_in_force(DEFAULT, stands.rows, forum_id=forum_id, claim_id=claim_id)
    origin = stands.origin(forum_id, claim_id)
    assert (OWN[origin] if origin else DEFAULT) == taken == stands.in_force(forum_id, claim_id)


@pytest.mark.parametrize("place", list(OWN))
def test_code_of_a_place_then_is_read_back(place: Target):
    assert parse_target(place.code) == place


def test_code_when_only_a_claim_is_typed_then_is_understood():
    assert parse_target(" moon-base ") == CLAIM
    assert parse_target("Server") == SERVER


@pytest.mark.parametrize("code", ["", "forum:debate", "forum:", "guild:3", "claim:", "forum:²"])
def test_code_when_it_names_no_place_then_says_what_to_do(code: str):
    with pytest.raises(BadInput, match="Choose what the values are for"):
        parse_target(code)


def test_effect_of_the_servers_values_then_leaves_out_whoever_has_own_ones():
    before = standing(FORUM, CLAIM)
    rows = [
        scored(1, 0.75, verdict=False),
        scored(2, 0.75, forum=7),
        scored(3, 0.75, claim="moon-base"),
        scored(4, 0.45),
        scored(5, 0.85),
    ]
    found = effect(rows, before, before.changed(SERVER, OWN[SERVER]))
    assert (found.replies, found.cards) == ((1, 2), (1, 1))
    assert found.sentence.startswith("Replies: 2 instead of 1; 1 (1 right) come.")


def test_effect_when_a_claims_own_values_go_then_each_forum_falls_back_to_its_own():
    """In forum 7 the claim is then answered from 0.90 on, elsewhere from the default's 0.80 on."""
    before = standing(FORUM, CLAIM)
    rows = [scored(1, 0.85, claim="moon-base", forum=7), scored(2, 0.85, claim="moon-base"), scored(3, 0.85)]
    found = effect(rows, before, before.changed(CLAIM, None))
    assert (found.replies, found.cards) == ((0, 1), (2, 1))


def test_effect_when_nothing_differs_then_nothing_changes():
    before = standing(SERVER)
    found = effect([scored(1, 0.9)], before, before.changed(SERVER, OWN[SERVER]))
    assert found.sentence == "Nothing would have changed."


def test_governed_then_are_the_posts_that_no_narrower_values_decide():
    rows = [scored(1, 0.9), scored(2, 0.9, forum=7), scored(3, 0.9, forum=7, claim="moon-base")]
    numbers = {
        place: [row.post_id for row in standing(FORUM, CLAIM).governed(rows, place)] for place in (SERVER, FORUM, CLAIM)
    }
    assert numbers == {SERVER: [1], FORUM: [2], CLAIM: [3]}
    assert [row.post_id for row in Standing(DEFAULT).governed(rows, FORUM)] == [2, 3]
