"""The whole of ``clean``: nothing is lost, every place is kept, any string is read in linear time."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.folding import fold
from bot.core.text import clean, word_count

MARKUP = ["**", "*", "__", "_", "~~", "||", "`", "```", "> ", ">>> ", "# ", "-# ", "- ", "\n", " ", "\\", "[", "]", "("]
MARKUP += [
    ")",
    "](https://e.org/x)",
    "<@12>",
    "<:a:1>",
    "<t:1:R>",
    "https://e.org/a",
    "<",
    "word",
    "U.S. ",
    "é",
    "no. ",
]
POSTS = st.lists(st.sampled_from(MARKUP) | st.text(max_size=5), max_size=40).map("".join)
# Emphasis, lines and brackets only: nothing here may take a letter away.
HARMLESS = st.text(st.sampled_from("ab1Ж *_~|>#-\n\\[]()."), max_size=150)


@given(POSTS)
def test_clean_when_given_any_post_then_offsets_lead_back(raw):
    cleaned = clean(raw)
    assert len(cleaned.offsets) == len(cleaned.text) + 1
    assert list(cleaned.offsets) == sorted(cleaned.offsets)
    assert 0 <= cleaned.offsets[0] <= cleaned.offsets[-1] <= len(raw)


@given(HARMLESS)
def test_clean_when_nothing_is_dropped_then_each_character_stands_where_its_offset_says(raw):
    cleaned = clean(raw)
    for char, offset in zip(cleaned.text, cleaned.offsets, strict=False):
        if char not in "> \n":
            assert raw[offset] == char


@given(HARMLESS)
def test_clean_when_markup_is_taken_off_then_no_letter_is_lost(raw):
    assert [c for c in clean(raw).text if c.isalnum()] == [c for c in raw if c.isalnum()]


@given(POSTS)
def test_clean_when_cut_into_sentences_then_they_cover_the_text_in_order(raw):
    cleaned = clean(raw)
    joined = "".join(sentence.text for sentence in cleaned.sentences)
    assert "".join(joined.split()) == "".join(cleaned.text.split())
    assert all(0 <= s.start < s.end <= len(raw) for s in cleaned.sentences)
    starts = [sentence.start for sentence in cleaned.sentences]
    assert starts == sorted(starts)


@given(st.text(st.characters(), max_size=200) | st.text(st.characters(categories=["Cs", "Cc", "Cf"]), max_size=50))
def test_clean_when_given_any_string_then_never_raises(raw):
    assert clean(raw).raw == raw


@given(st.text(st.sampled_from("aB1 .,?!\n>\t"), max_size=100))
def test_clean_when_cleaned_twice_then_the_second_time_changes_nothing(raw):
    """Holds without escapes, emphasis and list marks, whose removal may bring new markup to light."""
    once = clean(raw).text
    assert clean(once).text == once


@given(st.lists(st.sampled_from(["Plain words.", "Why?", "- it is", "> quoted", "2*3", "snake_case"]), max_size=8))
def test_clean_when_text_is_clean_then_cleaning_changes_nothing(lines):
    once = clean("\n".join(lines)).text
    assert clean(once).text == once


def test_clean_when_a_post_quotes_then_only_the_quoted_sentences_say_so():
    raw = "> **They** did it. Sure.\nNo, [they](https://e.org) did not."
    sentences = clean(raw).sentences
    assert [(s.text, s.is_quoted) for s in sentences] == [
        ("> They did it.", True),
        ("Sure.", True),
        ("No, they did not.", False),
    ]
    assert [raw[s.start : s.end] for s in sentences] == [
        "> **They** did it.",
        "Sure.",
        "No, [they](https://e.org) did not.",
    ]


@pytest.mark.parametrize("raw", ["", " \n ", "```\ncode\n```", "https://example.org", "<:a:1>", "\x00"[:0]])
def test_clean_when_nothing_can_be_read_then_text_is_empty(raw):
    cleaned = clean(raw)
    assert (cleaned.text, cleaned.sentences, fold(cleaned.text), cleaned.offsets) == ("", (), "", (0,))


def test_clean_when_letters_are_disguised_then_only_folded_differs():
    cleaned = clean("The **Tаlі**bаn w0n't go.")
    assert cleaned.text == "The Tаlіbаn w0n't go."
    assert fold(cleaned.text).startswith("The Taliban ")


UNITS = """
* ** [ ] ]( ||_ >_ ` < <@ <t: <https:// [a](http://x [a](http://( https://) ( ((( \\ \\` _ __ ~~ | @here a. . ..
mr._ a._
www. **a *a_ _a a_ 1 $ @ T.a. a_b_ é 🇺 🇺_ а а_ a'́ \u0336 \u200b \u200d aaaa1111sa x`y``z``` -_ #_ >>>_ /s_ no._ "._ ."
"""
WHITE = ["\n", " ", "\t", "\n> ", "\n>>> ", "\n- ", ">>> \n", " \n", "\r\n", "\u2028", "```a\n", "> a\n", "ab cd, "]


def _steps(raw: str) -> int:
    """Count the Python calls that cleaning takes: the same on every machine, unlike seconds."""
    count = 0

    def tick(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(tick)
    try:
        clean(raw)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "unit", [*UNITS.split(), *(unit.replace("_", " ") for unit in UNITS.split() if "_" in unit), *WHITE]
)
def test_clean_when_a_post_is_built_to_be_slow_then_work_grows_with_its_length_only(unit):
    small, large = (_steps((unit * size)[:size]) for size in (300, 3_000))
    assert large < 15 * small + 500


@pytest.mark.slow  # a clock: run by `pytest -m slow` on a quiet machine, never in the suite
@pytest.mark.parametrize("unit", [*UNITS.split(), *WHITE])
def test_clean_when_a_post_is_long_then_time_grows_with_its_length_only(unit):
    """Looks inside the regular expressions, which the count of steps cannot; quadratic would be 100 times."""
    seconds = []
    for size in (4_000, 40_000):
        raw = (unit * size)[:size]
        began = time.process_time()
        clean(raw)
        seconds.append(time.process_time() - began)
    assert seconds[1] < 40 * seconds[0] + 0.1


@settings(max_examples=20)
@given(st.lists(st.sampled_from(MARKUP), min_size=1, max_size=6).map("".join))
def test_clean_when_any_markup_repeats_then_work_grows_with_its_length_only(unit):
    small, large = (_steps((unit * size)[:size]) for size in (200, 2_000))
    assert large < 15 * small + 500


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("... !!! 🙄", 0),
        ("NATO started it.", 3),
        ("don't F-16 9/11 U.S.", 4),
        ("@user @role #channel", 0),
        ("#hashtag @user says no", 3),
        ("> quoted words", 2),
    ],
)
def test_word_count_when_given_text_then_counts_words_only(text, count):
    assert word_count(text) == count
