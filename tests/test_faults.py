"""What goes wrong between the bot and Discord: each post is still answered once, or given up for a named reason.

Real sockets, real discord.py with its own retries; only the bot's clock is set forward where it would wait.
"""

from __future__ import annotations

import pytest

from bot.core.errors import LoginRefused
from tests.loopback.bot import RunningBot
from tests.loopback.double import DiscordDouble
from tests.loopback.faults import SENDING, Fault
from tests.loopback.judge import ASSERTED, HARMLESS

pytest_plugins = ("tests.loopback.fixtures",)

NEXT_TRY_S = 10  # beyond the first pause of the outbox
TITLE = "Who made Daesh?"


async def one_reply_in_the_end(double: DiscordDouble, bot: RunningBot, thread_id: int) -> None:
    """Assert that exactly one reply stands, is on record, and nothing more is to come."""
    await double.wait_for_replies(thread_id)
    await bot.wait_until_settled()
    (reply,) = double.world.replies(thread_id)
    sent = await bot.store.sent_reply(post_id=thread_id)
    assert sent is not None
    assert sent.message_id == reply.id


# ---------------------------------------------------------------------- the gateway


async def test_first_connection_when_refused_then_bot_comes_up(double: DiscordDouble, bot: RunningBot):
    """discord.py dies of it with an AttributeError (Rapptz/discord.py#10520)."""
    double.gateway.refuse_connects = 1
    await bot.start()
    thread = double.world.open_post(TITLE, ASSERTED)
    await one_reply_in_the_end(double, bot, thread.id)
    assert double.gateway.connects >= 2


@pytest.mark.parametrize(("code", "named"), [(4004, "token"), (4013, "intent"), (4014, "Message Content Intent")])
async def test_connection_when_refused_for_good_then_ends_with_what_to_change(
    double: DiscordDouble, bot: RunningBot, code: int, named: str
):
    """Another try would end the same way, and a thousand in a day cost the token."""
    double.gateway.close_on_identify = code
    with pytest.raises(LoginRefused, match=named):
        await bot.run_to_its_end()
    assert len(double.gateway.identifies) == 1


async def test_event_when_malformed_then_client_is_rebuilt_and_the_gap_is_caught_up(
    double: DiscordDouble, bot: RunningBot
):
    """A KeyError in discord.py's parser ends the connection task and leaves the client looking alive."""
    await bot.start()
    double.world.open_post("Earlier", HARMLESS)
    await bot.wait_until_done(posts=1)
    double.gateway.dispatch("GUILD_ROLE_UPDATE", {"guild_id": str(double.world.guild_id)})
    thread = double.world.open_post(TITLE, ASSERTED)
    await one_reply_in_the_end(double, bot, thread.id)
    assert len(bot.lives) == 2


async def test_socket_when_deaf_then_replaced_and_the_gap_is_caught_up(double: DiscordDouble, bot: RunningBot):
    """Heartbeats are answered and events are lost: only asking for one shows it."""
    bot.silence_s = 1.0
    await bot.start()
    double.world.open_post("Earlier", HARMLESS)
    await bot.wait_until_done(posts=1)
    double.gateway.is_deaf = True
    thread = double.world.open_post(TITLE, ASSERTED)
    await double.wait_for(lambda: len(bot.lives) > 1, "a second client")
    double.gateway.is_deaf = False
    await one_reply_in_the_end(double, bot, thread.id)


async def test_quiet_server_when_nothing_happens_then_connection_is_kept(double: DiscordDouble, bot: RunningBot):
    """Silence alone proves nothing; the watchdog's question is answered."""
    bot.silence_s = 2.0
    await bot.start()
    await double.wait_for(lambda: double.gateway.member_questions >= 2, "two questions of the watchdog")
    assert len(bot.lives) == 1


async def test_session_when_invalidated_then_posts_of_the_gap_are_answered(double: DiscordDouble, bot: RunningBot):
    """Op 9 false: a new IDENTIFY follows and Discord replays nothing."""
    await bot.start()
    double.world.open_post("Earlier", HARMLESS)
    await bot.wait_until_done(posts=1)
    await double.gateway.invalidate()
    thread = double.world.open_post(TITLE, ASSERTED)
    await one_reply_in_the_end(double, bot, thread.id)
    assert len(double.gateway.identifies) == 2
    assert len(bot.lives) == 1


@pytest.mark.parametrize("way", ["close", "abort", "ask_to_reconnect"])
async def test_socket_when_lost_then_resumed_and_the_missed_post_answered_once(
    double: DiscordDouble, bot: RunningBot, way: str
):
    await bot.start()
    earlier = double.world.open_post("Earlier", ASSERTED)
    await one_reply_in_the_end(double, bot, earlier.id)
    if way == "close":
        await double.gateway.close(4000)
    elif way == "abort":
        double.gateway.abort()
    else:
        await double.gateway.ask_to_reconnect()
    thread = double.world.open_post(TITLE, ASSERTED)
    await one_reply_in_the_end(double, bot, thread.id)
    assert len(double.gateway.resumes) == 1
    assert len(double.world.replies(earlier.id)) == 1


async def test_events_when_sent_twice_then_one_reply(double: DiscordDouble, bot: RunningBot):
    """discord.py hands on a repeated event as a new one."""
    await bot.start()
    double.gateway.duplicates = True
    thread = double.world.open_post(TITLE, ASSERTED)
    await one_reply_in_the_end(double, bot, thread.id)
    assert len(double.sendings()) == 1


# ---------------------------------------------------------------------- sending


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault.rate_limited(), id="429"),
        pytest.param(Fault.rate_limited(is_global=True), id="429-global"),
        pytest.param(Fault.server_error(500), id="500"),
        pytest.param(Fault.server_error(500, after=True), id="500-after-the-deed"),
    ],
)
async def test_sending_when_discord_py_retries_by_itself_then_one_reply(
    double: DiscordDouble, bot: RunningBot, fault: Fault
):
    await bot.start()
    double.inject(fault)
    thread = double.world.open_post(TITLE, ASSERTED)
    await one_reply_in_the_end(double, bot, thread.id)
    assert len(double.sendings()) == 2


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault.rate_limited(via=False), id="429-without-via"),
        pytest.param(Fault.server_error(503), id="503"),
        pytest.param(Fault.server_error(503, after=True), id="503-after-the-deed"),
        pytest.param(Fault.dropped(), id="dropped"),
        pytest.param(Fault.dropped(after=True), id="dropped-after-the-deed"),
        pytest.param(Fault.refused(403, 40058, "no opener yet"), id="40058"),
    ],
)
async def test_sending_when_discord_py_gives_up_then_outbox_tries_again_and_one_reply(
    double: DiscordDouble, bot: RunningBot, fault: Fault
):
    """Without the nonce's help: minutes later the bot must find its own reply in the thread."""
    await bot.start()
    double.inject(fault)
    thread = double.world.open_post(TITLE, ASSERTED)
    await double.wait_for(double.sendings, "the first try")
    double.world.rules.forget_nonces()
    bot.clock.advance(NEXT_TRY_S)
    await one_reply_in_the_end(double, bot, thread.id)
    assert len(double.sendings()) == (1 if fault.after else 2)


@pytest.mark.parametrize("end", ["deleted", "edited"])
async def test_sending_when_its_answer_is_lost_and_the_words_go_then_no_reply_stands(
    double: DiscordDouble, bot: RunningBot, end: str
):
    """The bot never learnt its message's id from the answer, yet the message stands under nothing."""
    await bot.start()
    double.inject(Fault.dropped(after=True))
    thread = double.world.open_post(TITLE, HARMLESS)
    post = double.world.say(thread, ASSERTED)
    await double.wait_for_replies(thread.id)
    if end == "deleted":
        double.world.delete(thread.id, post.id)
    else:
        double.world.edit(thread.id, post.id, HARMLESS)
    await double.wait_for(lambda: not double.world.replies(thread.id), "the withdrawal")


async def test_sending_when_slower_than_the_deadline_then_one_reply(double: DiscordDouble, bot: RunningBot):
    bot.with_options(send_deadline_s=1.0)
    await bot.start()
    double.inject(Fault(*SENDING, delay_s=2.0))
    thread = double.world.open_post(TITLE, ASSERTED)
    await double.wait_for_replies(thread.id)
    bot.clock.advance(NEXT_TRY_S)
    await one_reply_in_the_end(double, bot, thread.id)


async def test_sending_when_refused_for_want_of_a_right_then_one_request_a_post(double: DiscordDouble, bot: RunningBot):
    """Ten thousand refused requests in ten minutes are a ban, so none is repeated."""
    await bot.start()
    double.inject(Fault.refused(403, 50013, "Missing Permissions", times=-1))
    threads = [double.world.open_post(f"Thread {number}", ASSERTED) for number in range(5)]
    await bot.wait_until_done(posts=5)
    bot.clock.advance(NEXT_TRY_S)
    await bot.next_upkeep()
    assert len(double.sendings()) == 5
    assert [double.world.replies(thread.id) for thread in threads] == [[]] * 5


async def test_sending_when_the_right_is_known_to_be_missing_then_no_request_at_all(
    double: DiscordDouble, bot: RunningBot
):
    double.world.forbid_sending()
    await bot.start()
    double.world.open_post(TITLE, ASSERTED)
    await bot.wait_until_done(posts=1)
    assert double.sendings() == []
    double.world.slash("status", double.world.admin)
    (answer,) = await double.wait_for(lambda: double.requests("PATCH", "/webhooks/*"), "the answer to /status")
    assert "missing permissions: Send Messages in Threads" in str(answer.body)


async def test_start_when_a_right_is_missing_then_said_before_any_post_comes(
    double: DiscordDouble, bot: RunningBot, caplog: pytest.LogCaptureFixture
):
    double.world.forbid_sending()
    await bot.start()
    said = f"channel {double.world.forum.id}: missing permissions: Send Messages in Threads"
    await double.wait_for(lambda: said in caplog.messages, "a line in the log")


# ---------------------------------------------------------------------- closed threads


@pytest.mark.parametrize("state", ["archived", "locked"])
async def test_thread_when_closed_while_the_post_is_judged_then_not_revived(
    double: DiscordDouble, bot: RunningBot, state: str
):
    await bot.start()
    bot.screener.gate.clear()
    thread = double.world.open_post(TITLE, ASSERTED)
    await double.wait_for(lambda: bot.screener.asked == 1, "the judgement")
    double.world.close_thread(thread, **{state: True})
    double.world.announce_thread(thread)
    await double.wait_for(lambda: bot.knows_as_closed(thread.id), "the thread's new state")
    bot.screener.gate.set()
    await bot.wait_until_done(posts=1)
    assert double.sendings() == []
    assert double.world.rules.revived == []


async def test_thread_when_locked_unknown_to_the_bot_then_one_refused_request(double: DiscordDouble, bot: RunningBot):
    await bot.start()
    bot.screener.gate.clear()
    thread = double.world.open_post(TITLE, ASSERTED)
    await double.wait_for(lambda: bot.screener.asked == 1, "the judgement")
    double.world.close_thread(thread, locked=True)
    bot.screener.gate.set()
    await bot.wait_until_done(posts=1)
    bot.clock.advance(NEXT_TRY_S)
    await bot.next_upkeep()
    assert [seen.status for seen in double.sendings()] == [400]
