"""The ways to close a review item."""

from __future__ import annotations

import pytest

from bot.core.errors import BadInput
from bot.core.review import (
    CONTEST_OUTCOMES,
    CONTESTED,
    DISMISSALS,
    LABELS,
    SCREENED,
    Outcome,
    parse_outcome,
    require_fit,
    was_wrong,
)


def test_labels_for_every_outcome_fit_on_a_button():
    assert set(LABELS) == set(Outcome)
    assert all(0 < len(label) < 80 for label in LABELS.values())
    assert set(DISMISSALS) == set(Outcome) - {Outcome.POSTED, *CONTEST_OUTCOMES}


@pytest.mark.parametrize("code", ["", "Posted", "dismissed", "posted "])
def test_parse_outcome_for_an_unknown_code_refuses_it(code):
    with pytest.raises(BadInput):
        parse_outcome(code)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.POSTED, False),
        (Outcome.FALSE_MATCH, True),
        (Outcome.NOT_ASSERTED, True),
        (Outcome.NOTE_UNFIT, None),
        (Outcome.NOT_WORTH, None),
        (Outcome.KEPT, False),
        (Outcome.WITHDRAWN, True),
        (Outcome.WITHDRAWN_UNFIT, None),
    ],
)
def test_was_wrong_counts_only_what_says_something_about_the_screening(outcome, expected):
    assert parse_outcome(outcome.value) is outcome
    assert was_wrong(outcome) is expected


@pytest.mark.parametrize("outcome", Outcome)
def test_require_fit_lets_each_outcome_close_one_kind_of_item(outcome):
    fitting, other = (CONTESTED, SCREENED) if outcome in CONTEST_OUTCOMES else (SCREENED, CONTESTED)
    require_fit(outcome, fitting)
    with pytest.raises(BadInput):
        require_fit(outcome, other)
