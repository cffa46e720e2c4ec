"""The scope test: which sentence of a note went wrong, why, and that no example is tested against itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from bot.core.domain import Claim, Finding, Note, Stance, Thresholds
from bot.core.errors import BadInput, ScreenerBusy
from bot.core.scope_test import Example, MissKind, ScopeReport, scope_test
from bot.core.text import CleanText
from tests.bot.core.samples import make_note
from tests.fakes import finding

LIMITS = Thresholds(review=0.2, reply=0.8)
SAID = "They dug the great canal by hand."
DENIED = "Nobody dug the great canal by hand."
CANAL = Claim("canal", "Prisoners dug the great canal by hand.", (SAID,), (DENIED,))
DAM = Claim("dam", "The dam was built without any machine.")


class ScriptedScreener:
    """Answers each sentence by script, its claim's own sentence with a sure assertion, and keeps what it was asked."""

    problem: str | None = None

    def __init__(self, script: Mapping[str, Sequence[Finding]]) -> None:
        self.script = script
        self.asked: dict[str, dict[str, Claim]] = {}
        self.loaded: tuple[Claim, ...] = ()

    async def load_claims(self, claims: Sequence[Claim]) -> None:
        self.loaded = tuple(claims)

    async def assess_with(self, claims: Sequence[Claim], text: CleanText) -> tuple[Finding, ...]:
        self.asked[text.raw] = {claim.id: claim for claim in claims}
        own = [finding(claim.id, 0.99) for claim in claims if claim.text == text.raw]
        return tuple(self.script.get(text.raw, own))


def notes(*claims: Claim, **changes: object) -> dict[str, Note]:
    """Return a note a claim."""
    return {claim.id: replace(make_note(claim.id, claim=claim), **changes) for claim in claims}


async def report_of(script: Mapping[str, Sequence[Finding]], known: Mapping[str, Note] | None = None) -> ScopeReport:
    """Test every note with a scripted judge."""
    return await scope_test(known or notes(CANAL), ScriptedScreener(script), LIMITS)


async def test_note_whose_examples_come_out_right_then_passes():
    report = await report_of({SAID: [finding("canal", 0.3)], DENIED: [finding("canal", 0.1, Stance.DENIES)]})
    assert report.is_clean
    assert report.passed("canal")
    assert not report.passed("dam"), "a note that was not tested has not passed"
    assert report.warnings == ()
    assert report.lines()[1:] == (
        "Claims found: 1 of 1 (100.0 %).",
        "Paraphrases found: 1 of 1 (100.0 %).",
        "Look-alikes refused: 1 of 1 (100.0 %).",
    )


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        ([], MissKind.NOT_FOUND),
        ([finding("canal", 0.19)], MissKind.NOT_LIKELY),
        ([finding("canal", 0.4, Stance.REPORTS)], MissKind.NOT_ASSERTED),
        ([finding("dam", 0.7), finding("canal", 0.1)], MissKind.TAKEN),
        ([finding("dam", 0.7), finding("canal", 0.6)], MissKind.TAKEN),
    ],
)
async def test_paraphrase_that_is_lost_then_is_a_miss_of_its_kind(found, kind):
    report = await report_of({SAID: found}, notes(CANAL, DAM))
    (miss,) = report.misses
    assert (miss.note_id, miss.sentence, miss.example, miss.kind) == ("canal", SAID, Example.PARAPHRASE, kind)
    assert not report.passed("canal")
    assert report.passed("dam")
    assert report.counts.paraphrases_found == 0
    assert any(SAID in line for line in report.lines())


async def test_stolen_paraphrase_then_names_the_thief_with_both_numbers():
    report = await report_of({SAID: [finding("dam", 0.7), finding("canal", 0.6, similarity=0.5)]}, notes(CANAL, DAM))
    (miss,) = report.misses
    assert (miss.p_asserts, miss.similarity, miss.stance, miss.taken_by, miss.taken_p) == (
        0.6, 0.5, Stance.ASSERTS, "dam", 0.7,
    )  # fmt: skip
    assert "dam takes it with p 0.70" in miss.line()


@pytest.mark.parametrize("who", ["canal", "dam"])
async def test_declared_neighbour_then_may_come_first_as_long_as_the_own_claim_is_asserted(who):
    known = notes(CANAL, DAM)
    known[who] = replace(known[who], neighbours=("dam" if who == "canal" else "canal",))
    both = {SAID: [finding("dam", 0.7), finding("canal", 0.6)]}
    assert (await report_of(both, known)).is_clean
    assert [miss.kind for miss in (await report_of({SAID: [finding("dam", 0.7)]}, known)).misses] == [MissKind.TAKEN]


async def test_contrary_claim_then_may_not_come_first():
    """Who says the contrary asserts something else: a reply about it would be the wrong one."""
    known = notes(CANAL, DAM, opposed=("canal", "dam"))
    assert not (await report_of({SAID: [finding("dam", 0.7), finding("canal", 0.6)]}, known)).is_clean


@pytest.mark.parametrize(
    ("found", "fails", "warns"),
    [
        (finding("canal", 0.8), True, False),
        (finding("canal", 0.79), False, True),
        (finding("canal", 0.8, Stance.REPORTS), False, True),
        (finding("canal", 0.2, Stance.DENIES), False, True),
        (finding("canal", 0.19), False, False),
    ],
)
async def test_look_alike_then_fails_where_it_would_be_answered_and_warns_where_somebody_would_be_asked(
    found, fails, warns
):
    report = await report_of({SAID: [finding("canal")], DENIED: [found]})
    assert bool(report.misses) is fails
    assert bool(report.warnings) is warns
    assert report.passed("canal") is not fails
    assert report.counts.look_alikes_refused == (0 if fails else 1)
    assert report.of("canal") == report.misses + report.warnings


async def test_example_then_is_never_among_what_it_is_tested_against():
    claim = replace(
        CANAL, paraphrases=(SAID, "Convicts cut the canal with spades."), look_alikes=(DENIED, "Who dug it?")
    )
    judge = ScriptedScreener({})
    await scope_test(notes(claim, DAM), judge, LIMITS, ["canal"])
    assert judge.asked[claim.text] == {"canal": claim, "dam": DAM}
    assert judge.asked[SAID]["canal"] == replace(claim, paraphrases=claim.paraphrases[1:])
    assert judge.asked[DENIED]["canal"] == replace(claim, look_alikes=claim.look_alikes[1:])
    assert DAM.text not in judge.asked, "only the chosen note's sentences are tested"
    assert judge.loaded == (), "the claims that posts are judged by stay"


async def test_paraphrase_that_no_post_could_be_then_is_a_miss_without_asking():
    judge = ScriptedScreener({})
    report = await scope_test(notes(replace(CANAL, paraphrases=("canal lol",))), judge, LIMITS)
    assert [miss.kind for miss in report.misses] == [MissKind.NOT_READ]
    assert "canal lol" not in judge.asked


async def test_progress_then_counts_every_sentence():
    told: list[tuple[int, int]] = []
    await scope_test(notes(CANAL), ScriptedScreener({}), LIMITS, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


async def test_unknown_note_then_is_one_sentence():
    with pytest.raises(BadInput, match="no note moon here"):
        await scope_test(notes(CANAL), ScriptedScreener({}), LIMITS, ["moon"])


async def test_busy_judge_then_ends_the_test():
    class Busy(ScriptedScreener):
        async def assess_with(self, claims: Sequence[Claim], text: CleanText) -> tuple[Finding, ...]:
            raise ScreenerBusy("Later.")

    with pytest.raises(ScreenerBusy):
        await scope_test(notes(CANAL), Busy({}), LIMITS)
