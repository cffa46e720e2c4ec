"""What admins read of thresholds: values checked in one sentence, every score explained, tables a phone can show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.domain import Thresholds
from bot.core.errors import BadInput
from bot.core.ports import ThresholdRow
from bot.core.threshold_change import Scope, Standing, Target
from bot.core.threshold_words import (
    LONGEST_ALT,
    asked_for,
    change_lines,
    explained,
    number,
    origin_line,
    override_lines,
    preview_alt,
    preview_lines,
    suggestion_lines,
)
from bot.core.tuning import Scored, suggest
from bot.core.tuning_preview import preview

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DEFAULT = Thresholds(0.5, 0.825)
CLAIM = Target(Scope.CLAIM, "moon-base")
WITH_CLAIM = Standing(DEFAULT, (ThresholdRow("claim", "moon-base", Thresholds(0.3, 0.9)),))


def decided(posts: int) -> list[Scored]:
    return [Scored(n, "c", 1, NOW - timedelta(hours=1), 0.9, True, n % 10 == 0, DEFAULT) for n in range(posts)]


@pytest.mark.parametrize(("value", "shown"), [(0.5, "0.50"), (0.825, "0.825"), (1.0, "1.00"), (0.1 + 0.2, "0.30")])
def test_number_then_has_two_digits_or_as_many_as_it_needs(value: float, shown: str):
    assert number(value) == shown


def test_explained_then_says_what_each_score_means():
    review, reply = explained(DEFAULT)
    assert "asks a moderator" in review
    assert "Of 100 posts that score 0.50, about 50 assert the claim" in review
    assert "answers by itself where the forum's mode is `auto`" in reply


def test_origin_then_says_whose_values_they_are():
    assert "this claim's own values" in origin_line(WITH_CLAIM, 1, "moon-base")
    assert "the default that comes with the bot" in origin_line(WITH_CLAIM, 1, "other")
    assert override_lines(WITH_CLAIM)[0].startswith("- the claim `moon-base`: review from 0.30, reply from 0.90")


@pytest.mark.parametrize(("review", "reply"), [(0.0, 0.5), (0.9, 0.5), (0.5, 1.2), (-1.0, 0.5), (50.0, 80.0)])
def test_values_when_they_cannot_be_then_one_sentence_says_so(review: float, reply: float):
    with pytest.raises(BadInput, match=r"^Both values must be above 0 and at most 1, and [^.]*\d"):
        asked_for(WITH_CLAIM, CLAIM, review, reply)


def test_values_when_one_is_left_out_then_it_stays():
    assert asked_for(WITH_CLAIM, CLAIM, None, 0.95) == Thresholds(0.3, 0.95)
    assert asked_for(WITH_CLAIM, Target(), 0.4, None) == Thresholds(0.4, 0.825)


def test_values_when_both_are_left_out_then_the_own_ones_go():
    assert asked_for(WITH_CLAIM, CLAIM, None, None) is None
    lines = change_lines(WITH_CLAIM, WITH_CLAIM.changed(CLAIM, None), CLAIM)
    assert lines[1].startswith("Then: review from 0.50, reply from 0.825. The values of the claim `moon-base` alone")
    with pytest.raises(BadInput, match="nothing to take away"):
        asked_for(WITH_CLAIM, Target(), None, None)


def test_values_when_they_are_set_already_then_says_so():
    with pytest.raises(BadInput, match="set so already"):
        asked_for(WITH_CLAIM, CLAIM, 0.3, 0.9)


def test_change_of_the_server_then_says_how_many_keep_their_own():
    lines = change_lines(WITH_CLAIM, WITH_CLAIM.changed(Target(), Thresholds(0.4, 0.7)), Target())
    assert lines[-1] == "Forums and claims with values of their own keep them: 1."


def test_suggestion_then_explains_the_confidence_and_asks_for_patience():
    said = "\n".join(suggestion_lines(suggest(decided(9), 0.05), DEFAULT))
    assert "At least 50 more are needed" in said
    assert "if 100 servers asked once" in said
    assert "Do not ask every day" in said


def test_preview_then_holds_the_pictures_numbers_on_a_phones_width():
    found = preview(decided(40), NOW, days=10)
    said = "\n".join(preview_lines(found, DEFAULT))
    assert "4.0 posts a day score that high. Moderators decided 40 from there up: 36 right, 4 wrong." in said
    table = said.split("```")[1].strip("\n").splitlines()
    assert table[-2].split() == ["0.90", "4.0", "4.0", "36", "4"]
    assert max(map(len, table)) <= 40
    alt = preview_alt(found, DEFAULT)
    assert "Reply line at 0.825: 4.0 a day" in alt
    assert len(alt) < LONGEST_ALT, "nothing is cut off"
