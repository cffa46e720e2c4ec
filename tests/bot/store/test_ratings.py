"""Ratings: one a member and reply, with reasons, and nobody to be found behind them."""

from __future__ import annotations

import pytest

from bot.core.errors import BadInput
from bot.core.ratings import RatingReason, RatingSummary
from tests.bot.store.values import GUILD, look, standing

MEMBER = 123456789012345678


async def test_rate_when_a_member_rates_twice_then_the_second_counts(store):
    await store.rate(900, MEMBER, is_helpful=True)
    await store.rate(900, MEMBER + 1, is_helpful=True)
    await store.rate(900, MEMBER, is_helpful=False)
    assert await store.rating_counts(900) == (1, 1)
    assert await store.rating_counts(901) == (0, 0)


async def test_rate_then_the_member_is_not_stored_and_votes_cannot_be_linked(store, path):
    for message_id in (900, 901):
        await store.rate(message_id, MEMBER, is_helpful=True)
    members = [row[0] for row in look(path, "SELECT member FROM ratings")]
    assert len(set(members)) == 2
    assert not any(str(MEMBER) in str(member) for member in members)


async def test_rate_when_the_member_changes_their_mind_then_the_reasons_change_too(quick_store):
    await standing(quick_store, 1)
    await quick_store.rate(1001, MEMBER, is_helpful=True, reasons=["clear", "neutral"])
    await quick_store.rate(1001, MEMBER, is_helpful=False, reasons=["not-needed-here"])
    expected = RatingSummary(0, 1, {RatingReason.NOT_NEEDED_HERE: 1})
    assert await quick_store.rating_summary(GUILD, "c1") == expected


async def test_rate_when_a_reason_is_the_other_sides_then_nothing_changes(quick_store):
    await standing(quick_store, 1)
    await quick_store.rate(1001, MEMBER, is_helpful=True, reasons=["clear"])
    with pytest.raises(BadInput):
        await quick_store.rate(1001, MEMBER, is_helpful=False, reasons=["clear"])
    assert await quick_store.rating_summary(GUILD, "c1") == RatingSummary(1, 0, {RatingReason.CLEAR: 1})


async def test_rating_summary_counts_one_note_of_one_server_by_reason(quick_store):
    await standing(quick_store, 1, ("c1",))
    await standing(quick_store, 2, ("c1", "c2"))
    await standing(quick_store, 3, ("c1",), guild_id=11)
    for member, message_id, is_helpful, reasons in (
        (1, 1001, True, ["clear", "neutral"]),
        (2, 1002, True, ["clear"]),
        (1, 1002, False, ["weak-sources"]),
        (1, 1003, False, ["unclear"]),
    ):
        await quick_store.rate(message_id, member, is_helpful=is_helpful, reasons=reasons)
    both = {RatingReason.CLEAR: 2, RatingReason.NEUTRAL: 1, RatingReason.WEAK_SOURCES: 1}
    assert await quick_store.rating_summary(GUILD, "c1") == RatingSummary(2, 1, both)
    one = {RatingReason.CLEAR: 1, RatingReason.WEAK_SOURCES: 1}
    assert await quick_store.rating_summary(GUILD, "c2") == RatingSummary(1, 1, one)
    assert await quick_store.rating_summary(GUILD, "c3") == RatingSummary(0, 0, {})
