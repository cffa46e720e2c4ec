"""Escaped text shows as written and does nothing; checked by example, by rule, and by our own Discord tokenizer."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.escape import clip, flat, is_web_address, link, plain, visible
from bot.core.text import clean

HOSTILE = [
    "@everyone", "@here", "<@123456789012345678>", "<@!1>", "<@&5>", "<#77>", "</ban user:12>", "<t:1700000000:R>",
    "<:x:9>", "<a:x:9>", "<id:browse>", "https://evil.example/a_b?c=*d*", "<https://evil.example>", "http://a.b",
    "steam://run/1", "discord.gg/abc", "[click](https://evil.example)", "[a\nb](https://evil.example)", "# head",
    "-# small", "### head", "- item", "* item", "+ item", "1. item", "12) item", "> quote", ">>> all", "```py\nx\n```",
    "``x``", "||spoiler||", "**b** __u__ ~~s~~ *i* _i_", "\\", "\\\\*a*", "a\\", "x\u202eevil\u202c", "\u2066a\u2069",
    "a\u200b@\u200beveryone", "@\u200ceveryone", "line\n# head", "line\u2028# head", "line\r\n- item", ":smile:",
    "<@1\u200b2>", "\ud800", "\x00\x1b[31m", "¯\\_(ツ)_/¯", "",
]  # fmt: skip

texts = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from([*HOSTILE, " ", "a", "1", ".", "<", ">", "@", "[", "]", "(", ")"]), max_size=8).map(
        "".join
    ),
)

_ESCAPE_PAIR = re.compile(r"\\[^0-9A-Za-z\s]")
# What may start something in Discord once the escaped signs are taken out.
_ALIVE = re.compile(r"[\\*_~`|<>\[\]#]|@(?!\u200b)|://|^\s*[-+]\s|^\s*\d+[.)]\s|:\w+:|\w/\w")


def is_inert(markdown: str) -> bool:
    """Tell whether nothing is left in the text that Discord would act on or draw differently."""
    return "\n" not in markdown and not _ALIVE.search(_ESCAPE_PAIR.sub("\x01", markdown))


@pytest.mark.parametrize("text", HOSTILE)
def test_plain_for_hostile_text_is_inert_and_reads_the_same(text):
    assert is_inert(plain(text))
    assert visible(plain(text)) == flat(text)


@settings(deadline=None)
@given(texts)
def test_plain_for_any_text_is_inert_and_reads_the_same(text):
    assert is_inert(plain(text))
    assert visible(plain(text)) == flat(text)


@settings(deadline=None)
@given(texts.filter(lambda text: "www" not in text))
def test_plain_read_back_by_the_discord_tokenizer_gives_the_text_itself(text):
    """An independent reading: the tokenizer that strips markup from posts finds none to strip."""
    read = clean("x " + plain("x" + text)).text.replace("\u200b", "")
    assert " ".join(read.split()) == f"x {flat('x' + text)}"


@settings(deadline=None)
@given(texts)
def test_flat_for_any_text_leaves_one_line_that_can_be_encoded_and_stays_as_it_is(text):
    once = flat(text)
    once.encode("utf-8")
    assert "\n" not in once
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", once)
    assert flat(once) == once


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://un.org/a", True),
        ("http://un.org", True),
        ("javascript:alert(1)", False),
        ("ftp://un.org/a", False),
        ("https://", False),
        ("https://un.org/a b", False),
        ("https://un.org/\u202eb", False),
        ("https://[", False),
        (f"https://un.org/{'a' * 1000}", False),
        ("", False),
    ],
)
def test_is_web_address_accepts_only_plain_http_addresses(url, expected):
    assert is_web_address(url) is expected


@pytest.mark.parametrize(
    ("label", "url", "expected"),
    [
        ("UN", "https://un.org/r_(1)", "[UN](https://un.org/r_%281%29)"),
        ("a](https://evil.example) [b", "https://un.org", "[a)(https\\:\\/\\/evil.example) (b](https://un.org)"),
        ("UN", "https://un.org/a)[x](https://evil.example", "[UN](https://un.org/a%29%5Bx%5D%28https://evil.example)"),
        ("UN", None, "UN"),
        ("*UN*", "javascript:alert(1)", "\\*UN\\*"),
    ],
)
def test_link_when_label_or_address_is_hostile_keeps_one_link_to_the_address(label, url, expected):
    assert link(label, url) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("one two three four", 12, "one two…"),
        ("x" * 30, 10, "x" * 9 + "…"),
        ("one, two", 6, "one…"),
        ("  many   spaces \n here ", 40, "many spaces here"),
        ("", 5, ""),
    ],
)
def test_clip_when_too_long_cuts_at_a_word(text, limit, expected):
    assert clip(text, limit) == expected


@settings(deadline=None)
@given(texts, st.integers(min_value=2, max_value=60))
def test_clip_for_any_text_keeps_the_limit(text, limit):
    assert len(clip(text, limit)) <= limit
