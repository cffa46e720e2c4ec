"""The moderators' message menus: what would come of a post, and putting one in the queue by hand."""

from __future__ import annotations

import pytest

from bot.core.domain import Mode, Thresholds
from bot.core.ports import ThresholdRow
from tests.cogs.conftest import ASSERTED, DENIED, World, text_of

QUIET = "I have been asking myself what about the moon these days."


async def explained(world: World, text: str = ASSERTED) -> str:
    post = await world.bob.send(world.plain, text)
    result = await world.mod.context_menu(world.plain, "Explain screening", post)
    assert result.ephemeral
    return text_of(result.response)


async def test_explain_then_shows_every_step_and_number(world: World):
    await world.watch(Mode.REVIEW, world.plain)
    said = await explained(world)
    assert "**What comes of it**: a card for the moderators." in said
    assert "This forum is in review mode" in said
    assert "**Claim `moon-base`**: “A moon base was built in secret”" in said
    assert "states it as true 0.85" in said
    assert "Score 0.95. Of 100 posts that score 0.95, about 95 assert the claim." in said
    assert "review from 0.50, reply from 0.80. They are the default" in said
    assert "nothing was stored or posted" in said


async def test_explain_when_thresholds_were_set_then_says_where_they_come_from(world: World):
    await world.watch(Mode.AUTO, world.plain)
    row = ThresholdRow("claim", "moon-base", Thresholds(0.6, 0.99))
    await world.store.put_threshold(world.guild.id, row, actor_id=1)
    assert "review from 0.60, reply from 0.99. They are this claim's own values" in await explained(world)


async def test_explain_when_the_channel_is_not_watched_then_says_so_and_stores_nothing(world: World):
    before = (await world.store.status()).posts
    said = await explained(world, DENIED)
    assert said.startswith("### How this post was screened\nThis channel is not watched")
    assert "nothing: I keep quiet" in said
    assert (await world.store.status()).posts == before


async def test_explain_when_the_post_is_out_of_scope_then_names_the_reason(world: World):
    assert "too few words" in await explained(world, "Yes!")


async def test_explain_when_a_bot_wrote_it_then_says_that_it_is_not_judged(world: World):
    await world.watch(Mode.AUTO, world.plain)
    await world.bob.send(world.plain, ASSERTED)
    (reply,) = world.ours(world.plain)
    result = await world.mod.context_menu(world.plain, "Explain screening", reply)
    assert "Only what people write is judged" in text_of(result.response)
    assert len(world.env.errors) == 1


async def test_flag_when_the_judge_saw_nothing_then_a_card_asks_with_the_chosen_note(world: World):
    await world.watch(Mode.AUTO, world.plain)
    post = await world.bob.send(world.plain, QUIET)
    assert world.ours(world.mods) == []
    offered = await world.mod.context_menu(world.plain, "Flag for context", post)
    assert offered.ephemeral
    chosen = await world.mod.select(offered.response, ["river-treaty"])
    assert f"Its card is in <#{world.mods.id}>" in text_of(chosen.response)
    (card,) = world.ours(world.mods)
    assert "Claim `river-treaty`" in text_of(card)
    await world.mod.click(card, label="Post")
    (reply,) = world.ours(world.plain)
    assert reply.reference.message_id == post.id


async def test_flag_twice_then_there_is_one_card(world: World):
    await world.watch(Mode.AUTO, world.plain)
    post = await world.bob.send(world.plain, QUIET)
    for person in (world.mod, world.mod2):
        offered = await person.context_menu(world.plain, "Flag for context", post)
        await person.select(offered.response, ["moon-base"])
    assert len(world.ours(world.mods)) == 1


async def test_flag_when_the_post_was_answered_then_says_so(world: World):
    await world.watch(Mode.AUTO, world.plain)
    post = await world.bob.send(world.plain, ASSERTED)
    offered = await world.mod.context_menu(world.plain, "Flag for context", post)
    chosen = await world.mod.select(offered.response, ["moon-base"])
    assert "not put in the queue" in text_of(chosen.response)
    assert world.ours(world.mods) == []
    assert len(world.ours(world.plain)) == 1


async def test_flag_when_no_note_is_near_or_nothing_is_watched_then_says_what_to_do(world: World):
    post = await world.bob.send(world.plain, "I like the harbour in winter best of all.")
    result = await world.mod.context_menu(world.plain, "Flag for context", post)
    assert "`/forum watch`" in text_of(result.response)
    await world.watch(Mode.AUTO, world.plain)
    result = await world.mod.context_menu(world.plain, "Flag for context", post)
    assert "`/note add`" in text_of(result.response)
    assert len(world.env.errors) == 1


@pytest.mark.parametrize("menu", ["Explain screening", "Flag for context"])
async def test_member_when_choosing_a_moderators_menu_then_is_refused(world: World, menu: str):
    post = await world.bob.send(world.plain, ASSERTED)
    with pytest.raises(Exception, match="not visible"):
        await world.ann.context_menu(world.plain, menu, post)
    known = world.env.backend.find_command(menu, world.guild.id, type=3)
    world.guild.set_command_permissions(int(known["id"]), {world.guild.default_role: True})
    result = await world.ann.context_menu(world.plain, menu, post)
    assert "Only moderators" in text_of(result.response)


async def test_flag_when_the_role_is_gone_before_the_choice_then_is_refused(world: World):
    await world.watch(Mode.AUTO, world.plain)
    post = await world.bob.send(world.plain, QUIET)
    offered = await world.mod.context_menu(world.plain, "Flag for context", post)
    world.env.backend.delete_role(world.guild.id, world.guild.roles["Mods"].id)
    result = await world.mod.select(offered.response, ["moon-base"])
    assert "Only moderators" in text_of(result.response)
    assert world.ours(world.mods) == []
