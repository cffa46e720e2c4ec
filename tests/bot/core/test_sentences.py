"""Where a sentence ends in what people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.sentences import MAX_WORDS, split_sentences

# "|" marks the borders that are expected; it is taken out before the text is split.
CASES = [
    "He won in 2014. |In 2015 he lost.",
    "Moscow is to blame! |Why? |Nobody knows?! |Fine.",
    "i dont buy it. |they lied. |moscow pays",
    "no stops here\n|just lines\n|as people chat",
    "First paragraph.\n\n|Second one.",
    "Mr. Putin met Dr. Rice and Gen. Milley in St. Petersburg. |They talked.",
    "The U.S. Senate and the U.S. army agree. |So does the U.K. |The others do not.",
    "It was the U.S. |They admit it.",
    "J. F. Kennedy spoke. |George W. Bush did not.",
    "They met at 5 p.m. in Kyiv. |It ended at 9 p.m. |The talks failed.",
    "It costs 3.5 billion, i.e. too much, e.g. for Mali. |See No. 5.",
    "Is it true? |No. |That is wrong. |No. 10 denies it.",
    "Wait... what? |So... |That is it.",
    "Yes… but no. |So… |Well.",
    'He said "We won." |Then he left.',
    'He wrote: "It is over!" and left.',
    "(He lied.) |She knew.",
    "‘It is war.’ |“It is peace.” |Both said so.",
    "1. Sanctions failed.\n|2. War came.",
    '> "They did it."\n|Exactly this. |Why hide it?',
    "Great job, really. /s",
    "They lied. 🙄",
    "Sure. ... |Right.",
    "read example.com/a.b?c=d!e and v1.2.3 first",
    "FERGUSON, Mo. — Police said so.",
    "oil, gas, etc. and so on. |Done.",
]


@pytest.mark.parametrize("marked", CASES)
def test_split_when_people_write_then_borders_are_where_marked(marked):
    expected = [part.strip() for part in marked.split("|")]
    text = marked.replace("|", "")
    assert [text[start:end] for start, end in split_sentences(text)] == expected


def test_split_when_a_run_on_has_clauses_then_cuts_after_one():
    text = "they took the money and ran to the hills, " * 20
    pieces = [text[start:end] for start, end in split_sentences(text)]
    assert len(pieces) > 1
    assert all(piece.endswith(",") for piece in pieces)


@pytest.mark.parametrize("count", [MAX_WORDS, MAX_WORDS + 1, 10 * MAX_WORDS + 7])
def test_split_when_a_run_on_has_no_clause_then_keeps_every_piece_short(count):
    text = " ".join(["word"] * count)
    pieces = [text[start:end] for start, end in split_sentences(text)]
    assert all(len(piece.split()) <= MAX_WORDS for piece in pieces)
    assert " ".join(pieces) == text


TYPED = st.text(st.sampled_from("aIU.?!… \n\"')1,;>/—-é🙄s"), max_size=120) | st.text(max_size=80)


@given(TYPED)
def test_split_when_given_any_text_then_covers_every_visible_character_once(text):
    spans = split_sentences(text)
    covered = [index for start, end in spans for index in range(start, end)]
    assert covered == sorted(set(covered))
    assert all(text[index].isspace() for index in set(range(len(text))) - set(covered))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
