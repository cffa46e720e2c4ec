"""Attacks change how a text is written, folding undoes what it claims to undo, and the suite counts what is left."""

import re
from pathlib import Path

import pytest

from bot.core.folding import fold
from bot.core.text import clean
from models.calibration import Calibration
from models.encoder import SentenceEncoder
from models.evaluate.evasion import ATTACKS, attacked, halves, key_words
from models.evaluate.evasion_suite import SPLIT_IN_TWO, chances, evasion_figures, folding_cost
from models.evaluate.stream import StreamPost, request_for, store_claims
from models.screener import PairScreener
from models.stance import StanceJudge
from models.train.corpus import LabelledClaim, LabelledPost
from tests.models.tiny_models import tiny_artifact, tiny_encoder

TEXT = (
    "No serious person doubts it: the Taliban were funded by Pakistan's spies, and Washington knew about the weapons."
)
WORDINGS = ("Pakistan funded the Taliban.", "The weapons came from Pakistan")
KEYS = {"taliban", "funded", "pakistan", "weapons"}
NOT_UNDONE = {"key words reversed", "text reversed by an override", "accents"}  # what folding does not claim to undo
UNDONE = sorted(set(ATTACKS) - NOT_UNDONE)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def test_key_words_are_those_shared_with_the_claim_else_the_longest() -> None:
    assert key_words(TEXT, WORDINGS) == KEYS
    assert key_words("the harbour burned about noon", ()) == {"harbour", "burned", "noon"}
    assert key_words("", WORDINGS) == frozenset()


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_changes_the_text_and_is_the_same_for_the_same_seed(name: str) -> None:
    once = attacked(name, TEXT, WORDINGS, seed=3)
    assert once != TEXT
    assert once == attacked(name, TEXT, WORDINGS, seed=3)


@pytest.mark.parametrize("name", UNDONE)
@pytest.mark.parametrize("seed", range(5))
def test_attack_that_folding_knows_then_reads_as_before(name: str, seed: int) -> None:
    assert words(fold(clean(attacked(name, TEXT, WORDINGS, seed)).text)) == words(TEXT)


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("text", ["", "!!!", "a", "12 %", "Ä ö"])
def test_attack_text_without_key_words_does_no_harm(name: str, text: str) -> None:
    assert isinstance(attacked(name, text, ()), str)


def test_reversed_attacks_can_be_read_back() -> None:
    assert "nabilaT" in attacked("key words reversed", TEXT, WORDINGS)
    assert attacked("text reversed by an override", TEXT, WORDINGS)[1:-1][::-1] == TEXT


def test_halves_cut_at_the_blank_nearest_to_the_middle() -> None:
    assert halves("one two three four") == ("one two", "three four")
    assert halves("word") == ("word", "")
    assert " ".join(halves(TEXT)) == TEXT


class OneWordJudge:
    """Asserts what shares a word with the statement, as long as it reads it."""

    def probabilities(self, questions, batch_size=8):
        import numpy as np

        rows = []
        for question in questions:
            said = [set(words(question.post)) & set(words(text)) for text in question.statements]
            rows.append(
                np.array([(0.97, 0.01, 0.01, 0.01) if each else (0.01, 0.01, 0.01, 0.97) for each in said], "f4")
            )
        return rows


def claim_with(*posts: LabelledPost) -> LabelledClaim:
    return LabelledClaim("spies", "taliban isis", (), (), posts, topic="spies")


def suite(tmp_path: Path, *posts: LabelledPost) -> tuple[PairScreener, list[StreamPost]]:
    claim = claim_with(*posts)
    screener = PairScreener(SentenceEncoder.load(tiny_encoder(tmp_path / "encoder")), OneWordJudge(), Calibration())
    screener.load_claims(store_claims([claim]))
    return screener, [StreamPost(post, claim) for post in posts]


def test_evasion_figures_count_what_is_still_found_after_each_attack(tmp_path: Path) -> None:
    """A judge that needs the one word loses it where it is too short to be told backwards."""
    found = LabelledPost("isis isis isis did it", None, "asserts", "plain")
    missed = LabelledPost("they did it all alone", None, "asserts", "plain")
    screener, posts = suite(tmp_path, found, missed)
    steps: list[tuple[int, int]] = []
    figures = evasion_figures(screener, posts, 0.5, report=lambda done, of: steps.append((done, of)))
    assert figures["posts"] == 1
    assert figures["attacks"]["homoglyphs in key words"]["still_found"]["hits"] == 1
    assert figures["attacks"]["key words reversed"]["still_found"]["hits"] == 0
    assert figures["attacks"][SPLIT_IN_TWO]["still_found"]["of"] == 1
    assert figures["all"]["attacks on one message"]["of"] == len(ATTACKS) == steps[-1][0]


def test_folding_cost_only_posts_that_folding_changes_are_screened(tmp_path: Path) -> None:
    """Folding reads t4liban as the word, so a post that denies is flagged with folding alone."""
    disguised = LabelledPost("taliban did not: t4liban no", None, "denies", "plain")
    plain = LabelledPost("nobody did it", None, "denies", "plain")
    screener, posts = suite(tmp_path, disguised, plain)
    cost = folding_cost(screener, posts, 0.5)
    assert (cost["posts"], cost["changed_by_folding"]) == (2, 1)
    assert cost["flagged_with_folding"] >= cost["flagged_without_folding"]


def test_chances_claim_that_is_no_candidate_counts_as_nothing(tmp_path: Path) -> None:
    encoder = tiny_encoder(tmp_path / "encoder")
    tiny_artifact(tmp_path / "stance", encoder)
    judge = StanceJudge.load(tmp_path / "stance", encoder)
    screener = PairScreener(SentenceEncoder.load(encoder), judge, Calibration())
    post = LabelledPost("taliban did it", None, "asserts", "plain")
    assert chances(screener, [(request_for(post), "spies")]) == [0.0]
