"""What speaks for and against a finding: the second look, look-alikes and rivals, each in its own direction."""

import math
from collections.abc import Sequence
from dataclasses import astuple, replace

import pytest

from bot.core.domain import Claim, Stance
from bot.core.text import clean
from models.calibration import Calibration
from models.encoder import SentenceEncoder
from models.evidence import FEATURES, SIGNS
from models.screener import AssessRequest, Examined, PairScreener, ScreenerOptions
from tests.models.judges import DAESH, DAM, VACCINE, FixedCalibration, FixedJudge, WordJudge

# As many wordings as a curator might list: the second look takes only the nearest of them.
WIDE = Claim(
    "wide",
    "The US created Daesh in Afghanistan.",
    ("Pigs flew over Kabul.", "Daesh in Afghanistan was made by the US.", "America created Daesh in Afghanistan."),
    ("The US fought Daesh in Afghanistan.", "Bread is baked in Kabul."),
)
ASSERTION = "The US created Daesh in Afghanistan, everybody knows."
ALL_COUNT = Calibration(0.0, {name: 0.5 * SIGNS[name] for name in FEATURES})


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.load()


def examined(encoder: SentenceEncoder, judge: WordJudge, claims: Sequence[Claim], raw: str) -> dict[str, Examined]:
    """Return what led to each finding of one post, when every kind of evidence counts."""
    screener = PairScreener(encoder, judge, ALL_COUNT)
    screener.load_claims(claims)
    return {each.claim.id: each for each in screener.examine_batch([AssessRequest(clean(raw))])[0]}


def test_examine_asserted_claim_is_asked_for_by_its_nearest_examples(encoder: SentenceEncoder) -> None:
    judge = WordJudge()
    examined(encoder, judge, [WIDE], ASSERTION)
    first, second = judge.asked
    assert first.statements == (WIDE.text,)
    assert set(second.statements[:2]) == set(WIDE.paraphrases[1:])
    assert second.statements[2:] == WIDE.look_alikes[:1]
    assert first.post == second.post == ASSERTION


@pytest.mark.parametrize(("chance", "asked"), [(0.049, 1), (0.051, 2)])
def test_examine_second_look_is_only_taken_where_the_claim_may_be_asserted(
    encoder: SentenceEncoder, chance: float, asked: int
) -> None:
    judge = WordJudge({WIDE.text: chance})
    found = examined(encoder, judge, [WIDE], ASSERTION)["wide"]
    assert len(judge.asked) == asked
    assert (found.evidence.paraphrases == found.evidence.asserts) == (asked == 1)


def test_examine_without_examples_to_look_at_asks_once(encoder: SentenceEncoder) -> None:
    judge = WordJudge()
    options = ScreenerOptions(paraphrases=0, look_alikes=0)
    screener = PairScreener(encoder, judge, Calibration(), options)
    screener.load_claims([WIDE])
    screener.assess_batch([AssessRequest(clean(ASSERTION))])
    assert judge.seen == [(ASSERTION, WIDE.text)]


def test_examine_asserted_paraphrases_raise_the_chance(encoder: SentenceEncoder) -> None:
    weak, strong = (
        examined(encoder, WordJudge(dict.fromkeys(WIDE.paraphrases, chance)), [WIDE], ASSERTION)["wide"]
        for chance in (0.3, 0.95)
    )
    assert weak.evidence.paraphrases == pytest.approx(math.log(0.3 / 0.7), abs=1e-4)
    assert strong.evidence.paraphrases == pytest.approx(math.log(0.95 / 0.05), abs=1e-4)
    assert strong.finding.p_asserts > weak.finding.p_asserts


def test_examine_look_alike_asserted_more_strongly_lowers_the_chance(encoder: SentenceEncoder) -> None:
    weak, strong = (
        examined(encoder, WordJudge(dict.fromkeys(WIDE.look_alikes, chance)), [WIDE], ASSERTION)["wide"]
        for chance in (0.3, 0.95)
    )
    assert weak.evidence.look_alike == 0.0
    assert strong.evidence.look_alike == pytest.approx(math.log(0.95 / 0.05) - math.log(0.7 / 0.3), abs=1e-4)
    assert strong.finding.p_asserts < weak.finding.p_asserts


def test_examine_nearer_look_alike_lowers_the_chance(encoder: SentenceEncoder) -> None:
    """What a curator listed as a near sentence that must not match should weigh against the match."""
    claim = Claim("dam", DAM.text, (), ("The Kakhovka dam was badly maintained.",))
    near, plain = (examined(encoder, WordJudge(), [claim], text)["dam"] for text in (claim.look_alikes[0], DAM.text))
    assert near.evidence.look_alike_cosine == pytest.approx(1.0 - near.finding.similarity, abs=1e-4)
    assert plain.evidence.look_alike_cosine == 0.0
    assert near.finding.p_asserts < plain.finding.p_asserts
    without = examined(encoder, WordJudge(), [replace(claim, look_alikes=())], claim.look_alikes[0])["dam"]
    assert without.finding.p_asserts > near.finding.p_asserts


def test_examine_claim_asserted_more_strongly_in_the_same_words_is_a_rival(encoder: SentenceEncoder) -> None:
    lesser = Claim("lesser", "The US armed Daesh in Afghanistan.")
    greater = Claim("greater", "The US created Daesh in Afghanistan.")
    found = examined(encoder, WordJudge({greater.text: 0.9, lesser.text: 0.6}), [lesser, greater], ASSERTION)
    assert found["greater"].evidence.rival == 0.0
    assert found["lesser"].evidence.rival == pytest.approx(math.log(9) - math.log(1.5), abs=1e-4)
    alone = examined(encoder, WordJudge({lesser.text: 0.6}), [lesser], ASSERTION)["lesser"]
    assert astuple(alone.evidence) == pytest.approx(
        astuple(replace(found["lesser"].evidence, rival=0.0, lead=0.0)), abs=1e-6
    )
    assert alone.finding.p_asserts > found["lesser"].finding.p_asserts


def test_examine_claims_of_different_posts_are_no_rivals(encoder: SentenceEncoder) -> None:
    screener = PairScreener(encoder, WordJudge({DAM.text: 0.9, DAESH.text: 0.6}), ALL_COUNT)
    screener.load_claims([replace(DAM, paraphrases=(), look_alikes=()), DAESH])
    found = screener.examine_batch([AssessRequest(clean(text)) for text in (DAM.text, DAESH.text)])
    assert [row[0].claim.id for row in found] == ["dam", "daesh"]
    assert [row[0].evidence.rival for row in found] == [0.0, 0.0]


def test_examine_says_what_was_read_and_hands_it_on_to_the_core(encoder: SentenceEncoder) -> None:
    raw = "Long day. Ukraine blew up the Kakhovka dam itself."
    found = examined(encoder, WordJudge(), [DAM], raw)["dam"]
    assert (found.sentence, found.window) == ("Ukraine blew up the Kakhovka dam itself.", raw)
    reading = found.reading()
    assert (reading.finding, reading.claim, reading.sentence, reading.window) == (
        found.finding,
        DAM.text,
        found.sentence,
        found.window,
    )
    assert tuple(reading.evidence) == FEATURES


@pytest.mark.parametrize(
    ("row", "chance", "expected"),
    [
        ((0.05, 0.9, 0.03, 0.02), 0.8, Stance.ASSERTS),
        ((0.9, 0.05, 0.03, 0.02), 0.2, Stance.DENIES),
        ((0.4, 0.2, 0.2, 0.2), 0.3, Stance.ASSERTS),
        ((0.4, 0.0, 0.5, 0.1), 0.49, Stance.ASSERTS),
        ((0.1, 0.0, 0.8, 0.1), 0.45, Stance.REPORTS),
        ((1.0, 0.0, 0.0, 0.0), 0.1, Stance.UNRELATED),
        ((1.0, 3e-8, 0.0, 0.0), 0.9, Stance.ASSERTS),
    ],
)
def test_assess_stance_agrees_with_the_chance_and_the_scores_stay_the_judges_own(
    encoder: SentenceEncoder, row: tuple[float, ...], chance: float, expected: Stance
) -> None:
    """A finding that says "asserts" with a chance of 0.1, or "denies" with 0.9, would mislead whoever decides by it."""
    screener = PairScreener(encoder, FixedJudge(row), FixedCalibration(chance))
    screener.load_claims([VACCINE])
    ((found,),) = screener.assess_batch([AssessRequest(clean(VACCINE.text))])
    assert (found.stance, found.p_asserts) == (expected, chance)
    scores = (found.scores.asserts, found.scores.denies, found.scores.reports, found.scores.unrelated)
    assert scores == pytest.approx(row)
