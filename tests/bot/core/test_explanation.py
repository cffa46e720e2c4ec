"""Why a post was answered or not: every step and number, and no other decision than the bot's own."""

from __future__ import annotations

import pytest

from bot.check import notes_for
from bot.core.domain import Action, Claim, Mode, Post, Reading, Stance, Thresholds
from bot.core.errors import ScreenerUnavailable
from bot.core.notebook import NoteBook
from bot.core.policy import Reason
from bot.core.screening import Screening
from tests.fakes import NOON, FakeScreener, FixedClock, FixedLanguage, MemoryStore, finding

CLAIM = Claim("c1", "The moon is made of cheese.")
POST = Post("The moon is made of cheese, of course.")


class ExplainingScreener(FakeScreener):
    """Also tells what it read, a sentence for each finding."""

    async def examine(self, text, *, title=None, parent=None, among=None):
        found = await self.assess(text, title=title, parent=parent)
        return tuple(Reading(one, CLAIM.text, text.text, text.text, {"asserts": 2.5, "rival": 0.0}) for one in found)


def screening(*found) -> Screening:
    return Screening(
        screener=ExplainingScreener({"cheese": found}),
        store=MemoryStore(),
        language=FixedLanguage(),
        defaults=Thresholds(review=0.5, reply=0.8),
        clock=FixedClock(),
        notes=NoteBook(everywhere=notes_for([CLAIM], NOON.date())),
    )


async def test_explain_shows_sentence_scores_evidence_and_the_threshold_it_crossed():
    explanation = await screening(finding("c1", 0.93)).explain(POST, mode=Mode.AUTO)
    told = "\n".join(explanation.lines())
    assert explanation.decision.action is Action.REPLY
    assert [step.reasons for step in explanation.steps] == [(Reason.ABOVE_REPLY,)]
    for part in (CLAIM.text, POST.text, "asserts 0.85", "rival +0.00", "score 0.93", "reply from 0.80"):
        assert part in told


async def test_explain_names_why_a_denial_gets_nothing():
    explanation = await screening(finding("c1", 0.02, Stance.DENIES)).explain(POST, mode=Mode.AUTO)
    assert explanation.steps[0].reasons == (Reason.DENIES,)


async def test_explain_post_out_of_scope_has_a_reason_and_no_steps():
    explanation = await screening(finding("c1", 0.93)).explain(Post("cheese?"), mode=Mode.AUTO)
    assert explanation.decision.reasons == (Reason.TOO_SHORT,)
    assert explanation.steps == ()


async def test_explain_claims_without_a_note_in_force_are_left_out():
    explanation = await screening(finding("c9", 0.93)).explain(POST, mode=Mode.AUTO)
    assert explanation.steps == ()


async def test_explain_without_a_judge_says_so():
    silent = screening()
    silent._screener.error = ScreenerUnavailable("The judge is away.")
    with pytest.raises(ScreenerUnavailable):
        await silent.explain(POST, mode=Mode.AUTO)
