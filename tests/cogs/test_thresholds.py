"""``/threshold``: shown in plain words, changed only as it was shown, taken back, and vouched for by decisions."""

from __future__ import annotations

import pytest
from simcord.backend.errors import SetupError

from bot.app import pictures
from bot.core.domain import Mode, Thresholds
from bot.core.errors import BadInput
from bot.core.ports import ThresholdRow
from bot.core.tuning_report import report
from tests.clocks import NOON
from tests.cogs.conftest import ASSERTED, World, text_of
from tests.cogs.deciding import PNG, RIGHT, WRONG, decide

COMMANDS = {
    "show": {},
    "set": {"scope": "server", "reply": 0.9},
    "suggest": {"target": 5.0},
    "preview": {},
    "undo": {},
    "history": {},
}


async def run(world: World, name: str, **options: object):
    result = await world.admin.slash(world.plain, f"threshold {name}", **options)
    assert result.ephemeral
    return result


async def said(world: World, name: str, **options: object) -> str:
    return text_of((await run(world, name, **options)).response)


async def rows(world: World) -> tuple[ThresholdRow, ...]:
    return await world.store.threshold_rows(world.guild.id)


async def put(world: World, scope: str, key: str, review: float, reply: float) -> None:
    row = ThresholdRow(scope, key, Thresholds(review, reply))
    await world.bot.services.desk.change_threshold(world.guild.id, row, scope=scope, key=key, actor_id=world.admin.id)


def refused(world: World) -> str:
    """The sentence that the last command was refused with."""
    error = world.env.errors[-1].original
    assert isinstance(error, BadInput)
    return str(error)


async def test_show_when_nothing_is_set_then_explains_the_default(world: World):
    shown = await said(world, "show")
    assert "From this score on" not in shown
    assert "**Review from 0.50**: from this score on, the bot asks a moderator." in shown
    assert "Of 100 posts that score 0.80, about 80 assert the claim." in shown
    assert "the default that comes with the bot" in shown


async def test_show_then_says_whose_values_hold_for_a_claim_in_a_forum(world: World):
    await world.watch()
    await put(world, "guild", "", 0.4, 0.7)
    await put(world, "forum", str(world.forum.id), 0.3, 0.85)
    await put(world, "claim", "moon-base", 0.6, 0.95)
    assert "the server's" in await said(world, "show")
    assert "this forum's own values" in await said(world, "show", forum=world.forum, claim="river-treaty")
    shown = await said(world, "show", forum=world.forum, claim="moon-base")
    assert "**Reply from 0.95**" in shown
    assert "this claim's own values" in shown
    assert f"- <#{world.forum.id}>: review from 0.30, reply from 0.85" in shown


@pytest.mark.parametrize(
    ("given", "says"), [({"claim": "no-such-claim"}, "no note of that id"), ({"forum": "plain"}, "never watched")]
)
async def test_show_when_claim_or_forum_is_not_known_then_says_so(world: World, given: dict[str, str], says: str):
    await said(world, "show", **{"forum": world.plain} if "forum" in given else given)
    assert says in refused(world)


async def test_set_then_shows_what_would_have_changed_and_waits_for_the_click(world: World):
    await decide(world)
    shown = await run(world, "set", scope="server", review=0.65, reply=0.93)
    text = text_of(shown.response)
    assert "Now: review from 0.50, reply from 0.80." in text
    assert "Then: review from 0.65, reply from 0.93." in text
    assert "**Last 30 days** (6 posts" in text
    assert "Replies: 2 instead of 4; 2 (2 right) go." in text
    assert await rows(world) == ()
    await world.admin.click(shown.response, label="Apply")
    assert "### Done" in text_of(shown.response)
    assert await rows(world) == (ThresholdRow("guild", "", Thresholds(0.65, 0.93)),)
    assert f"<@{world.admin.id}>, the whole server: nothing of its own → review from 0.65" in await said(
        world, "history"
    )


async def test_set_then_the_next_post_is_judged_by_it(world: World):
    await world.watch(Mode.AUTO)
    shown = await run(world, "set", scope="claim:moon-base", reply=0.97)
    await world.admin.click(shown.response, label="Apply")
    thread = await world.open_thread(world.ann, "Moon", ASSERTED)
    assert world.ours(thread) == []
    assert len(world.ours(world.mods)) == 1


async def test_set_when_cancelled_then_nothing_changes(world: World):
    shown = await run(world, "set", scope="server", reply=0.9)
    await world.admin.click(shown.response, label="Cancel")
    assert "Nothing was changed" in text_of(shown.response)
    assert await rows(world) == ()


async def test_set_without_values_then_takes_the_claims_own_away(world: World):
    await put(world, "claim", "moon-base", 0.6, 0.95)
    shown = await run(world, "set", scope="moon-base")
    assert "alone are taken away" in text_of(shown.response)
    await world.admin.click(shown.response, label="Apply")
    assert await rows(world) == ()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"scope": "server", "review": 0.9, "reply": 0.5}, "review must not be higher than reply"),
        ({"scope": "server", "reply": 80.0}, "at most 1"),
        ({"scope": "server"}, "nothing to take away"),
        ({"scope": "forum:1", "reply": 0.9}, "never watched"),
        ({"scope": "no-such-claim", "reply": 0.9}, "no note of that id"),
        ({"scope": "what: ever", "reply": 0.9}, "Choose what the values are for"),
    ],
)
async def test_set_when_it_cannot_be_then_one_sentence_says_why(world: World, given: dict[str, object], says: str):
    shown = await said(world, "set", **given)
    assert says in refused(world)
    assert says in shown
    assert "Apply" not in shown


async def test_apply_when_the_values_changed_meanwhile_then_is_refused(world: World):
    shown = await run(world, "set", scope="server", reply=0.9)
    await put(world, "guild", "", 0.4, 0.95)
    clicked = await world.admin.click(shown.response, label="Apply")
    assert "changed meanwhile" in text_of(clicked.followups[0])
    assert await rows(world) == (ThresholdRow("guild", "", Thresholds(0.4, 0.95)),)


async def test_apply_when_the_right_was_taken_away_then_is_refused(world: World):
    shown = await run(world, "set", scope="server", reply=0.9)
    world.env.backend.delete_role(world.guild.id, world.guild.roles["Admins"].id)
    clicked = await world.admin.click(shown.response, label="Apply")
    assert "Only admins" in text_of(clicked.response)
    assert await rows(world) == ()


async def test_apply_twice_then_the_second_click_is_refused(world: World):
    shown = await run(world, "set", scope="server", reply=0.9)
    other = await run(world, "set", scope="server", reply=0.9)
    await world.admin.click(shown.response, label="Apply")
    clicked = await world.admin.click(other.response, label="Apply")
    assert "changed meanwhile" in text_of(clicked.followups[0])
    assert len(await world.bot.services.desk.threshold_changes(world.guild.id)) == 1


async def test_places_when_typed_in_part_then_server_forums_and_claims_are_offered(world: World):
    await world.watch()
    offered = await world.admin.autocomplete(world.plain, "threshold set", "scope", "")
    codes = [one["value"] for one in offered]
    assert codes == ["server", f"forum:{world.forum.id}", "claim:moon-base", "claim:river-treaty"]
    offered = await world.admin.autocomplete(world.plain, "threshold set", "scope", "debate")
    assert [one["name"] for one in offered] == ["forum debate"]
    offered = await world.admin.autocomplete(world.plain, "threshold show", "claim", "river")
    assert [one["value"] for one in offered] == ["river-treaty"]


async def test_preview_then_has_the_picture_its_description_and_its_numbers_as_text(world: World):
    pictures().report(report([], NOON))  # the first one loads the library, and SimCord's patience is short
    places = await decide(world)
    shown = (await run(world, "preview", days=10)).response
    (picture,) = shown.attachments
    assert (await picture.read()).startswith(PNG)
    assert "Reply line at 0.80: 0.4 a day" in picture.description
    said = text_of(shown)
    assert "**Review line 0.50**: 0.6 posts a day score that high. Moderators decided 6 " in said
    assert "0.90      0.4" in said
    link = f"https://discord.com/channels/{world.guild.id}/{places[0].thread_id}/{places[0].post_id}"
    assert f"- just above, scored 0.90 on `moon-base`: {link}" in said
    assert "- just below: none" in said


async def test_preview_when_nothing_was_screened_then_says_so(world: World):
    await world.watch()
    await said(world, "preview", forum=world.forum)
    assert "nothing to draw" in refused(world)


async def test_suggest_when_decisions_are_few_then_says_how_many_more(world: World):
    await decide(world, [(0.9, RIGHT)] * 9)
    shown = await said(world, "suggest", target=5.0)
    assert "At least 50 more are needed" in shown
    assert "Do not ask every day" in shown
    assert "Use " not in shown


async def test_suggest_when_decisions_vouch_for_one_then_it_can_be_set_like_any_other(world: World):
    await decide(world, [(0.9, RIGHT)] * 60 + [(0.6, WRONG)] * 4)
    shown = await run(world, "suggest", target=5.0)
    assert "From 0.61 up, 0 of 60 decided posts were wrong." in text_of(shown.response)
    await world.admin.click(shown.response, label="Use 0.61…")
    assert "Then: review from 0.50, reply from 0.61." in text_of(shown.response)
    assert await rows(world) == ()
    await world.admin.click(shown.response, label="Apply")
    assert await rows(world) == (ThresholdRow("guild", "", Thresholds(0.5, 0.61)),)
    assert "this is what is set already" in await said(world, "suggest", target=5.0)


async def test_suggest_when_the_target_cannot_be_then_says_so(world: World):
    await said(world, "suggest", target=80.0)
    assert "between 0.1 % and 50 %" in refused(world)


async def test_undo_then_puts_back_what_stood_before_after_a_click(world: World):
    await put(world, "guild", "", 0.4, 0.7)
    await put(world, "guild", "", 0.4, 0.9)
    shown = await run(world, "undo")
    assert "review from 0.40, reply from 0.70 → review from 0.40, reply from 0.90" in text_of(shown.response)
    assert "Then: review from 0.40, reply from 0.70." in text_of(shown.response)
    await world.admin.click(shown.response, label="Apply")
    assert await rows(world) == (ThresholdRow("guild", "", Thresholds(0.4, 0.7)),)
    assert len(await world.bot.services.desk.threshold_changes(world.guild.id)) == 3


async def test_undo_of_the_first_change_then_the_default_holds_again(world: World):
    await put(world, "claim", "moon-base", 0.4, 0.9)
    shown = await run(world, "undo")
    await world.admin.click(shown.response, label="Apply")
    assert "with no values of its own" in text_of(shown.response)
    assert await rows(world) == ()


async def test_undo_when_nothing_was_changed_then_says_so(world: World):
    await said(world, "undo")
    assert "nothing to take back" in refused(world)


async def test_history_then_has_pages_newest_first(world: World):
    assert "None yet." in await said(world, "history")
    for number in range(12):
        await put(world, "guild", "", 0.4, 0.5 + number / 100)
    shown = (await run(world, "history")).response
    assert "(1 of 2)" in text_of(shown)
    assert "reply from 0.61" in text_of(shown).splitlines()[1]
    await world.admin.click(shown, label="Next")
    assert "nothing of its own → review from 0.40, reply from 0.50" in text_of(shown)


@pytest.mark.parametrize("command", COMMANDS)
async def test_member_then_sees_no_command_and_is_refused_where_the_server_opened_it(world: World, command: str):
    with pytest.raises(SetupError, match="not visible"):
        await world.mod.slash(world.plain, f"threshold {command}", **COMMANDS[command])
    known = world.env.backend.find_command("threshold", world.guild.id, type=1)
    world.guild.set_command_permissions(int(known["id"]), {world.guild.default_role: True})
    result = await world.mod.slash(world.plain, f"threshold {command}", **COMMANDS[command])
    assert "Only admins" in text_of(result.response)
    assert await world.mod.autocomplete(world.plain, "threshold set", "scope", "") == []
    assert await world.mod.autocomplete(world.plain, "threshold show", "claim", "") == []
