"""``/requests``: what members found no note for, and the way from there to a draft."""

from __future__ import annotations

import pytest

from bot.core.domain import NoteState
from tests.cogs.conftest import World, text_of
from tests.cogs.curating import CLAIM, EXAMPLES, SOURCES, TEXT, Curator, standing_in, state_of

TIDES = "Is the tide wall paid for by the fishermen?"
BELL = "Was the harbour bell sold in secret?"


@pytest.fixture
def curator(world: World) -> Curator:
    return Curator(world, world.mod)


async def ask(world: World) -> None:
    """Three people miss a note about the bell, one of them thrice the one about the tides."""
    for person in (world.ann, world.bob, world.mod2):
        await person.slash(world.plain, "context", query=BELL)
    for _ in range(4):
        await world.ann.slash(world.plain, "context", query=TIDES)


async def open_questions(world: World) -> set[str]:
    return {demand.question for demand in await world.bot.services.library.demands(world.guild.id)}


async def test_requests_then_counts_people_and_puts_the_most_wanted_first(world: World, curator: Curator):
    await ask(world)
    said = await curator.said("requests")
    assert f"**1.** 3 people: “{BELL}”" in said
    assert "**2.** 1 person: “Is the tide wall" in said


async def test_requests_then_name_nobody(world: World, curator: Curator):
    await ask(world)
    said = await curator.said("requests")
    assert str(world.ann.id) not in said
    assert "ann" not in said


async def test_draft_when_saved_then_closes_its_questions_and_no_others(world: World, curator: Curator):
    await ask(world)
    listed = await curator.slash("requests")
    opened = await world.mod.click(listed.response, label="Draft a note for 1")
    assert standing_in(opened)["claim"] == BELL
    await curator.fill(opened, **TEXT | {"claim": CLAIM})
    assert await open_questions(world) == {BELL, TIDES}
    await curator.press("Sources and dates", **SOURCES)
    await curator.press("Paraphrases and look-alikes", **EXAMPLES)
    await curator.press("Save draft")
    assert await state_of(world) is NoteState.DRAFT
    assert await open_questions(world) == {TIDES}


async def test_out_of_place_then_closes_the_questions_and_shows_the_rest(world: World, curator: Curator):
    await ask(world)
    listed = await curator.slash("requests")
    await world.mod.click(listed.response, label="1 is out of place")
    assert BELL not in text_of(listed.response)
    assert await open_questions(world) == {TIDES}
    await world.mod.click(listed.response, label="1 is out of place")
    assert "Nothing is asked for" in text_of(listed.response)


async def test_requests_when_many_then_come_in_pages(world: World, curator: Curator):
    for subject in ("tides", "fishing", "towers", "winter", "markets", "bridges"):
        await world.ann.slash(world.plain, "context", query=f"Anything about {subject}?")
    listed = await curator.slash("requests")
    assert "**5.**" not in text_of(listed.response)
    await world.mod.click(listed.response, label="Next")
    assert "**6.**" in text_of(listed.response)


async def test_requests_when_a_question_holds_markup_then_shows_it_as_words(world: World, curator: Curator):
    await world.ann.slash(world.plain, "context", query="Is @everyone **paid** by them?")
    said = await curator.said("requests")
    assert "@everyone" not in said
    assert "\\*\\*paid\\*\\*" in said


async def test_member_then_is_refused(world: World):
    result = await world.ann.slash(world.plain, "requests")
    assert "Only curators" in text_of(result.response)
