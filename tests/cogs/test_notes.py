"""``/note``: writing, reading and listing, by real forms and clicks; nothing typed is ever lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.domain import NoteState
from bot.core.errors import BadInput, StoreUnavailable
from bot.core.note_ports import NoteRules
from tests.bot.core.samples import make_note
from tests.cogs.conftest import World, text_of
from tests.cogs.curating import (
    BELL,
    CLAIM,
    EXAMPLES,
    SOURCES,
    TEXT,
    Curator,
    head_of,
    put_in_force,
    standing_in,
    state_of,
)


@pytest.fixture
def curator(world: World) -> Curator:
    return Curator(world, world.mod)


class Failing:
    """A library whose one method fails as a busy store does, until it is ``mended``."""

    def __init__(self, library: object, method: str) -> None:
        self._library = library
        self._method = method
        self.mended = False

    def __getattr__(self, name: str) -> object:
        if name == self._method and not self.mended:
            return self._fail
        return getattr(self._library, name)

    async def _fail(self, *_args: object, **_options: object) -> None:
        raise StoreUnavailable("The store is busy. Please try again in a moment.")


def let_fail(world: World, method: str) -> Failing:
    failing = Failing(world.bot.services.library, method)
    world.bot.services = replace(world.bot.services, library=failing)
    return failing


async def test_add_when_all_forms_are_filled_then_goes_to_review(world: World, curator: Curator):
    opened = await curator.slash("note add")
    sent = await curator.fill(opened, **TEXT)
    assert sent.ephemeral
    assert BELL in curator.shows
    assert "none is listed yet" in curator.shows
    await curator.press("Sources and dates", **SOURCES)
    assert "To mend before review" in curator.shows
    await curator.press("Paraphrases and look-alikes", **EXAMPLES)
    assert "Lint has nothing against it" in curator.shows
    await curator.press("Submit for review")
    assert await state_of(world) is NoteState.IN_REVIEW
    kept = await world.bot.services.library.revision(world.guild.id, BELL)
    assert (kept.author_id, kept.note.claim.text) == (world.mod.id, CLAIM)
    assert kept.note.claim.look_alikes[0] == "Was the tower clock ever sold?"


async def test_draft_when_lint_has_something_against_it_then_is_saved_all_the_same(world: World, curator: Curator):
    await curator.fill(await curator.slash("note add"), **TEXT)
    await curator.press("Sources and dates", **SOURCES)
    assert "To mend before review" in curator.shows
    await curator.press("Save draft")
    assert await state_of(world) is NoteState.DRAFT


async def test_preview_then_shows_the_note_as_members_read_it(curator: Curator):
    await curator.write()
    shown = await curator.press("Preview")
    assert "What is not established" in text_of(shown.response)


async def test_form_when_the_store_is_busy_then_comes_back_as_typed(world: World, curator: Curator):
    busy = let_fail(world, "heads")
    failed = await curator.fill(await curator.slash("note add"), **TEXT)
    assert "The store is busy" in text_of(failed.response)
    assert failed.ephemeral
    again = await world.mod.click(failed.response, label="Open the form again")
    assert standing_in(again) == TEXT
    busy.mended = True
    await curator.fill(again)
    assert BELL in curator.shows


async def test_form_when_a_text_cannot_be_read_then_says_so_and_keeps_it(world: World, curator: Curator):
    await curator.write()
    await curator.press("Sources and dates", reviewed_on="last week", sources=SOURCES["sources"] + "\nhalf a source")
    assert "Source 3 is not complete" in curator.shows
    again = await world.mod.click(curator.desk, label="Sources and dates")
    assert standing_in(again)["reviewed_on"] == "last week"
    assert standing_in(again)["sources"].endswith("half a source")


async def test_save_when_the_store_is_busy_then_the_desk_stays(world: World, curator: Curator):
    await curator.write()
    busy = let_fail(world, "save")
    failed = await curator.press("Save draft")
    assert "The store is busy" in text_of(failed.followups[0])
    busy.mended = True
    curator.world.bot.services = replace(world.bot.services, library=busy)
    again = await world.mod.click(curator.desk, label="Text")
    assert standing_in(again) == TEXT
    assert await state_of(world) is None


async def test_edit_then_starts_from_the_newest_text_and_asks_why(world: World, curator: Curator):
    await Curator(world, world.mod2).submit()
    opened = await curator.slash("note edit", id=BELL)
    assert standing_in(opened) == TEXT
    await curator.fill(opened, would_change="A signed bill of sale would change this note.")
    assert "not saved yet" in curator.shows
    await curator.press("Save draft", reason="More exact")
    kept = await world.bot.services.library.revision(world.guild.id, BELL)
    assert (kept.number, kept.reason, kept.author_id) == (2, "More exact", world.mod.id)
    assert await state_of(world) is NoteState.DRAFT


async def test_submit_when_nothing_was_changed_then_keeps_no_second_text(world: World, curator: Curator):
    await curator.write()
    await curator.press("Save draft")
    later = Curator(world, world.mod2)
    await later.fill(await later.slash("note edit", id=BELL))
    await later.press("Submit for review")
    head = await head_of(world)
    assert (head.state, head.revision) == (NoteState.IN_REVIEW, 1)


async def test_edit_when_somebody_was_faster_then_shows_theirs_and_can_still_save(world: World, curator: Curator):
    await Curator(world, world.mod2).submit()
    slow, fast = curator, Curator(world, world.mod2)
    await slow.fill(
        await slow.slash("note edit", id=BELL), would_change="A bill of sale, signed, would change this note."
    )
    await fast.fill(await fast.slash("note edit", id=BELL), disputed="A former clerk says so; the city denies it.")
    await fast.press("Save draft", reason="Shorter")
    await slow.press("Save draft", reason="Exact")
    assert "was saved by" in slow.shows
    assert "+- A former clerk says so; the city denies it." in slow.shows
    await slow.press("Save draft", reason="Exact")
    kept = await world.bot.services.library.revision(world.guild.id, BELL)
    assert (kept.number, kept.note.would_change) == (3, "A bill of sale, signed, would change this note.")


async def test_add_when_the_name_was_taken_meanwhile_then_gets_another(world: World, curator: Curator):
    await curator.write()
    await Curator(world, world.mod2).submit()
    await curator.press("Save draft")
    assert f"yours is named `{BELL}-2`" in curator.shows
    await curator.press("Save draft")
    assert await state_of(world, f"{BELL}-2") is NoteState.DRAFT


async def test_edit_of_a_note_in_force_then_waits_for_approval(world: World, curator: Curator):
    await put_in_force(world)
    await curator.fill(await curator.slash("note edit", id=BELL), would_change="A deed would change this note.")
    await curator.press("Save for review", reason="Exact")
    head = await head_of(world)
    assert (head.state, head.revision, head.served) == (NoteState.ACTIVE, 2, 1)
    said = await curator.said("note show", id=BELL)
    assert "revision 2 waits for approval" in said
    assert "A bill of sale would change this note" in said


async def test_edit_when_a_text_is_longer_than_a_form_then_says_so(world: World, curator: Curator):
    note = make_note("long")
    note = replace(note, documented=note.documented * 40)
    await world.bot.services.library.save(world.guild.id, note, author_id=1, reason="Long", base=None)
    result = await curator.slash("note edit", id="long")
    assert "a form of Discord takes 4000" in text_of(result.response)
    pressed = await world.mod.click(result.response, label="Sources and dates")
    assert pressed.modal is not None


async def test_show_then_tells_where_the_note_stands(world: World, curator: Curator):
    await Curator(world, world.mod2).submit()
    said = await curator.said("note show", id=BELL)
    assert "A bill of sale would change this note" in said
    assert "in-review" in said
    assert f"by <@{world.mod2.id}>" in said
    assert "`/note approve`" in said


async def test_show_then_pings_nobody(world: World, curator: Curator):
    await Curator(world, world.mod2).submit()
    await curator.slash("note show", id=BELL)
    bodies = [one.json for one in world.env.http_requests if "webhooks" in one.path and one.json]
    assert all(body.get("allowed_mentions", {"parse": []})["parse"] == [] for body in bodies)


async def test_list_then_pages_by_ten_and_filters_by_state(world: World, curator: Curator):
    for number in range(12):
        note = make_note(f"note-{number:02}")
        await world.bot.services.library.save(world.guild.id, note, author_id=1, reason="Test", base=None)
    first = await curator.slash("note list", state="draft")
    assert "(1 of 2)" in text_of(first.response)
    assert "note-09" in text_of(first.response)
    assert "note-10" not in text_of(first.response)
    await world.mod.click(first.response, label="Next")
    assert "note-11" in text_of(first.response)
    assert "None." in await curator.said("note list", state="stale")


async def test_history_then_lists_revisions_and_compares_two(world: World, curator: Curator):
    await curator.submit()
    later = Curator(world, world.mod2)
    await later.fill(await later.slash("note edit", id=BELL), would_change="A deed would change this note.")
    await later.press("Save draft", reason="Exact words")
    listed = await curator.said("note history", id=BELL)
    assert "Exact words" in listed
    assert f"<@{world.mod2.id}>" in listed
    compared = await curator.said("note history", id=BELL, newer=2)
    assert "+A deed would change this note." in compared
    assert "-A bill of sale would change this note." in compared
    assert "+A bill of sale" in await curator.said("note history", id=BELL, newer=1)


@pytest.mark.parametrize(
    ("compared", "says"), [({"newer": 7}, "no revision 7"), ({"newer": 1, "older": 1}, "smaller number")]
)
async def test_history_when_a_revision_is_not_there_then_says_so(
    world: World, curator: Curator, compared: dict[str, int], says: str
):
    await curator.submit()
    assert says in await curator.said("note history", id=BELL, **compared)
    assert isinstance(world.env.errors[0].original, BadInput)


async def test_id_when_typed_in_part_then_notes_are_offered_by_id_and_claim(world: World, curator: Curator):
    for number in range(30):
        note = make_note(f"note-{number:02}")
        await world.bot.services.library.save(world.guild.id, note, author_id=1, reason="Test", base=None)
    offered = await world.mod.autocomplete(world.plain, "note show", "id", "")
    assert len(offered) == 25
    offered = await world.mod.autocomplete(world.plain, "note show", "id", "daesh note-07")
    assert [one["value"] for one in offered] == ["note-07"]
    assert await world.ann.autocomplete(world.plain, "note show", "id", "") == []


async def test_note_when_there_is_none_of_that_id_then_every_command_says_so(world: World, curator: Curator):
    for command in ("show", "edit", "approve", "retire", "history", "test", "export"):
        assert "no note of that id" in await curator.said(f"note {command}", id="nothing-here"), command
    assert {type(error.original) for error in world.env.errors} == {BadInput}


async def test_member_then_is_refused_by_every_command(world: World):
    """Discord shows the commands to everybody, since only the store knows who curates."""
    by_id = ("show", "edit", "approve", "retire", "history", "test")
    calls = [("note add", {}), ("note list", {}), ("note export", {}), ("note import", {"file": ("a.md", b"x")})]
    for name, options in [*calls, *((f"note {command}", {"id": "moon-base"}) for command in by_id)]:
        result = await world.ann.slash(world.plain, name, **options)
        assert "Only curators" in text_of(result.response), name
        assert result.ephemeral
        assert result.modal is None


async def test_curator_role_when_the_server_set_one_then_it_alone_counts(world: World):
    """The role opens the door to a member without any permission and closes it to moderators; admins stay."""
    role = world.guild.create_role("Curators")
    rules = NoteRules(world.guild.id, curator_role_id=role.id)
    await world.bot.services.library.put_rules(rules, actor_id=world.admin.id)
    carl = world.guild.add_member(world.env.create_user("carl"), roles=[role])
    await world.env.settle()
    answers = {
        person.name: text_of((await person.slash(world.plain, "note list")).response)
        for person in (carl, world.mod, world.admin)
    }
    assert "Only curators" in answers["mod"]
    assert "None." not in answers["mod"]
    assert "Only curators" not in answers["carl"] + answers["admin"]


async def test_right_when_taken_away_while_writing_then_the_text_stays(world: World, curator: Curator):
    opened = await curator.slash("note add")
    role = world.guild.create_role("Curators")
    await world.bot.services.library.put_rules(NoteRules(world.guild.id, curator_role_id=role.id), actor_id=1)
    failed = await world.mod.submit_modal(opened, standing_in(opened) | TEXT)
    assert "Only curators" in text_of(failed.response)
    assert "Nothing you typed is lost" in text_of(failed.response)
