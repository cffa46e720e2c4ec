"""``/privacy``: every member for themselves, seen by no other."""

from __future__ import annotations

import json

import simcord

from bot.core.domain import Mode
from tests.cogs.conftest import ASSERTED, World, text_of


async def privately(world: World, command: str, person: simcord.actors.MemberActor | None = None) -> str:
    result = await (person or world.ann).slash(world.plain, f"privacy {command}")
    assert result.ephemeral
    return text_of(result.response)


async def test_show_then_says_what_is_stored_and_for_how_long(world: World):
    said = await privately(world, "show")
    assert "Nothing of you is stored now." in said
    assert "30 days" in said
    await world.watch(Mode.REVIEW)
    await world.open_thread(world.ann, "Moon", ASSERTED)
    assert "Something of you is stored now." in await privately(world, "show")
    assert "Nothing of you is stored now." in await privately(world, "show", world.bob)


async def exported(world: World, person: simcord.actors.MemberActor) -> object:
    result = await person.slash(world.plain, "privacy export")
    assert result.ephemeral
    (file,) = result.response.attachments
    assert file.filename == "footnote-my-data.json"
    return json.loads(await file.read())


async def test_export_then_gives_a_private_file_with_what_is_theirs_alone(world: World):
    await world.watch(Mode.REVIEW)
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    assert str(thread.id) in json.dumps(await exported(world, world.ann))
    assert str(thread.id) not in json.dumps(await exported(world, world.bob))


async def test_forget_then_asks_first_erases_and_takes_the_replies_back(world: World):
    await world.watch(Mode.AUTO)
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    assert len(world.ours(thread)) == 1
    asked = await world.ann.slash(world.plain, "privacy forget")
    assert "cannot be undone" in text_of(asked.response)
    assert len(world.ours(thread)) == 1
    done = await world.ann.click(asked.response, label="Forget me")
    assert "Nothing of you is stored here any more. 1 of my replies to you was deleted." in text_of(done.response)
    assert world.ours(thread) == []
    assert "Nothing of you is stored now." in await privately(world, "show")


async def test_forget_when_there_are_many_replies_then_upkeep_deletes_the_rest(world: World):
    await world.watch(Mode.AUTO)
    threads = [await world.open_thread(world.ann, f"Moon {n}", ASSERTED) for n in range(7)]
    asked = await world.ann.slash(world.plain, "privacy forget")
    done = await world.ann.click(asked.response, label="Forget me")
    assert "5 of my replies to you were deleted. 2 more follow" in text_of(done.response)
    assert sum(len(world.ours(thread)) for thread in threads) == 2
    await world.env.advance_time(15)
    assert sum(len(world.ours(thread)) for thread in threads) == 0


async def test_forget_when_a_card_shows_their_words_then_they_are_taken_off_it(world: World):
    await world.watch(Mode.REVIEW)
    await world.open_thread(world.ann, "Moon", ASSERTED)
    assert "moon base was built" in text_of(world.ours(world.mods)[0])
    asked = await world.ann.slash(world.plain, "privacy forget")
    await world.restart()
    await world.ann.click(asked.response, label="Forget me")
    (card,) = world.ours(world.mods)
    assert "moon base was built" not in text_of(card)
    assert (await world.store.status()).open_reviews == 0


async def test_opt_out_then_holds_at_once_and_everywhere_until_taken_back(world: World):
    await world.watch(Mode.AUTO)
    await world.watch(Mode.AUTO, world.plain)
    assert "never reply to your posts" in await privately(world, "opt-out")
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    await world.ann.send(world.plain, ASSERTED)
    assert world.ours(thread) == world.ours(world.plain) == []
    assert "You opted out" in await privately(world, "show")
    await world.restart()
    again = await world.open_thread(world.ann, "Moon", ASSERTED)
    assert world.ours(again) == []
    other = await world.open_thread(world.bob, "Moon", ASSERTED)
    assert len(world.ours(other)) == 1
    assert "may reply to your posts" in await privately(world, "opt-in")
    back = await world.open_thread(world.ann, "Moon", ASSERTED)
    assert len(world.ours(back)) == 1


async def test_forget_when_opted_out_then_the_opt_out_stays(world: World):
    await privately(world, "opt-out")
    asked = await world.ann.slash(world.plain, "privacy forget")
    await world.ann.click(asked.response, label="Forget me")
    assert "You opted out" in await privately(world, "show")
