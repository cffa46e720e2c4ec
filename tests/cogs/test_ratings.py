"""Ratings: the click stores the vote at once, reasons follow from a private menu, also after a restart."""

from __future__ import annotations

import pytest

from bot.core.errors import StoreUnavailable
from bot.core.ratings import HELPFUL_REASONS, UNHELPFUL_REASONS, RatingReason, RatingSummary
from tests.cogs.conftest import ASSERTED, World, text_of


@pytest.fixture
async def thread(world: World):
    await world.watch()
    return await world.open_thread(world.ann, "Moon", ASSERTED)


@pytest.fixture
async def reply(world: World, thread):
    return world.ours(thread)[0]


async def summary(world: World) -> RatingSummary:
    """How the note's replies were rated."""
    return await world.store.rating_summary(world.guild.id, "moon-base")


def menu_of(result) -> dict:
    """The menu of an answer, as Discord got it."""
    row = next(one for one in result.response.components if one["type"] == 1)
    return row["components"][0]


@pytest.mark.parametrize(
    ("label", "counts", "reasons"),
    [("Helpful", (1, 0), HELPFUL_REASONS), ("Not helpful", (0, 1), UNHELPFUL_REASONS)],
)
async def test_vote_when_clicked_then_is_stored_at_once_and_reasons_are_offered(
    world: World, reply, label, counts, reasons
):
    result = await world.bob.click(reply, label=label)
    assert await world.store.rating_counts(reply.id) == counts
    assert result.response.ephemeral
    assert "Thank you" in text_of(result.response)
    assert [option["value"] for option in menu_of(result)["options"]] == list(reasons)


async def test_vote_when_changed_then_the_last_one_counts_without_the_old_reasons(world: World, reply):
    result = await world.bob.click(reply, label="Helpful")
    await world.bob.select(result.response, [RatingReason.CLEAR])
    await world.bob.click(reply, label="Not helpful")
    assert await summary(world) == RatingSummary(0, 1, {})


async def test_reasons_when_chosen_then_are_stored_with_the_vote_and_shown_as_chosen(world: World, reply):
    result = await world.bob.click(reply, label="Not helpful")
    await world.bob.select(result.response, [RatingReason.NOT_NEEDED_HERE, RatingReason.UNCLEAR])
    both = {RatingReason.UNCLEAR: 1, RatingReason.NOT_NEEDED_HERE: 1}
    assert await summary(world) == RatingSummary(0, 1, both)
    assert "because: Hard to understand; Not needed here" in text_of(result.response)
    marked = [option["value"] for option in menu_of(result)["options"] if option.get("default")]
    assert marked == [RatingReason.UNCLEAR, RatingReason.NOT_NEEDED_HERE]


async def test_reasons_when_chosen_again_or_taken_back_then_the_last_choice_counts(world: World, reply):
    result = await world.bob.click(reply, label="Helpful")
    for chosen in ([RatingReason.CLEAR], [RatingReason.NEUTRAL], []):
        await world.bob.select(result.response, chosen)
        assert await summary(world) == RatingSummary(1, 0, dict.fromkeys(chosen, 1))
    assert "because" not in text_of(result.response)


async def test_reasons_when_chosen_after_a_restart_then_are_stored(world: World, reply):
    result = await world.bob.click(reply, label="Helpful")
    await world.restart()
    await world.bob.select(result.response, [RatingReason.CONTEXT])
    assert await summary(world) == RatingSummary(1, 0, {RatingReason.CONTEXT: 1})


async def test_votes_of_two_members_then_both_count_and_no_name_is_anywhere(world: World, thread, reply):
    for person in (world.bob, world.ann):
        result = await person.click(reply, label="Helpful")
        await person.select(result.response, [RatingReason.CLEAR])
        assert person.name not in text_of(result.response)
        assert str(person.id) not in text_of(result.response)
    assert await summary(world) == RatingSummary(2, 0, {RatingReason.CLEAR: 2})
    assert len(world.ours(thread)) == 1


async def test_reasons_when_the_store_fails_then_one_sentence_and_the_vote_stays(world: World, reply):
    result = await world.bob.click(reply, label="Helpful")

    async def locked(*_: object, **__: object) -> None:
        raise StoreUnavailable("The database is locked. Please try again in a moment.")

    world.store.rate = locked
    failed = await world.bob.select(result.response, [RatingReason.CLEAR])
    assert "locked" in text_of(failed.followups[0])
    assert await summary(world) == RatingSummary(1, 0, {})
