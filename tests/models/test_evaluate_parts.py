"""The parts of a report, counted by hand on small known streams: policy, slices, sides, errors, baselines, ranks."""

from pathlib import Path

import numpy as np
import pytest

from bot.core.domain import Action, Claim
from bot.core.errors import BadInput
from models.encoder import SentenceEncoder
from models.evaluate.ablation import what_evidence_adds
from models.evaluate.analysis import reliability_slices
from models.evaluate.baselines import Lesson, word_search
from models.evaluate.bm25 import Bm25
from models.evaluate.external import external_figures, mean_average_precision
from models.evaluate.leak import tone_alone
from models.evaluate.linear import fit_linear
from models.evaluate.measures import share
from models.evaluate.mistakes import by_claim, false_alarms, misses
from models.evaluate.outcome import outcome_figures, outcomes
from models.evaluate.retrieval import own_ranks, ranked_figures
from models.evaluate.slices import length_of, sliced
from models.evaluate.symmetry import NOBODY, by_side, sides
from models.train.corpus import LabelledClaim, LabelledPost
from tests.models.known_stream import STRANGER, claim, known, post, screened
from tests.models.public_sets import public_sets
from tests.models.tiny_models import tiny_encoder

AT = {"review": 0.5, "reply": 0.85}


def test_outcome_policy_withholds_near_ties_and_answers_a_sentence_once() -> None:
    """Two claims on the same words: nearly as likely, a card in place of a reply; far apart, only the better counts."""
    tied = screened([post("asserts")], [(0, "own", 0.95), (0, STRANGER, 0.94)])
    clear = screened([post("asserts")], [(0, "own", 0.99), (0, STRANGER, 0.9)])
    assert [each and each.action for each in outcomes(tied, AT)] == [Action.REVIEW]
    replies = outcome_figures(clear, AT)["replies"]
    assert (replies["precision"], replies["recall"]) == (share(1, 1), share(1, 1))


def test_outcome_known_stream_counts_replies_cards_and_short_posts() -> None:
    found = outcome_figures(known(), AT)
    assert found["replies"]["precision"] == share(1, 1)
    assert found["cards"]["precision"] == share(0, 2)
    assert found["replies_and_cards"]["recall"] == share(1, 2)
    assert found["cards"]["wrong_posts"]["denies"] == share(1, 1)
    short = screened([post("asserts", text="ship sank")], [(0, "own", 0.99)])
    assert outcome_figures(short, AT)["out_of_scope"] == 1


def test_sliced_every_cut_covers_every_post() -> None:
    stream = known()
    cuts = sliced(stream, AT)
    assert {name: sum(each["posts"] for each in parts.values()) for name, parts in cuts.items()} == dict.fromkeys(
        cuts, 4
    )
    assert cuts["length"]["under 12 words"]["review"]["precision"] == share(1, 3)
    assert cuts["region"]["starter pack"]["reply"]["recall"] == share(1, 2)


@pytest.mark.parametrize(
    ("count", "name"), [(11, "under 12 words"), (12, "12-39 words"), (79, "40-79 words"), (80, "80 words and more")]
)
def test_length_of_borders_belong_to_the_longer_slice(count: int, name: str) -> None:
    assert length_of(post("asserts", text="word " * count)) == name


@pytest.mark.parametrize(
    ("flatters", "expected"),
    [
        ("Russia", {"russia"}),
        ("The US / NATO", {"us", "nato"}),
        ("Mali junta, Russia (partly)", {"mali junta", "russia"}),
        ("none", {NOBODY}),
        ("", {NOBODY}),
    ],
)
def test_sides_spelling_is_brought_together(flatters: str, expected: set[str]) -> None:
    assert sides(flatters) == expected


def test_by_side_compares_posts_that_assert_nothing() -> None:
    """The denial about Russia's claim is answered, the unrelated post about NATO's and the US's is not."""
    posts = [post("asserts"), post("denies"), post("unrelated", "other")]
    found = by_side(screened(posts, [(0, "own", 0.9), (1, "own", 0.9), (2, STRANGER, 0.6)]), AT)
    assert found["posts"] == 2
    assert found["sides"]["russia"]["reply"] == share(1, 1)
    assert found["sides"]["nato"]["reply"] == share(0, 1)
    assert found["sides"]["us"]["review"] == share(1, 1)
    assert found["spread"]["worst"] == "russia"
    assert found["spread"]["best_lies_in_worst"] is False


def test_by_side_one_side_alone_has_no_spread() -> None:
    assert by_side(screened([post("denies")], [(0, "own", 0.9)]), AT)["spread"] is None


def test_mistakes_false_alarms_fall_and_misses_rise() -> None:
    posts = [post("denies"), post("asserts"), post("asserts"), post("unrelated")]
    stream = screened(posts, [(0, "own", 0.7), (1, "own", 0.3), (3, STRANGER, 0.9)])
    assert [each["p_asserts"] for each in false_alarms(stream, 0.5)] == [0.9, 0.7]
    assert [each["p_asserts"] for each in misses(stream, 0.5)] == [None, 0.3]
    first = false_alarms(stream, 0.5)[1]
    assert (first["claim"], first["truth"], first["span"]) == ("own", "denies", "they all")
    assert by_claim(stream, 0.5) == [
        {"claim": "own", "false_alarms": 1, "missed": 2, "asserted": 2},
        {"claim": STRANGER, "false_alarms": 1, "missed": 0, "asserted": 0},
    ]


def test_reliability_slices_count_every_finding_once() -> None:
    found = reliability_slices(known())
    assert found["all"]["rows"] == found["under 12 words"]["rows"] == 4
    assert found["80 words and more"]["bins"] == []


def test_what_evidence_adds_both_halves_needed() -> None:
    assert what_evidence_adds(known()) == {}
    names = [f"claim-{number}" for number in range(40)]
    posts = [
        type(post("asserts"))(LabelledPost("text", None, stance, "plain"), claim(name))
        for name in names
        for stance in ("asserts", "denies")
    ]
    rows = [(number, each.claim.id, 0.9 if number % 2 == 0 else 0.1) for number, each in enumerate(posts)]
    steps = what_evidence_adds(screened(posts, rows))
    assert len(steps) == 5
    assert all(each["average_precision"] == 1.0 for each in steps.values())


def test_bm25_rare_words_count_more_and_a_claim_counts_by_its_best_wording() -> None:
    store = [Claim("a", "the ship sank", ("the vessel went down",)), Claim("b", "the bank was robbed")]
    scores = Bm25(store).scores("a vessel sank near the bank")
    assert scores[0] > scores[1] > 0
    assert Bm25([]).scores("anything").shape == (0,)


def test_word_search_offers_its_own_candidates_but_no_near_equal_claim() -> None:
    stream = known()
    store = [Claim("own", "The own sank."), Claim("other", "The other sank.")]
    scores, is_hit = word_search(stream, store)
    assert len(scores) == 2 * len(stream.posts)
    assert int(is_hit.sum()) == stream.wanted == 2


def test_fit_linear_two_kinds_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 2
    features = (rng.normal(size=(200, 3)) + 3 * labels[:, None]).astype(np.float32)
    found = fit_linear(features, labels, 2).probabilities(features)
    assert (found.argmax(1) == labels).mean() > 0.97
    assert found.sum(axis=1) == pytest.approx(np.ones(200), abs=1e-5)


def test_lesson_strangers_are_of_another_topic() -> None:
    posts = (LabelledPost("text", None, "asserts", "plain"), LabelledPost("text", None, "denies", "plain"))
    claims = [
        LabelledClaim(name, name, (), (), posts, topic=topic) for name, topic in (("a", "x"), ("b", "x"), ("c", "y"))
    ]
    lesson = Lesson.of(claims, np.ones((3, 3), dtype=np.float32), [0, 1, 2])
    assert lesson.strangers[:2] == [2, 2]
    pairs = lesson.pairs()
    assert len(pairs) == 12
    assert sum(is_hit for _, _, is_hit in pairs) == 3


def test_own_ranks_claims_taken_up_as_well_are_no_competitors(tmp_path: Path) -> None:
    encoder = SentenceEncoder.load(tiny_encoder(tmp_path))
    store = [Claim("own", "The own sank."), Claim("sibling", "it flew away")]
    free = post("asserts", text="it flew away")
    bound = post("asserts", text="it flew away", others={"sibling": "denies"})
    assert own_ranks([free, bound], store, encoder) == [2, 1]


def test_ranked_figures_never_found_counts_in_every_mean() -> None:
    found = ranked_figures([1, 2, 0])
    assert (found["R@1"], found["R@5"], found["MRR"]) == (share(1, 3), share(2, 3), 0.5)


def test_tone_alone_learns_a_tone_that_gives_the_label_away(tmp_path: Path) -> None:
    """Every assertion shouts and every denial asks, so no claim is needed to tell them apart."""
    texts = {"asserts": "wake up sheep", "denies": "please stop this"}
    posts = tuple(LabelledPost(text, None, stance, "plain") for stance, text in texts.items())
    claims = [LabelledClaim(str(number), "claim", (), (), posts) for number in range(4)]
    encoder = SentenceEncoder.load(tiny_encoder(tmp_path))
    found = tone_alone(claims, ["train", "train", "dev", "test"], encoder)
    assert found["accuracy"] == share(2, 2)
    assert found["largest_class"] == share(1, 2)
    assert tone_alone(claims, ["dev"] * 4, encoder) == {}


def test_mean_average_precision_counts_only_the_depth() -> None:
    ranking = [("a", 0.9), ("b", 0.8), ("c", 0.7)]
    assert mean_average_precision([ranking], [{"c"}], 2) == 0.0
    assert mean_average_precision([ranking], [{"a", "c"}], 3) == pytest.approx((1 + 2 / 3) / 2)
    assert mean_average_precision([], [], 5) == 0.0


def test_external_figures_small_sets_give_the_counted_shares(tmp_path: Path) -> None:
    encoder = SentenceEncoder.load(tiny_encoder(tmp_path / "encoder"))
    found = external_figures(public_sets(tmp_path / "sets"), encoder)
    assert found["checkthat2022"]["MAP@5"] == pytest.approx((1 + 1 / 2) / 2)
    assert found["checkthat2022"]["MAP@1"] == 0.5
    assert (found["propaganda_diary"]["queries"], found["propaganda_diary"]["MAP@1"]) == (1, 1.0)
    assert len(found["files"]) == 4
    with pytest.raises(BadInput, match="public sets"):
        external_figures(tmp_path, encoder)
