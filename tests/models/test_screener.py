"""Screening a post: the right claims reach the judge with the right window, and findings point at the right words."""

import pytest

from bot.core.domain import Claim, Finding, Stance
from bot.core.text import clean
from models.calibration import Calibration
from models.encoder import SentenceEncoder
from models.screener import MAX_FINDINGS, AssessRequest, PairScreener, ScreenerOptions
from models.stance import PARENT_CHARACTERS
from tests.models.judges import DAESH, DAM, VACCINE, WordJudge


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.load()


@pytest.fixture
def judge() -> WordJudge:
    return WordJudge()


@pytest.fixture
def screener(encoder: SentenceEncoder, judge: WordJudge) -> PairScreener:
    screener = PairScreener(encoder, judge, Calibration())
    screener.load_claims([DAM, DAESH, VACCINE])
    return screener


def assess(
    screener: PairScreener, raw: str, title: str | None = None, parent: str | None = None
) -> tuple[Finding, ...]:
    return screener.assess_batch([AssessRequest(clean(raw), title, parent)])[0]


def test_assess_asserted_claim_points_at_its_sentence(screener: PairScreener) -> None:
    raw = "Long day. **Ukraine blew up** the Kakhovka dam on its own. Anyway, good night."
    found = assess(screener, raw)[0]
    assert (found.claim_id, found.stance) == ("dam", Stance.ASSERTS)
    assert "blew up** the Kakhovka dam" in raw[found.start : found.end]
    assert "good night" not in raw[found.start : found.end]
    assert found.p_asserts == pytest.approx(0.7, abs=1e-3)


def test_assess_denial_has_a_low_chance(screener: PairScreener) -> None:
    found = assess(screener, "Ukraine did not blow up the Kakhovka dam itself.")[0]
    assert (found.claim_id, found.stance) == ("dam", Stance.DENIES)
    assert found.p_asserts < 0.2


def test_assess_among_some_claims_looks_at_no_other(screener: PairScreener, judge: WordJudge) -> None:
    """What another server says of the same thing is neither judged nor in the way."""
    text = clean("Ukraine blew up the Kakhovka dam on its own, and the US created Daesh.")
    some, none, every = screener.assess_batch(
        [AssessRequest(text, among=frozenset(ids)) for ids in (["dam"], [], ["dam", "daesh", "vaccine"])]
    )
    assert [finding.claim_id for finding in some] == ["dam"]
    assert none == ()
    assert every == screener.assess_batch([AssessRequest(text)])[0]
    asked = screener.suggest("Who blew up the Kakhovka dam?", among=frozenset(["daesh"]))
    assert "dam" not in [finding.claim_id for finding in asked]


def test_assess_unrelated_text_reaches_no_judge(screener: PairScreener, judge: WordJudge) -> None:
    """The gate saves the judge's time on posts about nothing stored."""
    assert assess(screener, "I baked bread this morning and the crust was lovely.") == ()
    assert judge.seen == []


@pytest.mark.parametrize("raw", ["", " \n ", "```The US created Daesh```"])
def test_assess_post_without_readable_words_finds_nothing(screener: PairScreener, raw: str) -> None:
    assert assess(screener, raw) == ()


def test_assess_batch_answers_each_post_as_alone(screener: PairScreener) -> None:
    """Posts of one batch must not leak into each other, empty ones in the middle included."""
    raws = ["The US created Daesh.", "", "Kyiv destroyed its own dam!", "The flu vaccine has chips in it."]
    together = screener.assess_batch([AssessRequest(clean(raw)) for raw in raws])
    assert [[f.claim_id for f in found][:1] for found in together] == [["daesh"], [], ["dam"], ["vaccine"]]
    for raw, found in zip(raws, together, strict=True):
        alone = assess(screener, raw)
        assert [(f.claim_id, f.start, f.end) for f in alone] == [(f.claim_id, f.start, f.end) for f in found]


def test_assess_disguised_claim_is_judged_as_plain_words_too(screener: PairScreener, judge: WordJudge) -> None:
    raw = "Ｔｈｅ ＵＳ ｃｒｅａｔｅｄ Ｄａｅｓｈ ｉｎ Ａｆｇｈａｎｉｓｔａｎ."
    found = assess(screener, raw)[0]
    assert found.claim_id == "daesh"
    assert (found.start, found.end) == (0, len(raw))
    assert "The US created Daesh in Afghanistan." in [post for post, _ in judge.seen]


def test_assess_plain_post_is_judged_once_a_statement(screener: PairScreener, judge: WordJudge) -> None:
    """Typographic quotes are no disguise: a second reading would double the cost of every post."""
    assess(screener, "“The US created Daesh” – that’s what I say too…")
    assert len({post for post, _ in judge.seen}) == 1
    assert len(judge.seen) == len(set(judge.seen))


def test_assess_all_claims_of_a_window_are_asked_in_one_question(screener: PairScreener, judge: WordJudge) -> None:
    assess(screener, "The US created Daesh in Afghanistan and Ukraine blew up the Kakhovka dam.")
    assert [set(question.statements) for question in judge.asked] == [
        {DAESH.text, DAM.text},
        {*DAESH.paraphrases, *DAM.paraphrases, *DAM.look_alikes},
    ]


def test_assess_claim_in_the_title_is_found(screener: PairScreener, judge: WordJudge) -> None:
    found = assess(screener, "Prove me wrong.", title="The US created Daesh in Afghanistan")[0]
    assert found.claim_id == "daesh"
    assert judge.seen[0][0].startswith("The US created Daesh in Afghanistan")


def test_assess_claim_in_the_message_answered_is_found(screener: PairScreener, judge: WordJudge) -> None:
    """Such an answer asserts what it answers; its own words would never find the claim."""
    assert assess(screener, "Exactly.") == ()
    found = assess(screener, "Exactly.", parent=DAESH.text)[0]
    assert (found.claim_id, found.start, found.end) == ("daesh", 0, len("Exactly."))
    assert judge.seen[0][0] == f"Exactly. [in reply to: {DAESH.text}]"


def test_assess_claim_beyond_the_opening_of_the_message_answered_is_not_found(screener: PairScreener) -> None:
    """What the judge is not shown must not make a candidate."""
    filler = "We had a barbecue on Sunday. " * 20
    assert len(filler) > PARENT_CHARACTERS
    assert assess(screener, "Exactly.", parent=filler + DAESH.text) == ()


def test_assess_claim_amid_a_long_post_is_found(screener: PairScreener) -> None:
    filler = "The conference went on for days and nobody agreed on the agenda. " * 25
    raw = f"{filler}Everybody knows that the US created Daesh in Afghanistan. {filler}"
    found = assess(screener, raw)[0]
    assert found.claim_id == "daesh"
    assert raw[found.start : found.end] == "Everybody knows that the US created Daesh in Afghanistan."


def test_assess_long_post_that_denies_later_keeps_the_asserting_window(screener: PairScreener) -> None:
    filler = "The conference went on for days and nobody agreed on the agenda. " * 12
    raw = f"Is it true that Daesh was created by the US? {filler} The US created Daesh in Afghanistan."
    assert assess(screener, raw)[0].stance is Stance.ASSERTS


def test_assess_post_of_quotes_alone_asserts_nothing(screener: PairScreener, judge: WordJudge) -> None:
    assert assess(screener, "> The US created Daesh in Afghanistan.\n> Everybody knows.") == ()
    assert judge.seen == []


def test_assess_quote_with_words_of_ones_own_is_judged_as_a_whole(screener: PairScreener, judge: WordJudge) -> None:
    """An endorsed quote is an assertion, a questioned one is none: the judge must see both and the mark between."""
    raw = "> The US created Daesh in Afghanistan.\nCouldn't have worded it better."
    assert assess(screener, raw)[0].claim_id == "daesh"
    assert judge.seen[0][0] == raw
    asked = assess(screener, "> The US created Daesh in Afghanistan.\nWho told you that, and where was it written?")
    assert asked[0].stance is Stance.REPORTS


def test_assess_many_near_claims_returns_at_most_five_different_ones(encoder: SentenceEncoder) -> None:
    names = ["Iraq", "Syria", "Libya", "Yemen", "Mali", "Niger", "Chad", "Sudan"]
    options = ScreenerOptions(candidates=8)
    screener = PairScreener(encoder, WordJudge(), Calibration(), options)
    screener.load_claims([Claim(name, f"The US created the insurgency in {name}.") for name in names])
    request = AssessRequest(clean("The US created the insurgency in Mali, and not only there. It is what they do."))
    found = screener.assess_batch([request])[0]
    assert len(found) == len({f.claim_id for f in found}) == MAX_FINDINGS
    assert [f.p_asserts for f in found] == sorted((f.p_asserts for f in found), reverse=True)
    assert len(screener.examine_batch([request])[0]) == len(names)


def test_load_claims_replaces_all_and_none_finds_nothing(screener: PairScreener) -> None:
    screener.load_claims([VACCINE])
    assert {f.claim_id for f in assess(screener, "The US created Daesh in Afghanistan.")} <= {"vaccine"}
    screener.load_claims([])
    assert assess(screener, "The US created Daesh in Afghanistan.") == ()
    assert screener.suggest("Did the US create Daesh?") == ()


def test_suggest_question_returns_the_nearest_claim_whatever_its_stance(screener: PairScreener) -> None:
    found = screener.suggest("Did Ukraine really blow up the Kakhovka dam?", top=2)
    assert found[0].claim_id == "dam"
    assert found[0].stance is Stance.REPORTS
    assert [f.similarity for f in found] == sorted((f.similarity for f in found), reverse=True)


@pytest.mark.parametrize("question", ["What should I cook tonight?", "", "hello there"])
def test_suggest_question_about_nothing_stored_returns_nothing(screener: PairScreener, question: str) -> None:
    assert screener.suggest(question) == ()


def test_suggest_quoted_post_is_what_the_question_is_about(screener: PairScreener) -> None:
    assert [f.claim_id for f in screener.suggest("> The US created Daesh in Afghanistan.", top=1)] == ["daesh"]


def test_assess_lone_surrogate_is_survived(screener: PairScreener) -> None:
    assert assess(screener, "The US created Daesh \ud800 in Afghanistan.")[0].claim_id == "daesh"


@pytest.mark.parametrize(
    "values", [{"candidates": 0}, {"windows_per_claim": 0}, {"paraphrases": -1}, {"look_alikes": -1}]
)
def test_options_that_would_find_nothing_are_refused(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="start at"):
        ScreenerOptions(**values)
