"""The reasons of a rating: each side has its own."""

from __future__ import annotations

import pytest

from bot.core.errors import BadInput
from bot.core.ratings import HELPFUL_REASONS, REASON_LABELS, UNHELPFUL_REASONS, RatingReason, check_reasons, reasons_for


def test_reasons_belong_to_one_side_each_and_fit_in_a_menu():
    assert [*HELPFUL_REASONS, *UNHELPFUL_REASONS] == list(RatingReason)
    assert set(REASON_LABELS) == set(RatingReason)
    assert all(0 < len(label) <= 100 for label in REASON_LABELS.values())


@pytest.mark.parametrize("is_helpful", [True, False])
def test_check_reasons_takes_its_own_side_only(is_helpful):
    own, other = reasons_for(is_helpful), reasons_for(not is_helpful)
    assert check_reasons(is_helpful, own) == own
    for reason in other:
        with pytest.raises(BadInput):
            check_reasons(is_helpful, [own[0], reason])


def test_check_reasons_gives_each_once_in_the_order_shown():
    given = ["neutral", "clear", "neutral", "cites-sources"]
    assert check_reasons(True, given) == (RatingReason.CITES_SOURCES, RatingReason.CLEAR, RatingReason.NEUTRAL)
    assert check_reasons(False, ()) == ()


def test_check_reasons_refuses_a_code_that_is_none():
    with pytest.raises(BadInput, match="choose from the list"):
        check_reasons(True, ["nice"])
