"""A moderator's line in a reply: above the sources, shown as written, and only where there is room."""

from __future__ import annotations

import pytest

from bot.core.compose import as_text, length
from bot.core.domain import Reply, ReplySection
from bot.core.errors import BadInput
from bot.core.moderator_line import LINE_LIMIT, carry_line, with_line

REPLY = Reply(
    1, ("c1",), "About", (ReplySection("The claim", ("“X”",)), ReplySection("Sources", ("(1) A", "(2) B"))), "Footer"
)


def test_with_line_when_there_are_sources_then_stands_right_above_them():
    text = as_text(with_line(REPLY, "Please read rule 3."))
    assert text.index("“X”") < text.index("From the moderators: Please read rule 3.") < text.index("Sources")


def test_with_line_when_there_are_several_claims_then_stands_first():
    several = Reply(1, ("c1", "c2"), "About", (ReplySection("Claim 1 of 2", ("a",)),), "Footer")
    assert "From the moderators" in with_line(several, "Hello").sections[0].lines[0]


def test_with_line_when_it_holds_markup_then_it_does_nothing():
    line = with_line(REPLY, "@everyone\n# [x](https://a.b)").sections[1].lines[0]
    assert "@everyone" not in line
    assert r"\[x\]" in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("words", "says"), [(" \n ", "Please write a line"), ("x" * (LINE_LIMIT + 1), "at most 300"), ("_" * 300, "nearly")]
)
def test_with_line_when_it_does_not_fit_then_one_sentence(words, says):
    full = Reply(1, ("c1",), "About", (ReplySection("", ("x" * 3_700,)),), "Footer")
    with pytest.raises(BadInput, match=says):
        with_line(full, words)


def test_with_line_when_the_reply_is_as_long_as_they_get_then_a_short_one_fits():
    full = Reply(1, ("c1",), "", (ReplySection("", ("x" * 3_793,)),), "")
    assert length(full) == 3_800
    assert length(with_line(full, "word " * 30)) < 4_000


def test_carry_line_then_a_new_wording_keeps_it_once():
    spoken = with_line(REPLY, "Rule 3.")
    assert carry_line(spoken, REPLY) == spoken
    assert carry_line(REPLY, REPLY) == REPLY
    full = Reply(1, ("c1",), "", (ReplySection("", ("x" * 3_980,)),), "")
    assert carry_line(spoken, full) == full
