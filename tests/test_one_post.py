"""One post from the gateway event to the reply, over a real socket and by an unmodified discord.py.

The fixtures fail every test whose requests Discord's own OpenAPI document would not take.
"""

from __future__ import annotations

import statistics

from bot.app import open_services
from bot.core.ports import Store
from config.settings import load_settings
from tests.loopback.bot import RunningBot
from tests.loopback.double import DiscordDouble
from tests.loopback.judge import ASSERTED, DENIED, HARMLESS
from tests.loopback.reading import buttons_of, seconds_to_reply, text_of

pytest_plugins = ("tests.loopback.fixtures",)

IS_COMPONENTS_V2 = 1 << 15


async def test_post_when_it_asserts_then_one_reply_in_the_promised_form(double: DiscordDouble, bot: RunningBot):
    """Pings nobody, is a reply that outlives its post, and carries the nonce that makes a repeat harmless."""
    await bot.start()
    thread = double.world.open_post("Who made Daesh?", ASSERTED)
    (reply,) = await double.wait_for_replies(thread.id)
    (sending,) = double.sendings()
    body = sending.body
    assert body["flags"] & IS_COMPONENTS_V2
    assert not body.get("content")
    assert not body.get("embeds")
    assert body["allowed_mentions"]["parse"] == []
    assert body["allowed_mentions"].get("replied_user", False) is False
    assert not {"users", "roles"} & body["allowed_mentions"].keys()
    assert body["nonce"] == str(thread.id)
    assert body["enforce_nonce"] is True
    assert int(body["message_reference"]["message_id"]) == thread.id
    assert body["message_reference"]["fail_if_not_exists"] is False
    assert "The United States created Daesh in Afghanistan" in text_of(reply)


async def test_post_when_it_denies_or_is_harmless_then_no_reply(double: DiscordDouble, bot: RunningBot):
    """The last post asserts: once it is answered, the earlier ones were judged too."""
    await bot.start()
    thread = double.world.open_post("Who made Daesh?", DENIED)
    double.world.say(thread, HARMLESS)
    await double.wait_for(lambda: bot.screener.asked == 2, "two judgements")
    await bot.wait_until_settled()
    post = double.world.say(thread, ASSERTED)
    (reply,) = await double.wait_for_replies(thread.id)
    assert reply.reference["message_id"] == str(post.id)


async def test_opener_when_the_thread_is_announced_first_then_nothing_is_sent_before_it(
    double: DiscordDouble, bot: RunningBot
):
    await bot.start()
    thread = double.world.open_post(ASSERTED, "", opener=False)
    double.world.open_post("Another thread", HARMLESS)
    await double.wait_for(lambda: bot.screener.asked == 1, "the other thread's judgement")
    assert double.sendings() == []
    assert double.world.replies(thread.id) == []


async def test_claim_when_answered_in_the_thread_then_not_answered_twice(double: DiscordDouble, bot: RunningBot):
    await bot.start()
    thread = double.world.open_post("Who made Daesh?", ASSERTED)
    await double.wait_for_replies(thread.id)
    double.world.say(thread, ASSERTED, double.world.ben)
    await double.wait_for(lambda: bot.screener.asked == 2, "the second judgement")
    await bot.wait_until_settled()
    assert len(double.world.replies(thread.id)) == 1


async def test_edit_that_takes_the_claim_out_then_reply_is_withdrawn(double: DiscordDouble, bot: RunningBot):
    await bot.start()
    thread = double.world.open_post("Who made Daesh?", ASSERTED)
    await double.wait_for_replies(thread.id)
    double.world.edit(thread.id, thread.id, HARMLESS)
    await double.wait_for(lambda: not double.world.replies(thread.id), "the withdrawal")


async def test_deletion_then_reply_is_withdrawn_and_forgotten(double: DiscordDouble, bot: RunningBot, store: Store):
    await bot.start()
    thread = double.world.open_post("Who made Daesh?", HARMLESS)
    post = double.world.say(thread, ASSERTED)
    await double.wait_for_replies(thread.id)
    double.world.delete(thread.id, post.id)
    await double.wait_for(lambda: not double.world.replies(thread.id), "the withdrawal")
    assert await store.sent_reply(post_id=post.id) is None


async def test_button_when_pressed_then_answered_within_its_interaction(double: DiscordDouble, bot: RunningBot):
    """Each press is acknowledged once, then answered by an edit of the deferred message; Contest answers at once."""
    await bot.start()
    thread = double.world.open_post("Who made Daesh?", ASSERTED)
    (reply,) = await double.wait_for_replies(thread.id)
    found = buttons_of(reply)
    assert {"Helpful", "Not helpful", "Full note", "Why this?", "Contest"} == found.keys()
    for count, custom_id in enumerate(found.values(), start=1):
        interaction = double.world.click(reply, custom_id)
        answers = f"/webhooks/*/{double.world.backend.interactions[interaction].token}/messages/@original"
        if not custom_id.startswith("fn:contest"):
            await double.wait_for(lambda path=answers: double.requests("PATCH", path), f"the answer to {custom_id}")
        await double.wait_for(
            lambda wanted=count: len(double.requests("POST", "/interactions/*/callback")) == wanted, "the callback"
        )
        callbacks = double.requests("POST", "/interactions/*/callback")
        assert [seen.status for seen in callbacks] == [200] * count
    assert {seen.status for seen in double.requests("PATCH", "/webhooks/*")} == {200}


async def test_commands_at_start_then_registered_and_answering(double: DiscordDouble, bot: RunningBot):
    await bot.start()
    (registration,) = double.requests("PUT", "/applications/*/commands")
    assert registration.status == 200
    assert {"context", "status", "forum"} <= {one["name"] for one in registration.body}
    double.world.slash("status", double.world.admin)
    (answer,) = await double.wait_for(lambda: double.requests("PATCH", "/webhooks/*"), "the answer to /status")
    assert answer.status == 200
    assert "working" in str(answer.body)


async def test_posts_when_many_then_each_answered_quickly(
    double: DiscordDouble, bot: RunningBot, record_testsuite_property
):
    """The bot's own cost per post, from the event to the reply at Discord; the bound leaves room for a busy machine."""
    await bot.start()
    seconds = [await seconds_to_reply(double, f"Thread {number}", ASSERTED) for number in range(50)]
    record_testsuite_property("p50_ms", round(statistics.median(seconds) * 1000, 1))
    record_testsuite_property("p95_ms", round(statistics.quantiles(seconds, n=20)[-1] * 1000, 1))
    assert statistics.median(seconds) < 2.0


async def test_shipped_models_when_a_post_asserts_then_reply_and_when_it_denies_then_none(
    double: DiscordDouble, bot: RunningBot, tmp_path
):
    """The product as it ships: its own models, notes, thresholds and store; nothing scripted."""
    async with open_services(load_settings().in_folder(tmp_path / "shipped")) as bot.ready_made:
        assert bot.ready_made.problems == ()
        bot.store = bot.ready_made.store
        await bot.watch()
        await bot.start()
        denying = double.world.open_post("Talks", "The US did not create Daesh in Afghanistan, it has been bombing it.")
        await bot.wait_until_done(posts=1)
        thread = double.world.open_post("Who gains?", "NATO created Daesh in Afghanistan to keep the region burning.")
        (reply,) = await double.wait_for_replies(thread.id)
        await bot.stop()
    assert double.world.replies(denying.id) == []
    assert "NATO created Daesh in Afghanistan" in text_of(reply)
