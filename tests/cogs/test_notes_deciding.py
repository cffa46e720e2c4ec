"""``/note approve | retire | test``: over exactly the text that was shown, and only when its scope test passes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.domain import NoteState, Stance
from bot.core.errors import BadInput, ScreenerUnavailable
from bot.core.note_ports import NoteRules
from tests.cogs.conftest import World, text_of
from tests.cogs.curating import BELL, CLAIM, Curator, click_together, head_of, put_in_force, state_of, teach
from tests.fakes import finding


@pytest.fixture
def curator(world: World) -> Curator:
    return Curator(world, world.mod)


async def ask_for_one(world: World) -> None:
    """A small server: one approval is enough."""
    await world.bot.services.library.put_rules(NoteRules(world.guild.id, approvals=1), actor_id=world.admin.id)


async def test_approve_when_two_curators_did_then_is_in_force(world: World, curator: Curator):
    teach(world)
    await curator.submit()
    shown = await curator.slash("note approve", id=BELL)
    assert f'+claim = "{CLAIM}"' in text_of(shown.response)
    assert "Paraphrases found: 3 of 3. Look-alikes refused: 3 of 3" in text_of(shown.response)
    assert "Approvals: 0 of 2" in text_of(shown.response)
    await world.mod.click(shown.response, label="Approve revision 1")
    assert f"Approvals: 1 of 2 (<@{world.mod.id}>)" in text_of(shown.response)
    assert BELL not in world.bot.services.notes.of(world.guild.id)
    second = await world.mod2.slash(world.plain, "note approve", id=BELL)
    await world.mod2.click(second.response, label="Approve revision 1")
    assert "is in force now" in text_of(second.response)
    assert await state_of(world) is NoteState.ACTIVE
    assert world.bot.services.notes.of(world.guild.id)[BELL].claim.text == CLAIM
    assert CLAIM in {claim.text for claim in world.screener.claims}


async def test_approve_when_the_same_curator_clicks_twice_then_counts_once(world: World, curator: Curator):
    teach(world)
    await curator.submit()
    for _ in range(2):
        shown = await curator.slash("note approve", id=BELL)
        await world.mod.click(shown.response, label="Approve revision 1")
    assert (await head_of(world)).approved_by == (world.mod.id,)
    assert await state_of(world) is NoteState.IN_REVIEW


async def test_approve_when_two_click_at_once_then_one_takes_effect_and_the_other_is_told(
    world: World, curator: Curator
):
    """Both clicks are with the bot before it answered either."""
    await ask_for_one(world)
    teach(world)
    await curator.submit()
    shown = [
        (person, (await person.slash(world.plain, "note approve", id=BELL)).response)
        for person in (world.mod, world.mod2)
    ]
    results = await click_together(world, "Approve revision 1", *shown)
    said = [text_of(message) for _, message in shown]
    (told,) = [text_of(result.followups[0]) for result in results if result.followups]
    assert ["is in force now" in text for text in said].count(True) == 1
    assert "in force already" in told
    assert len((await head_of(world)).approved_by) == 1


async def test_approve_when_the_text_moved_on_then_approves_nothing(world: World, curator: Curator):
    """The button stands for the text that was shown, not for whatever is newest."""
    await ask_for_one(world)
    teach(world)
    await curator.submit()
    shown = await world.mod2.slash(world.plain, "note approve", id=BELL)
    await curator.fill(await curator.slash("note edit", id=BELL), would_change="A deed would change this note.")
    await curator.press("Submit for review", reason="Exact")
    late = await world.mod2.click(shown.response, label="Approve revision 1")
    assert "newer text" in text_of(late.followups[0])
    head = await head_of(world)
    assert (head.revision, head.served, head.state) == (2, None, NoteState.IN_REVIEW)


async def test_approve_an_edit_then_shows_what_changes_in_the_text_in_force(world: World, curator: Curator):
    await put_in_force(world)
    await curator.fill(await curator.slash("note edit", id=BELL), would_change="A deed would change this note.")
    await curator.press("Save for review", reason="Exact")
    shown = await curator.said("note approve", id=BELL)
    assert "-A bill of sale would change this note." in shown
    assert "+A deed would change this note." in shown
    assert CLAIM not in shown


async def test_approve_when_a_claim_in_use_is_near_then_names_it(world: World, curator: Curator):
    """Two notes on one claim are told apart by their curators, not by chance."""
    world.screener.script["sold in secret"] = [finding("moon-base", 0.1, Stance.UNRELATED)]
    teach(world)
    await curator.submit()
    assert "Near to `moon-base`" in await curator.said("note approve", id=BELL)


async def test_approve_when_lint_finds_something_then_lists_it(world: World, curator: Curator):
    """The words that lint refuses may change after a note went to review."""
    await curator.submit()
    strict = replace(world.bot.services.lint_words, loaded=("deed", "bill"))
    world.bot.services = replace(world.bot.services, lint_words=strict)
    said = await curator.said("note approve", id=BELL)
    assert "Lint has something against it" in said
    assert "is a loaded word" in said


async def test_approve_when_the_scope_test_fails_then_lists_the_misses(world: World, curator: Curator):
    teach(world, "sold the harbour bell", "bell was sold")
    world.screener.script["tower clock"] = [finding(BELL, 0.9)]
    await curator.submit()
    shown = await curator.slash("note approve", id=BELL)
    said = text_of(shown.response)
    assert "The scope test failed" in said
    assert "That harbour bell went to a buyer." in said
    assert "Was the tower clock ever sold?" in said
    assert "Approve revision" not in said


async def test_approve_when_it_is_a_draft_then_says_what_to_do_first(world: World, curator: Curator):
    await curator.write()
    await curator.press("Save draft")
    assert "submit it for review first" in await curator.said("note approve", id=BELL)
    assert isinstance(world.env.errors[0].original, BadInput)


async def test_approve_when_there_is_no_judge_then_says_so(world: World, curator: Curator):
    await curator.submit()
    world.screener.error = ScreenerUnavailable("The judge is not available now; an admin can see why with /status.")
    assert "not available now" in await curator.said("note approve", id=BELL)
    assert await state_of(world) is NoteState.IN_REVIEW
    assert len(world.env.errors) == 1


async def test_approve_then_answers_before_the_slow_work(world: World, curator: Curator):
    teach(world)
    await curator.submit()
    await curator.slash("note approve", id=BELL)
    callbacks = [one.json for one in world.env.http_requests if one.path.endswith("/callback")]
    assert callbacks[-1] == {"type": 5, "data": {"flags": 64}}


async def test_retire_then_asks_why_and_takes_the_note_out_of_use(world: World, curator: Curator):
    await put_in_force(world)
    asked = await curator.slash("note retire", id=BELL)
    done = await curator.fill(asked, reason="The bell was found.")
    assert "is retired" in text_of(done.response)
    head = await head_of(world)
    assert (head.state, head.retired_because) == (NoteState.RETIRED, "The bell was found.")
    assert BELL not in world.bot.services.notes.of(world.guild.id)
    assert "The bell was found." in await curator.said("note show", id=BELL)


async def test_retire_when_it_was_retired_meanwhile_then_gives_the_reason_back(world: World, curator: Curator):
    await put_in_force(world)
    slow = await curator.slash("note retire", id=BELL)
    fast = await world.mod2.slash(world.plain, "note retire", id=BELL)
    await world.mod2.submit_modal(fast, {"reason": "The bell was found."})
    late = await world.mod.submit_modal(slow, {"reason": "It came back."})
    assert "retired already" in text_of(late.response)
    again = await world.mod.click(late.response, label="Open the form again")
    assert again.modal["components"][0]["component"]["value"] == "It came back."


async def test_test_then_shows_each_miss_with_its_numbers(world: World, curator: Curator):
    teach(world, "harbour bell")
    world.screener.script["church bell"] = [finding(BELL, 0.61)]
    await curator.write()
    await curator.press("Save draft")
    said = await curator.said("note test", id=BELL)
    assert "Passed." in said
    assert "would be shown to a moderator (p 0.61" in said


async def test_test_when_the_judge_finds_nothing_then_fails(curator: Curator):
    await curator.write()
    await curator.press("Save draft")
    said = await curator.said("note test", id=BELL)
    assert "Failed." in said
    assert "Paraphrases found: 0 of 3" in said
