"""When the next mode is proposed: from shadow by what came up, from review by what moderators decided."""

from __future__ import annotations

import pytest

from bot.core.domain import Mode, Thresholds
from bot.core.ports import ThresholdRow
from bot.core.proposals import ENOUGH, lowest_reply, propose
from bot.core.tuning import Scored
from tests.fakes import NOON

IN_FORCE = Thresholds(0.5, 0.8)


def scored(count: int, p_asserts: float = 0.9, verdict: bool | None = None, *, first: int = 0) -> list[Scored]:
    return [Scored(first + n, "moon-base", 1, NOON, p_asserts, True, verdict, IN_FORCE) for n in range(count)]


def test_shadow_when_enough_posts_came_up_then_proposes_review_with_their_number():
    proposal = propose(Mode.SHADOW, [*scored(20), *scored(10, 0.6, first=100), *scored(50, 0.1, first=200)], 0.8)
    assert proposal.mode is Mode.REVIEW
    assert "30 posts came up" in proposal.lines[0]
    assert "20 of them" in proposal.lines[0]


def test_shadow_when_one_post_too_few_then_waits():
    assert propose(Mode.SHADOW, scored(ENOUGH - 1), 0.8) is None
    assert propose(Mode.SHADOW, scored(500, 0.4), 0.8) is None


def test_shadow_when_one_post_has_many_claims_then_it_counts_once():
    rows = [row for row in scored(ENOUGH - 1) for _ in range(5)]
    assert propose(Mode.SHADOW, rows, 0.8) is None


def test_review_when_decisions_vouch_for_the_threshold_then_proposes_auto_with_the_figures():
    proposal = propose(Mode.REVIEW, [*scored(99, verdict=False), *scored(1, 0.55, True, first=500)], 0.8)
    assert proposal.mode is Mode.AUTO
    assert "Moderators decided 100 posts here: the bot was right about 99 and wrong about 1." in proposal.lines[0]
    assert "95 % confidence" in proposal.lines[1]
    assert "about 80 state the claim" in proposal.lines[2]


@pytest.mark.parametrize("rows", [[], scored(ENOUGH - 1, verdict=False), scored(ENOUGH, verdict=False), scored(200)])
def test_review_when_decisions_are_too_few_then_waits(rows: list[Scored]):
    """Thirty without a mistake still leave room for one wrong reply in ten."""
    assert propose(Mode.REVIEW, rows, 0.8) is None


def test_review_when_too_many_were_wrong_then_waits():
    assert propose(Mode.REVIEW, [*scored(80, verdict=False), *scored(20, verdict=True, first=500)], 0.8) is None


def test_review_when_only_a_higher_threshold_is_vouched_for_then_waits():
    """What auto would answer with the thresholds in force is what must be vouched for."""
    rows = [*scored(100, 0.95, False), *scored(50, 0.82, True, first=500)]
    assert propose(Mode.REVIEW, rows, 0.8) is None
    assert propose(Mode.REVIEW, rows, 0.9).mode is Mode.AUTO


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.AUTO])
def test_other_modes_then_nothing_is_proposed(mode: Mode):
    assert propose(mode, scored(500, verdict=False), 0.8) is None


def test_lowest_reply_then_is_of_the_forum_or_of_a_laxer_claim():
    strict, lax = Thresholds(0.5, 0.9), Thresholds(0.5, 0.7)
    assert lowest_reply(IN_FORCE, [], 1) == 0.8
    assert lowest_reply(IN_FORCE, [ThresholdRow("forum", "1", strict), ThresholdRow("forum", "2", lax)], 1) == 0.9
    assert lowest_reply(IN_FORCE, [ThresholdRow("claim", "moon-base", lax)], 1) == 0.7
