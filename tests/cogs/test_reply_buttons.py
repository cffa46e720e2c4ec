"""The buttons under a reply, and that they outlive the process that sent them."""

from __future__ import annotations

import pytest

from cogs._candidates import ShowNote
from cogs._pack import PACK_BUTTONS
from cogs._rating_reasons import RATING_MENUS
from cogs._reply_buttons import REPLY_BUTTONS
from cogs._review_card import CARD_BUTTONS, CARD_MENUS
from tests.cogs.conftest import ASSERTED, World, text_of

ALL_BUTTONS = [*REPLY_BUTTONS, *RATING_MENUS, *CARD_BUTTONS, *CARD_MENUS, *PACK_BUTTONS, ShowNote]


@pytest.fixture
async def reply(world: World):
    await world.watch()
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    return world.ours(thread)[0]


async def test_full_note_when_clicked_after_a_restart_then_is_shown_privately(world: World, reply):
    """Nothing about the message is in memory any more."""
    await world.restart()
    result = await world.bob.click(reply, label="Full note")
    assert result.response.ephemeral
    assert "A dated document would" in text_of(result.response)


async def test_why_this_when_clicked_then_the_numbers_are_explained(world: World, reply):
    result = await world.bob.click(reply, label="Why this?")
    assert "0.95 means" in text_of(result.response)
    assert "Press Contest under the reply and say what is wrong" in text_of(result.response)
    assert result.response.ephemeral


async def test_button_when_its_reply_was_withdrawn_then_says_so(world: World, reply):
    await world.store.withdraw(reply.reference.message_id, "deleted")
    result = await world.bob.click(reply, label="Why this?")
    assert "no longer on record" in text_of(result.response)


async def test_button_when_something_breaks_then_person_gets_a_short_number(world: World, reply):
    """discord.py drops or only logs what a dynamic item raises; ours tells and reports."""

    async def broken(**_: object) -> None:
        raise RuntimeError("secret detail")

    world.store.sent_reply = broken
    result = await world.bob.click(reply, label="Why this?")
    said = text_of(result.response)
    assert world.bot.errors[-1].short_id in said
    assert "secret detail" not in said


async def test_reply_when_sent_then_no_view_is_kept(world: World, reply):
    """A View kept per message would grow for ever."""
    assert world.bot._connection._view_store._views == {}
    assert world.bot._connection._view_store._synced_message_views == {}


@pytest.mark.parametrize("button", ALL_BUTTONS, ids=lambda one: one.__name__)
def test_custom_id_of_each_button_then_round_trips(button):
    """discord.py validates with match but dispatches with fullmatch, at most 100 characters."""
    subject = "x" * 80 if button is ShowNote else 2**64 - 1
    custom_id = button(subject, "label").custom_id
    match = button.__discord_ui_compiled_template__.fullmatch(custom_id)
    assert match["id"] == str(subject)
    assert len(custom_id) <= 100


def test_custom_ids_of_all_buttons_then_match_one_class_each():
    """Two patterns for one id would run two actions."""
    for button in ALL_BUTTONS:
        custom_id = button("1", "label").custom_id
        assert [one for one in ALL_BUTTONS if one.__discord_ui_compiled_template__.fullmatch(custom_id)] == [button]
