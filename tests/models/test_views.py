"""The readings of a post: what is searched with, and what the judge is shown."""

import pytest

from bot.core.text import clean
from models.disguises import Vocabulary
from models.stance import PARENT_CHARACTERS, pair_text
from models.views import AssessRequest, View, views

CLAIM = "The US created Daesh."


def read(raw: str, title: str | None = None, parent: str | None = None) -> list[View]:
    return list(views(3, AssessRequest(clean(raw), title, parent), Vocabulary([CLAIM])))


def test_views_plain_post_is_read_once_by_sentence_and_as_a_whole() -> None:
    (view,) = read("It rained. **They** did it.")
    assert view.request == 3
    assert view.texts == ("It rained.", "They did it.", "It rained. They did it.")
    assert view.sides == ("It rained. They did it.",)


def test_views_title_and_parent_are_searched_with_and_shown() -> None:
    """A short answer says what it says only together with what it answers."""
    (view,) = read("Exactly.", "Daesh", f"{CLAIM} {'x' * 300}")
    opening = f"{CLAIM} {'x' * 300}"[:PARENT_CHARACTERS]
    assert view.texts == ("Exactly.", "Exactly.", "Daesh", opening)
    assert view.sides == (f"Daesh. Exactly. [in reply to: {opening}]",)


@pytest.mark.parametrize("blank", [None, "", " \n "])
def test_views_blank_title_and_parent_are_not_searched_with(blank: str | None) -> None:
    (view,) = read("They did it.", blank, blank)
    assert view.texts == ("They did it.", "They did it.")
    assert view.sides == ("They did it.",)


def test_views_disguised_post_is_read_folded_as_well() -> None:
    written, folded = read("Ｔｈｅ ＵＳ ｃｒｅａｔｅｄ Daesh.", "Who made them?")
    assert written.sides == ("Who made them? Ｔｈｅ ＵＳ ｃｒｅａｔｅｄ Daesh.",)
    assert folded.sides == (f"Who made them? {CLAIM}",)
    assert folded.texts == (CLAIM, CLAIM, "Who made them?")
    assert folded.passages == written.passages


def test_views_word_of_a_claim_in_figures_or_backwards_is_read_straight() -> None:
    for raw in ("The US created D43sh.", "The US created hseaD."):
        assert [view.sides[0] for view in read(raw)] == [raw, CLAIM]


def test_views_without_vocabulary_disguises_stay() -> None:
    assert len(list(views(0, AssessRequest(clean("Ｔｈｅ ＵＳ ｃｒｅａｔｅｄ Daesh."))))) == 1


def test_views_typographic_quotes_are_no_disguise() -> None:
    assert len(read("“The US created Daesh” – that’s what I say too…")) == 1


def test_views_quoted_lines_reach_the_judge_with_their_mark() -> None:
    """Without the quote an endorsement says nothing; without its mark it would read as the poster's own words."""
    (view,) = read(f"> {CLAIM}\nCouldn't have worded it better.")
    assert view.sides == (f"> {CLAIM}\nCouldn't have worded it better.",)
    assert f"> {CLAIM}" in view.texts


def test_views_long_post_has_a_side_a_window() -> None:
    (view,) = read("The conference went on for days and nobody agreed on the agenda. " * 25, "Geneva")
    windows = view.passages.windows
    assert len(view.sides) == len(windows) > 2
    assert view.sides == tuple(pair_text(window.text, "Geneva") for window in windows)


@pytest.mark.parametrize("raw", ["", " \n ", "```The US created Daesh```"])
def test_views_post_without_words_has_none(raw: str) -> None:
    assert read(raw, "A title", CLAIM) == []


def test_views_lone_surrogate_is_replaced_for_the_judge() -> None:
    (view, *_) = read("They \ud800 did it.", parent="\udc00 who?")
    assert view.sides == ("They ? did it. [in reply to: ? who?]",)
