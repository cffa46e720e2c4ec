"""What other thresholds would have done, counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.domain import Action, Thresholds
from bot.core.tuning import Scored
from bot.core.tuning_preview import Move, preview, what_if

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OLD = Thresholds(0.5, 0.9)


def scored(post: int, p: float, verdict: bool | None = None, *, asserts: bool = True, days_ago: float = 1) -> Scored:
    return Scored(post, "c", 1, NOW - timedelta(days=days_ago), p, asserts, verdict, OLD)


def test_preview_counts_posts_a_day_and_verdicts_at_each_threshold():
    rows = [
        scored(1, 0.9, False),
        scored(1, 0.4),  # another claim in the same post
        scored(2, 0.9, asserts=False),
        scored(3, 0.5, True),
        scored(4, 0.95, days_ago=10),  # the first moment that counts
        scored(5, 0.95, days_ago=10.1),
        scored(6, 0.95, days_ago=0),
    ]
    found = preview(rows, NOW, days=10, grid=(0.9, 0.5))
    assert [level.threshold for level in found.levels] == [0.5, 0.9]
    assert [(e.flagged, e.answerable, e.right, e.wrong) for e in found.levels] == [(0.4, 0.3, 1, 1), (0.3, 0.2, 1, 0)]
    assert found.decided == ((0.5, True), (0.9, False))
    assert found.at(0.72).threshold == 0.9
    assert found.at(0.1).threshold == 0.5


def test_preview_of_nothing_is_a_flat_curve():
    found = preview([], NOW)
    assert {(e.flagged, e.answerable, e.right, e.wrong) for e in found.levels} == {(0.0, 0.0, 0, 0)}


ROWS = [
    scored(1, 0.95),
    scored(2, 0.85, False),
    scored(3, 0.85, True),
    scored(4, 0.85, asserts=False),
    scored(5, 0.55),
    scored(6, 0.45),
    scored(7, 0.1),
]


def test_what_if_lower_then_names_what_comes_and_how_it_was_judged():
    found = what_if(ROWS, OLD, Thresholds(0.4, 0.8))
    assert (found.replies, found.cards) == ((1, 3), (4, 3))
    assert set(found.moves) == {
        Move(Action.REVIEW, Action.REPLY, 2, right=1, wrong=1),
        Move(Action.IGNORE, Action.REVIEW, 1, right=0, wrong=0),
    }
    assert found.sentence == (
        "Replies: 3 instead of 1; 2 (1 right, 1 wrong) come. "
        "Cards: 3 instead of 4; 1 (1 undecided) come and 2 (1 right, 1 wrong) go."
    )


def test_what_if_back_again_is_the_mirror_image():
    there, back = what_if(ROWS, OLD, Thresholds(0.4, 0.8)), what_if(ROWS, Thresholds(0.4, 0.8), OLD)
    assert (back.replies, back.cards) == (there.replies[::-1], there.cards[::-1])
    assert {(m.after, m.before, m.posts, m.right, m.wrong) for m in back.moves} == {
        (m.before, m.after, m.posts, m.right, m.wrong) for m in there.moves
    }


@pytest.mark.parametrize("new", [OLD, Thresholds(0.47, 0.93)])
def test_what_if_without_a_post_in_between_says_nothing_changes(new):
    found = what_if(ROWS, OLD, new)
    assert found.moves == ()
    assert found.sentence == "Nothing would have changed."


def test_what_if_when_only_cards_change_says_replies_stay():
    assert what_if(ROWS, OLD, Thresholds(0.6, 0.9)).sentence == (
        "Replies: 1 as before. Cards: 3 instead of 4; 1 (1 undecided) go."
    )


def test_what_if_for_a_post_of_several_claims_takes_its_furthest_and_the_worst_verdict():
    rows = [scored(1, 0.95, False), scored(1, 0.6, True)]
    assert what_if(rows, OLD, Thresholds(0.5, 0.96)).moves == (Move(Action.REPLY, Action.REVIEW, 1, right=0, wrong=1),)
