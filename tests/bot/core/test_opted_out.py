"""What the screening does about the posts of a member who opted out."""

from __future__ import annotations

import pytest

from bot.core.domain import Action, Mode
from bot.core.policy import Reason, explain
from bot.core.ports import ReviewItem
from tests.bot.core.test_screening import AUTO, REVIEW, TEXT, World, post
from tests.fakes import FakeScreener

OPTED_OUT = (1, 4)  # server and author of the posts


class OptsOutMeanwhile(FakeScreener):
    """A judge during whose work the author opts out."""

    def __init__(self, world: World) -> None:
        super().__init__(world.screener.script)
        self._store = world.store

    async def assess(self, text, **kwargs):
        self._store.opted_out.add(OPTED_OUT)
        return await super().assess(text, **kwargs)


@pytest.mark.parametrize("settings", [AUTO, REVIEW])
async def test_screen_when_the_author_opted_out_then_nothing_is_judged_said_or_asked(settings):
    world = World()
    world.store.opted_out.add(OPTED_OUT)
    screened = await world.screen(settings=settings)
    assert (screened.decision.action, screened.decision.reasons) == (Action.IGNORE, (Reason.OPTED_OUT,))
    assert (screened.item, screened.decision.findings) == (None, ())
    assert not world.screener.assessed
    assert not world.store.outbox
    assert not world.store.reviews
    assert world.store.posts[10].state == "decided", "upkeep must not try it again"


async def test_retry_when_the_author_opted_out_since_then_nothing_is_said():
    world = World()
    world.store.opted_out.add(OPTED_OUT)
    screened = await world.screening.retry(post(), AUTO)
    assert screened.decision.reasons == (Reason.OPTED_OUT,)


@pytest.mark.parametrize("settings", [AUTO, REVIEW])
async def test_screen_when_the_author_opts_out_while_it_is_judged_then_what_was_stored_is_taken_back(settings):
    world = World()
    world.screening._screener = OptsOutMeanwhile(world)
    screened = await world.screen(settings=settings)
    assert screened.item is None
    assert await world.store.outbox_due(world.store.clock.now()) == ()
    assert await world.store.reviews_without_card() == ()


async def test_edit_when_the_author_opted_out_then_a_standing_reply_is_still_withdrawn():
    world = World()
    await world.screen()
    await world.send_all()
    world.store.opted_out.add(OPTED_OUT)
    screened = await world.screen("It was all made up, as everybody knows by now.", is_edit=True)
    assert screened.withdraw.message_id == 1010
    assert screened.item is None


async def test_edit_when_the_author_opted_out_then_a_card_on_the_older_text_is_let_go():
    world = World()
    assert isinstance((await world.screen(settings=REVIEW)).item, ReviewItem)
    world.store.opted_out.add(OPTED_OUT)
    await world.screen(f"{TEXT} Indeed.", REVIEW, is_edit=True)
    assert await world.store.reviews_without_card() == ()


async def test_judge_then_a_dry_run_says_what_the_text_would_lead_to_whoever_wrote_it():
    """Explain screening and scans are a moderator's own question about a text."""
    world = World()
    world.store.opted_out.add(OPTED_OUT)
    assert (await world.screening.judge(post(), mode=Mode.AUTO)).action is Action.REPLY


def test_reason_then_has_a_sentence():
    assert "opted out" in explain(Reason.OPTED_OUT)
