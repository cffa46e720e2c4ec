"""Context on request, for members: the command, the message menu, the mention."""

from __future__ import annotations

import discord
import pytest

from bot.client import BotOptions
from bot.core.errors import BadInput, ScreenerUnavailable
from tests.cogs.conftest import ASSERTED, World, text_of

ABOUT_MOON = "What about the moon?"


async def test_command_when_notes_fit_then_candidates_are_shown_privately(world: World):
    """Deferred first: the judge may take longer than Discord's three seconds."""
    result = await world.ann.slash(world.plain, "context", query=ABOUT_MOON)
    callback, *_ = [one.json for one in world.env.http_requests if one.path.endswith("/callback")]
    assert callback == {"type": 5, "data": {"flags": 64}}
    assert result.ephemeral
    said = text_of(result.response)
    assert "A moon base was built in secret" in said
    assert "The river treaty was never signed" in said


async def test_candidate_when_chosen_then_its_note_is_shown(world: World):
    result = await world.ann.slash(world.plain, "context", query=ABOUT_MOON)
    shown = await world.ann.click(result.response, label="Show note 1")
    assert "A dated document would" in text_of(shown.response)
    assert shown.ephemeral


async def test_none_of_these_when_clicked_then_the_demand_is_kept(world: World):
    result = await world.ann.slash(world.plain, "context", query=ABOUT_MOON)
    clicked = await world.ann.click(result.response, label="None of these")
    assert "note is missing" in text_of(clicked.response)
    assert await world.store.requests(world.guild.id) == (ABOUT_MOON,)


async def test_command_when_no_note_fits_then_says_so_and_keeps_the_demand(world: World):
    result = await world.ann.slash(world.plain, "context", query="Is there anything about tides?")
    assert "no note about this yet" in text_of(result.response)
    assert await world.store.requests(world.guild.id) == ("Is there anything about tides?",)


async def test_command_when_there_is_no_judge_then_says_so(world: World):
    world.screener.error = ScreenerUnavailable("The judge is not available now; an admin can see why with /status.")
    result = await world.ann.slash(world.plain, "context", query=ABOUT_MOON)
    assert "not available now" in text_of(result.response)
    assert isinstance(world.env.errors[0].original, ScreenerUnavailable)


async def test_command_when_given_a_link_then_is_about_that_message(world: World):
    post = await world.bob.send(world.plain, ASSERTED)
    result = await world.ann.slash(world.plain, "context", query=post.jump_url)
    assert "A moon base was built in secret" in text_of(result.response)


async def test_link_when_the_member_may_not_read_it_then_is_refused(world: World):
    """The bot sees more than its members; a link must not make it their eye."""
    hidden = {world.guild.default_role: discord.PermissionOverwrite(view_channel=False)}
    hidden[world.bot.user] = discord.PermissionOverwrite(view_channel=True)
    secret = world.guild.create_text_channel("secret", overwrites=hidden)
    message = world.env.backend.create_message(secret.id, world.mod.id, ASSERTED)
    link = f"https://discord.com/channels/{world.guild.id}/{secret.id}/{message.id}"
    result = await world.ann.slash(world.plain, "context", query=link)
    assert "you may not read it" in text_of(result.response)
    assert isinstance(world.env.errors[0].original, BadInput)


async def test_link_to_another_server_then_is_refused(world: World):
    result = await world.ann.slash(world.plain, "context", query="https://discord.com/channels/1/2/3")
    assert "another server" in text_of(result.response)
    assert len(world.env.errors) == 1


async def test_menu_when_chosen_on_a_message_then_candidates_are_shown(world: World):
    post = await world.bob.send(world.plain, ASSERTED)
    result = await world.ann.context_menu(world.plain, "Get context", post)
    assert result.ephemeral
    assert "A moon base was built in secret" in text_of(result.response)


async def test_menu_when_no_note_fits_then_the_words_of_others_are_not_kept(world: World):
    """The demand is the link: a stored copy would outlive the message's deletion."""
    post = await world.bob.send(world.plain, "I like the harbour in winter best of all.")
    await world.ann.context_menu(world.plain, "Get context", post)
    assert await world.store.requests(world.guild.id) == (post.jump_url,)


async def test_mention_in_a_reply_then_the_message_replied_to_gets_context(world: World):
    post = await world.bob.send(world.plain, ASSERTED)
    asking = await world.ann.send(world.plain, f"<@{world.bot.user.id}> context please", reply_to=post)
    (answer,) = world.ours(world.plain)
    assert answer.reference.message_id == asking.id
    assert "A moon base was built in secret" in text_of(answer)
    shown = await world.bob.click(answer, label="Show note 1")
    assert "A dated document would" in text_of(shown.response)


async def test_mention_when_repeated_at_once_then_is_answered_once(world: World):
    """Public answers are seen by everybody: a member cannot flood a channel through the bot."""
    post = await world.bob.send(world.plain, ASSERTED)
    for _ in range(3):
        await world.ann.send(world.plain, f"<@{world.bot.user.id}> context please", reply_to=post)
    assert len(world.ours(world.plain)) == 1


async def test_mention_without_a_reply_then_is_left_alone(world: World):
    await world.ann.send(world.plain, f"Hello <@{world.bot.user.id}>, how are you?")
    assert world.ours(world.plain) == []


class TestWithoutMessageContent:
    """The privileged intent refused: what people ask for still works."""

    @pytest.fixture
    def options(self) -> BotOptions:
        return BotOptions(message_content=False)

    async def test_menu_then_still_works(self, world: World):
        post = await world.bob.send(world.plain, ASSERTED)
        result = await world.ann.context_menu(world.plain, "Get context", post)
        assert "A moon base was built in secret" in text_of(result.response)

    async def test_command_then_still_works(self, world: World):
        result = await world.ann.slash(world.plain, "context", query=ABOUT_MOON)
        assert "A moon base was built in secret" in text_of(result.response)

    async def test_mention_when_the_words_are_hidden_then_says_what_to_do(self, world: World):
        post = await world.bob.send(world.plain, ASSERTED)
        await world.ann.send(world.plain, f"<@{world.bot.user.id}> please", reply_to=post)
        (answer,) = world.ours(world.plain)
        assert "Get context" in text_of(answer) or "A moon base was built in secret" in text_of(answer)
