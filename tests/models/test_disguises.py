"""Disguised words read by the claims' vocabulary: what comes back, and what ordinary writing is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.folding import fold
from models.disguises import Vocabulary

KNOWN = Vocabulary(["The Taliban control most of Afghanistan.", "Daesh trained the fighters, look at the alarms"])


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("a T a l i b a n f i g h t e r s row", "a Taliban fighters row"),
        ("T.a.l.i.b.a.n", "Taliban"),
        ("T4l1b4n", "Taliban"),
        ("c0n7r01", "control"),
        ("!t is Af9hanistan, D@e$h!", "!t is Af9hanistan, Daesh!"),
        ("nabilaT", "Taliban"),
        ("hseaD and natsinahgfA", "Daesh and Afghanistan"),
        ("\u202e" + "The Taliban control Daesh."[::-1] + "\u202c", "The Taliban control Daesh."),
        ("🇹 🇦 🇱 🇮 🇧 🇦 🇳 🇨 🇴 🇳 🇹 🇷 🇴 🇱 it", "TALIBAN CONTROL it"),
    ],
)
def test_undo_disguises_of_known_words(disguised: str, plain: str) -> None:
    assert KNOWN.undo(disguised) == plain


@pytest.mark.parametrize(
    "ordinary",
    [
        "The Taliban control most of it, don't they?",
        "About 100k people, 50cal and F16s, $5bn, 4chan, 9/11, COVID-19, MH17!",
        "Level radar civic: they live in the spots where snoops stoop.",
        "A B C D, U.S.S.R., i.e. a b test",
        "mail me at t4liban@example.com or see https://example.com/T4l1b4n",
        "LOOKALIKES AND NEWSPAPERS",
    ],
)
def test_undo_ordinary_writing_stays(ordinary: str) -> None:
    assert KNOWN.undo(ordinary) == ordinary


def test_undo_without_claims_is_fold() -> None:
    assert Vocabulary([]).undo("Ｔ4l1b4n n a b i l a t") == fold("Ｔ4l1b4n n a b i l a t")


@given(st.text(alphabet=st.one_of(st.sampled_from("Taliban 4137$@!|. \u202e"), st.characters())))
def test_undo_any_string_never_fails(text: str) -> None:
    assert isinstance(KNOWN.undo(text), str)


def test_contains_known_words_in_any_case_from_four_letters_on() -> None:
    assert [word in KNOWN for word in ("taliban", "TALIBAN", "the", "nato")] == [True, True, False, False]
