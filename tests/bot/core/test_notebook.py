"""The notes in use: each server's own, two wordings of one claim kept apart, and reloading without a gap."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

import pytest

from bot.core.domain import Claim, Finding, ForumSettings, Mode, Post, Thresholds
from bot.core.errors import ScreenerUnavailable
from bot.core.notebook import NoteBook
from bot.core.pack import take_pack
from bot.core.screening import Screening
from bot.core.text import CleanText
from bot.store.opening import open_store
from tests.bot.core.samples import make_note
from tests.fakes import FakeScreener, FixedClock, FixedLanguage, MemoryStore, finding

TEXT = "Everyone knows the US created Daesh in Afghanistan."
OTHER_WORDING = Claim("daesh", "Washington made Daesh.")
OURS, THEIRS = make_note("daesh"), make_note("daesh", claim=OTHER_WORDING)
LATER = make_note("daesh", review_due=date(2028, 1, 1))  # another text, the same claim


def screening(screener: FakeScreener, book: NoteBook) -> Screening:
    return Screening(
        screener=screener,
        store=MemoryStore(),
        language=FixedLanguage(),
        defaults=Thresholds(0.5, 0.8),
        clock=FixedClock(),
        notes=book,
    )


def test_claims_when_servers_agree_on_a_wording_then_the_judge_gets_it_once():
    book = NoteBook({1: [OURS], 2: [LATER, make_note("taliban")]})
    assert {claim.id for claim in book.claims} == {"daesh", "taliban"}
    assert len(book.claims) == 2
    assert book.of(1)["daesh"] is OURS
    assert book.of(2)["daesh"] is LATER


def test_claims_when_servers_word_a_claim_differently_then_each_has_its_key():
    book = NoteBook({1: [OURS], 2: [THEIRS], 3: [THEIRS]})
    assert [claim.id for claim in book.claims] == ["daesh", "daesh~2"]
    assert book.claims[1].text == OTHER_WORDING.text
    assert book.keys(1) == {"daesh": "daesh"}
    assert book.keys(2) == book.keys(3) == {"daesh~2": "daesh"}
    assert book.among(2) == {"daesh~2"}


def test_of_when_a_server_has_no_notes_then_nothing_is_judged_there():
    book = NoteBook({1: [OURS]})
    assert book.of(9) == {}
    assert book.among(9) == frozenset()


def test_everywhere_then_each_server_has_the_same_notes_and_all_claims_count():
    book = NoteBook(everywhere={"daesh": OURS})
    assert book.of(1) == book.of(2) == {"daesh": OURS}
    assert book.among(1) is None
    book.replace({1: [THEIRS]})
    assert book.of(2) == {}


async def test_judge_when_two_servers_word_a_claim_differently_then_each_hears_of_its_own_note():
    screener = FakeScreener({"created": [finding("daesh", 0.9), finding("daesh~2", 0.95)]})
    judged = screening(screener, NoteBook({1: [OURS], 2: [THEIRS]}))
    for guild_id, chance in ((1, 0.9), (2, 0.95)):
        decision = await judged.judge(Post(TEXT, guild_id=guild_id), mode=Mode.AUTO)
        assert [(one.claim_id, one.p_asserts) for one in decision.findings] == [("daesh", chance)]
        assert decision.claim_ids == ("daesh",)
    near = await judged.nearest("who created it?", 2)
    assert near == (THEIRS,)


async def test_screen_when_a_server_has_a_wording_of_its_own_then_its_reply_names_the_note_and_not_the_key():
    screener = FakeScreener({"created": [finding("daesh~2", 0.95)]})
    judged = screening(screener, NoteBook({1: [OURS], 2: [THEIRS]}))
    screened = await judged.screen(
        Post(TEXT, id=10, guild_id=2, forum_id=3, thread_id=4), ForumSettings(2, 3, Mode.AUTO)
    )
    assert screened.item.reply.claim_ids == ("daesh",)
    assert OTHER_WORDING.text.rstrip(".") in screened.item.reply.sections[0].lines[0]


class ReplacingScreener(FakeScreener):
    """Answers its first question only after the book was replaced."""

    def __init__(self, book: NoteBook) -> None:
        super().__init__({"created": [finding("daesh", 0.9)]})
        self.book = book
        self.asked_among: list[frozenset[str] | None] = []

    async def assess(
        self,
        text: CleanText,
        *,
        title: str | None = None,
        parent: str | None = None,
        among: frozenset[str] | None = None,
    ) -> tuple[Finding, ...]:
        self.asked_among.append(among)
        if len(self.asked_among) == 1:
            self.book.replace({1: [make_note("taliban")]})
        return await super().assess(text, title=title, parent=parent, among=among)


async def test_judge_when_the_notes_are_replaced_meanwhile_then_asks_again():
    book = NoteBook({1: [OURS]})
    screener = ReplacingScreener(book)
    decision = await screening(screener, book).judge(Post(TEXT, guild_id=1), mode=Mode.AUTO)
    assert screener.asked_among == [{"daesh"}, {"taliban"}]
    assert decision.findings == ()


class BrokenScreener(FakeScreener):
    """Takes no claims while it is broken."""

    is_broken = True

    async def load_claims(self, claims: Sequence[Claim]) -> None:
        if self.is_broken:
            raise ScreenerUnavailable("The claims could not be loaded.")
        await super().load_claims(claims)


async def test_reload_when_the_judge_does_not_take_the_claims_then_the_old_notes_stay():
    async with open_store("sqlite://", upgrade=True) as store:
        await take_pack(store.library, 1, [OURS])
        book, screener = NoteBook({1: [THEIRS]}), BrokenScreener()
        with pytest.raises(ScreenerUnavailable):
            await book.reload(store.library, screener)
        assert book.of(1)["daesh"] is THEIRS
        screener.is_broken = False
        await book.reload(store.library, screener)
    assert book.of(1)["daesh"].claim == OURS.claim
    assert [claim.id for claim in screener.claims] == ["daesh"]


async def test_reload_when_two_come_at_once_then_the_newest_notes_are_in_use():
    async with open_store("sqlite://", upgrade=True) as store:
        book, screener = NoteBook(), FakeScreener()
        await take_pack(store.library, 1, [OURS])
        first = asyncio.create_task(book.reload(store.library, screener))
        await take_pack(store.library, 1, [make_note("taliban")])
        await asyncio.gather(first, book.reload(store.library, screener))
    assert set(book.of(1)) == {"daesh", "taliban"} == {claim.id for claim in screener.claims}
