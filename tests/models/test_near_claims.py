"""Near claims by the packaged encoder: what the limit is worth on the pack, and that no pair is lost between blocks."""

from __future__ import annotations

import numpy as np
import pytest

from bot.core.note_neighbours import NEARLY_TWICE, nearly_twice
from bot.core.notes import load_notes
from config.settings import load_settings
from models import near_claims
from models.near_claims import NearClaims, near_pairs
from tests.models.word_encoder import WordEncoder

AGAIN = {
    "us-created-taliban": "America made the Taliban.",
    "us-created-isis": "ISIS was created by the US.",
    "mh17-shot-down-by-ukraine": "A Ukrainian missile brought down flight MH17.",
    "tiananmen-nobody-died": "No one was killed at Tiananmen in 1989.",
    "obama-gave-iran-150-billion": "Obama handed Iran 150 billion dollars.",
}


@pytest.fixture(scope="module")
def near() -> NearClaims:
    return NearClaims()


def test_limit_on_the_pack_then_lets_every_claim_of_it_stand(near):
    assert [(pair.other.id, pair.note.id) for pair in nearly_twice(load_notes(load_settings().notes_dir), near)] == []


def test_limit_on_claims_said_again_then_finds_them(near):
    known = {note.id: note.claim.text for note in load_notes(load_settings().notes_dir)}
    texts = [known[note_id] for note_id in AGAIN] + list(AGAIN.values())
    found = {(first, second) for first, second, _ in near(texts, NEARLY_TWICE)}
    assert found == {(place, place + len(AGAIN)) for place in range(len(AGAIN))}


def test_near_pairs_over_several_blocks_then_are_those_of_the_whole_matrix(monkeypatch):
    monkeypatch.setattr(near_claims, "BLOCK", 3)
    texts = [f"word{i % 4} word{i % 3} tail" for i in range(10)]
    vectors = WordEncoder().encode(texts)
    cosines = vectors @ vectors.T
    expected = {(i, j) for i, j in np.argwhere(cosines >= 0.8).tolist() if i < j}
    assert {(i, j) for i, j, _ in near_pairs(WordEncoder(), texts, 0.8)} == expected
    assert expected


def test_near_pairs_of_nothing_then_are_none():
    assert list(near_pairs(WordEncoder(), [], 0.5)) == []
