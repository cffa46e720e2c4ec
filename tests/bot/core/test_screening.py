"""One post end to end, with a scripted judge and a store in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.compose import UNDER_REVIEW
from bot.core.domain import Action, Finding, ForumSettings, Mode, Note, NoteState, Post, Stance, Thresholds
from bot.core.errors import ScreenerBusy, ScreenerUnavailable
from bot.core.notebook import NoteBook
from bot.core.policy import Reason
from bot.core.ports import OutboxItem, ReviewItem
from bot.core.screening import Screening, matched_words, text_hash
from tests.bot.core.samples import make_note
from tests.fakes import FakeScreener, FixedClock, FixedLanguage, MemoryStore, finding

TEXT = "Everyone knows the US **created** Daesh in Afghanistan."
SPAN = (0, len(TEXT))
AUTO, REVIEW, SHADOW, OFF = (ForumSettings(1, 2, mode) for mode in (Mode.AUTO, Mode.REVIEW, Mode.SHADOW, Mode.OFF))


class World:
    """A screening over fakes, with one claim that the judge finds wherever "created" stands."""

    def __init__(self, *found: Finding, phrase: str = "created") -> None:
        self.screener = FakeScreener({phrase: found or (finding("c1", 0.93, span=SPAN),)})
        self.store = MemoryStore()
        self.language = FixedLanguage()
        self.screening = Screening(
            screener=self.screener,
            store=self.store,
            language=self.language,
            defaults=Thresholds(0.5, 0.8),
            clock=FixedClock(),
            notes=NoteBook(everywhere={"c1": make_note("c1"), "c2": make_note("c2")}),
        )

    def use_notes(self, *notes: Note) -> None:
        self.screening.notes.replace({1: notes})

    async def screen(self, text: str = TEXT, settings: ForumSettings = AUTO, *, post_id: int = 10, is_edit=False):
        return await self.screening.screen(post(text, post_id), settings, is_edit=is_edit)

    async def send_all(self) -> None:
        for item in await self.store.outbox_due(self.store.clock.now()):
            await self.store.mark_sent(item.id, item.post.post_id + 1000)


def post(text: str = TEXT, post_id: int = 10) -> Post:
    return Post(text, id=post_id, guild_id=1, forum_id=2, thread_id=3, author_id=4)


async def test_screen_when_a_claim_is_asserted_promises_a_reply_with_the_words_without_markup():
    world = World()
    screened = await world.screen()
    assert isinstance(screened.item, OutboxItem)
    assert screened.item.reply.lead == "About: “Everyone knows the US created Daesh in Afghanistan.”"
    assert world.store.posts[10].excerpt == "Everyone knows the US created Daesh in Afghanistan."
    assert await world.store.claims_said(3) == {"c1"}


@pytest.mark.parametrize(
    ("settings", "kind", "outbox"), [(AUTO, OutboxItem, 1), (REVIEW, ReviewItem, 0), (SHADOW, type(None), 0)]
)
async def test_screen_in_each_mode_stores_what_that_mode_allows(settings, kind, outbox):
    world = World()
    screened = await world.screen(settings=settings)
    assert isinstance(screened.item, kind)
    assert screened.decision.would_be is Action.REPLY
    assert (await world.store.status()).outbox == outbox
    assert (world.store.posts[10].excerpt is None) == (settings is SHADOW)


async def test_screen_where_the_forum_is_off_reads_and_stores_nothing():
    world = World()
    screened = await world.screen(settings=OFF)
    assert screened.decision.reasons == (Reason.MODE_OFF,)
    assert not world.store.posts
    assert not world.screener.assessed


async def test_screen_of_the_same_text_again_does_nothing():
    world = World()
    await world.screen()
    assert await world.screen() is None
    assert len(world.screener.assessed) == 1
    assert len(world.store.outbox) == 1


async def test_screen_of_a_second_post_with_the_claim_in_one_thread_stays_silent():
    world = World()
    await world.screen()
    screened = await world.screen(post_id=11)
    assert screened.decision.reasons == (Reason.ALREADY_ANSWERED,)
    assert screened.item is None


@pytest.mark.parametrize("stance", [Stance.DENIES, Stance.REPORTS])
async def test_screen_when_the_claim_is_not_asserted_keeps_the_finding_and_no_text(stance):
    world = World(finding("c1", 0.3, stance))
    screened = await world.screen()
    assert screened.decision.action is Action.IGNORE
    assert screened.decision.findings[0].claim_id == "c1"
    assert world.store.posts[10].excerpt is None


async def test_screen_when_out_of_scope_never_asks_the_judge():
    world = World()
    world.language.code = "fr"
    screened = await world.screen()
    assert screened.decision.reasons == (Reason.NOT_ENGLISH,)
    assert not world.screener.assessed
    assert world.store.posts[10].state == "decided"


@pytest.mark.parametrize(
    ("error", "reason"),
    [(ScreenerBusy("Busy."), Reason.SCREENER_BUSY), (ScreenerUnavailable("None."), Reason.SCREENER_UNAVAILABLE)],
)
async def test_screen_without_a_judge_leaves_the_post_pending_and_retry_finishes_it(error, reason):
    world = World()
    world.screener.error = error
    screened = await world.screen()
    assert (screened.decision.action, screened.decision.reasons) == (Action.IGNORE, (reason,))
    assert (await world.store.status()).pending_posts == 1
    world.screener.error = None
    assert await world.screen() is None
    retried = await world.screening.retry(post(), AUTO)
    assert isinstance(retried.item, OutboxItem)
    assert (await world.store.status()).pending_posts == 0


async def test_judge_without_a_judge_raises_so_that_a_command_can_say_so():
    world = World()
    world.screener.error = ScreenerUnavailable("The weights are missing.")
    with pytest.raises(ScreenerUnavailable, match="weights"):
        await world.screening.judge(post(), mode=Mode.AUTO)


async def test_judge_stores_nothing():
    world = World()
    decision = await world.screening.judge(post(), mode=Mode.AUTO)
    assert decision.action is Action.REPLY
    assert world.store == MemoryStore(clock=world.store.clock, _ids=world.store._ids)


@pytest.mark.parametrize(
    "note",
    [
        make_note("c1", state=NoteState.DRAFT),
        make_note("c1", state=NoteState.RETIRED),
    ],
)
async def test_screen_when_the_note_is_not_in_force_stays_silent(note):
    world = World()
    world.use_notes(note)
    assert (await world.screen()).decision.reasons == (Reason.NO_ACTIVE_NOTE,)


async def test_screen_when_the_server_has_no_note_on_the_claim_then_finds_nothing():
    world = World()
    world.use_notes(make_note("c3"))
    assert (await world.screen()).decision.reasons == (Reason.NO_CLAIM_FOUND,)


async def test_screen_when_the_review_is_overdue_replies_and_says_so():
    world = World()
    world.use_notes(make_note("c1", review_due=date(2026, 11, 22)))
    assert (await world.screen()).item.reply.footer.startswith(UNDER_REVIEW)


async def test_screen_when_one_of_two_notes_is_retired_uses_the_other():
    world = World(finding("c1", 0.95, span=(0, 20)), finding("c2", 0.9, span=(21, 55)))
    world.use_notes(make_note("c1", state=NoteState.RETIRED), make_note("c2"))
    assert (await world.screen()).decision.claim_ids == ("c2",)


async def test_screen_with_thresholds_of_the_server_judges_by_them():
    world = World()
    world.store.set_thresholds(1, "claim", "c1", Thresholds(0.95, 0.99))
    screened = await world.screen()
    assert screened.decision.reasons == (Reason.BELOW_REVIEW,)
    assert screened.decision.thresholds == Thresholds(0.95, 0.99)


async def test_screen_of_an_edit_that_takes_the_claim_out_hands_back_the_reply_to_delete():
    world = World()
    await world.screen()
    await world.send_all()
    edited = await world.screen("I was wrong about Daesh and take it back.", is_edit=True)
    assert edited.withdraw is not None
    assert edited.withdraw.message_id == 1010
    assert world.store.posts[10].excerpt is None
    assert await world.store.claims_said(3) == frozenset()


async def test_screen_of_an_edit_that_swaps_the_claim_takes_the_old_reply_back_and_stays_silent():
    world = World()
    world.screener.script["sold"] = (finding("c2", 0.93, span=SPAN),)
    await world.screen()
    await world.send_all()
    edited = await world.screen("Everyone knows the US sold Daesh its arms.", is_edit=True)
    assert edited.withdraw is not None
    assert edited.item is None


async def test_screen_of_an_edit_that_keeps_the_claim_leaves_the_reply():
    world = World()
    await world.screen()
    await world.send_all()
    edited = await world.screen(TEXT + " Typo mended.", is_edit=True)
    assert edited.withdraw is None
    assert edited.item is None
    assert await world.store.sent_reply(post_id=10) is not None


async def test_screen_of_an_edit_before_the_reply_was_sent_cancels_or_keeps_the_promise():
    world = World()
    await world.screen()
    await world.screen(TEXT + " Typo mended.", is_edit=True)
    assert (await world.store.status()).outbox == 1
    await world.screen("Never mind what I wrote here before.", is_edit=True)
    assert (await world.store.status()).outbox == 0


async def test_screen_of_an_edit_while_the_judge_is_away_takes_nothing_back():
    world = World()
    await world.screen()
    await world.send_all()
    world.screener.error = ScreenerUnavailable("None.")
    edited = await world.screen("I was wrong about Daesh and take it back.", is_edit=True)
    assert edited.withdraw is None
    world.screener.error = None
    retried = await world.screening.retry(post("I was wrong about Daesh and take it back."), AUTO)
    assert retried.withdraw is not None


async def test_screen_of_an_opener_passes_the_title_and_quotes_it_where_the_title_matched():
    world = World(finding("c1", 0.93, span=(0, 0)))
    opener = replace(post("What do you think?"), title="The US created Daesh in Afghanistan")
    screened = await world.screening.screen(opener, AUTO)
    assert screened.item.reply.lead == "About: “The US created Daesh in Afghanistan”"


def test_matched_words_gives_the_span_without_markup():
    assert matched_words(post("No. ||The **US** did it||, ok"), finding(span=(6, 24))) == "The US did it"


def test_text_hash_changes_with_text_and_title_only():
    assert text_hash(post()) == text_hash(post(post_id=99))
    assert text_hash(post()) != text_hash(post(TEXT + "!"))
    assert text_hash(post()) != text_hash(replace(post(), title="A title"))
    assert text_hash(post("\ud800")) != text_hash(post())


async def test_screen_when_the_forums_breaker_tripped_asks_a_moderator_and_says_why():
    world = World()
    world.store.trips.add((1, ("forum", "2")))
    screened = await world.screen()
    assert isinstance(screened.item, ReviewItem)
    assert screened.decision.reasons[0] == Reason.BREAKER_TRIPPED
    assert Reason.MODE_REVIEW not in screened.decision.reasons


async def test_screen_when_a_claims_breaker_tripped_asks_about_that_claim_only():
    world = World()
    world.store.trips.add((1, ("claim", "c1")))
    assert isinstance((await world.screen()).item, ReviewItem)
    other = World()
    other.store.trips |= {(1, ("claim", "c2")), (1, ("forum", "99")), (9, ("claim", "c1"))}
    assert isinstance((await other.screen()).item, OutboxItem)


async def test_screen_when_the_claim_stands_in_a_quoted_line_asks_a_moderator():
    """Whether the poster adopts what was quoted is not for the bot to say in public."""
    world = World()
    screened = await world.screen(f"> {TEXT}\nWho told you that, and when?")
    assert screened.decision.action is Action.REVIEW
    assert isinstance(screened.item, ReviewItem)
