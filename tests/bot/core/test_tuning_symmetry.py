"""Rates by whom a claim suits, and whether the worst and best side differ beyond chance."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from bot.core.domain import Thresholds
from bot.core.tuning import Scored
from bot.core.tuning_bounds import Share
from bot.core.tuning_symmetry import MOST_SIDES, NOBODY, OTHER, symmetry

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FLATTERS = {"east": ("Eastland",), "west": ("The Westland",), "both": ("eastland ", "Westland"), "none": ()}
_IDS = count(1)


def posts(claim: str, number: int, p: float, *, wrong: int = 0, right: int = 0) -> list[Scored]:
    verdicts = [True] * wrong + [False] * right + [None] * (number - wrong - right)
    return [Scored(next(_IDS), claim, 1, NOW, p, True, verdict, Thresholds(0.2, 0.8)) for verdict in verdicts]


def test_symmetry_counts_flags_replies_and_dismissals_by_side():
    rows = posts("east", 10, 0.1) + posts("east", 5, 0.5, wrong=2, right=1) + posts("west", 4, 0.9, right=2)
    rows += posts("both", 1, 0.9, wrong=1) + posts("none", 3, 0.5) + posts("unknown", 1, 0.1)
    found = symmetry(rows, FLATTERS)
    assert [side.name for side in found.sides] == ["eastland", "westland", NOBODY]
    east, west, nobody = found.sides
    assert (east.flagged, east.replied, east.dismissed) == (Share(6, 16), Share(1, 16), Share(3, 4))
    assert (west.flagged, west.replied, west.dismissed) == (Share(5, 5), Share(5, 5), Share(1, 3))
    assert (nobody.flagged, nobody.dismissed) == (Share(3, 4), Share(0, 0))
    assert (found.worst, found.best) == (east, west)


def test_symmetry_counts_a_post_with_two_claims_of_a_side_once():
    row = posts("east", 1, 0.5, wrong=1)[0]
    again = Scored(row.post_id, "both", 1, NOW, 0.9, True, None, row.thresholds)
    east = symmetry([row, again], FLATTERS).sides[0]
    assert (east.flagged, east.replied, east.dismissed) == (Share(1, 1), Share(1, 1), Share(1, 1))


def test_symmetry_with_few_verdicts_warns_that_little_could_show():
    found = symmetry(posts("east", 4, 0.5, wrong=2, right=2) + posts("west", 4, 0.5, wrong=1, right=3), FLATTERS)
    assert found.is_even
    assert "eastland (2 of 4, 50 %), least often on those that suit westland (1 of 4, 25 %)" in found.sentence
    assert "only a very wide gap would show" in found.sentence


def test_symmetry_with_many_even_verdicts_says_chance_explains_it():
    rows = posts("east", 100, 0.5, wrong=11, right=89) + posts("west", 100, 0.5, wrong=10, right=90)
    found = symmetry(rows, FLATTERS)
    assert found.is_even
    assert found.sentence.endswith("so chance can explain the gap.")


def test_symmetry_when_one_side_is_judged_wrongly_more_often_says_so_whichever_it_is():
    for worse, better in (("east", "west"), ("west", "east")):
        rows = posts(worse, 100, 0.5, wrong=30, right=70) + posts(better, 100, 0.5, wrong=5, right=95)
        found = symmetry(rows, FLATTERS)
        assert not found.is_even
        assert found.worst.name == f"{worse}land"
        assert "more than chance explains" in found.sentence


def test_symmetry_with_one_side_compares_nothing():
    for rows in ([], posts("east", 9, 0.5, wrong=9), posts("east", 9, 0.5, wrong=9) + posts("none", 9, 0.5, right=9)):
        found = symmetry(rows, FLATTERS)
        assert found.is_even
        assert "too few verdicts" in found.sentence


def test_symmetry_with_many_sides_takes_the_rarest_together():
    sides = {f"c{n}": (f"side {n:02}",) for n in range(MOST_SIDES + 2)}
    rows = [row for n in range(MOST_SIDES + 2) for row in posts(f"c{n}", 20 - n, 0.5, wrong=1)]
    found = symmetry(rows, sides)
    assert len(found.sides) == MOST_SIDES + 1
    assert found.sides[-1].flagged == Share(15, 15)
    assert (found.sides[-1].name, found.sides[-1].dismissed) == (OTHER, Share(2, 2))
