"""Passages and windows: nothing of a long post is lost, and offsets point into the post as written."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.text import clean
from models.windows import MOST_PASSAGES, PASSAGE_WORDS, cut

SENTENCES = st.lists(
    st.sampled_from(["One two three.", "> quoted words here\n", "**Bold** move, they say!", "Why?\n\n", "word " * 90]),
    max_size=25,
).map(" ".join)


def words(text: str) -> int:
    return len(text.split())


def test_cut_short_post_is_one_window_with_all_its_words() -> None:
    post = clean("**Nobody** voted. It was a coup!\n> says who\nSays me.")
    passages = cut(post)
    assert [window.text for window in passages.windows] == [post.text]
    assert [sentence.text for sentence in passages.sentences] == [s.text for s in post.sentences]
    assert not passages.windows[0].is_quoted


@pytest.mark.parametrize("raw", ["", "   \n", "```code only```"])
def test_cut_post_without_words_has_no_window(raw: str) -> None:
    assert cut(clean(raw)).windows == ()


def test_cut_long_post_overlaps_by_one_passage() -> None:
    raw = " ".join(f"Sentence number {i} has seven plain words." for i in range(20))
    windows = cut(clean(raw), window_words=30).windows
    assert len(windows) > 5
    assert all(after.first == before.stop - 1 for before, after in pairwise(windows))
    assert all(words(window.text) <= 30 for window in windows)


def test_cut_run_on_sentence_keeps_its_middle() -> None:
    """Three hundred words without a full stop are one sentence, and the claim may stand in the middle."""
    raw = " ".join(["filler"] * 150 + ["NEEDLE"] + ["filler"] * 150)
    passages = cut(clean(raw))
    holding = [piece for piece in passages.sentences if "NEEDLE" in piece.text]
    assert len(holding) == 1
    assert raw[holding[0].start : holding[0].end].split() == holding[0].text.split()
    assert words(holding[0].text) <= PASSAGE_WORDS
    assert any("NEEDLE" in window.text for window in passages.windows)


def test_cut_thousand_tiny_sentences_are_run_together() -> None:
    """One vector each would let one post hold up the judge for seconds."""
    raw = " ".join(f"Number {i}!" for i in range(1000))
    passages = cut(clean(raw))
    assert 32 <= len(passages.sentences) <= MOST_PASSAGES
    assert " ".join(passage.text for passage in passages.sentences) == raw
    assert all(raw[passage.start : passage.end] == passage.text for passage in passages.sentences)


def test_cut_window_of_quotes_alone_is_marked() -> None:
    raw = "> " + "They blew up the dam that night. " * 12 + "\n" + "I do not believe a word of this story. " * 12
    windows = cut(clean(raw), window_words=40).windows
    assert windows[0].is_quoted
    assert windows[0].text.startswith("> ")
    assert not windows[-1].is_quoted


@given(SENTENCES, st.integers(5, 60))
def test_cut_any_post_covers_every_sentence_with_true_offsets(raw: str, limit: int) -> None:
    post = clean(raw)
    passages = cut(post, window_words=limit)
    covered = {i for window in passages.windows for i in range(window.first, window.stop)}
    assert covered == set(range(len(passages.sentences)))
    assert "".join("".join(s.text for s in passages.sentences).split()) == "".join(
        "".join(s.text for s in post.sentences).split()
    )
    for piece in passages.sentences:
        assert 0 <= piece.start < piece.end <= len(raw)
        assert raw[piece.start : piece.end].replace("*", "").split() == piece.text.replace("*", "").split()
    for window in passages.windows:
        held = passages.sentences[window.first : window.stop]
        assert (window.start, window.end) == (held[0].start, held[-1].end)
        assert all(piece.text in window.text for piece in held)
