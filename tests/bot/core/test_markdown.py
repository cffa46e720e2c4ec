"""What is left of a post when Discord's markup is gone, as Discord's client draws it."""

from __future__ import annotations

import pytest

from bot.core.markdown import strip_markup

EMPHASIS = [
    ("**bold** and *italic* and _italic_", "bold and italic and italic"),
    ("***both*** __under__ ~~struck~~", "both under struck"),
    ("Ta**li**ban Ta__li__ban Ta*li*ban Ta~~li~~ban", "Taliban Taliban Taliban Taliban"),
    ("||hid||den and Tal||iban||", "hidden and Taliban"),
    ("**bold *and italic* in it**", "bold and italic in it"),
    ("__**under and bold**__", "under and bold"),
    ("**over\ntwo lines**", "over\ntwo lines"),
    ("snake_case_name and another_one", "snake_case_name and another_one"),
    ("2*3 and 4*5 is 2**3", "2*3 and 4*5 is 2**3"),
    ("a * b * c", "a * b * c"),
    ("unclosed **bold stays", "unclosed **bold stays"),
    ("***** five stars", "***** five stars"),
    ("one ~ and | two", "one ~ and | two"),
    ("||||", "||||"),
    ("*see below and * here", "*see below and * here"),
]
LINES = [
    ("# Heading\n## Second\n### Third", "Heading\nSecond\nThird"),
    ("#hashtag and #### four", "#hashtag and #### four"),
    ("-# small print", "small print"),
    ("- one\n* two\n  - nested", "one\ntwo\nnested"),
    ("1. one\n2. two", "1. one\n2. two"),
    ("- # heading in a list", "# heading in a list"),
    ("-5 degrees", "-5 degrees"),
    ("a\r\nb", "a\nb"),
    ("a\n\n\n\n\nb", "a\n\nb"),
    ("  two   spaces  ", "two spaces"),
]
QUOTES = [
    ("> quoted\nmine", "> quoted\nmine"),
    (">>> all\nof it\n\nto the end", "> all\n> of it\n\n> to the end"),
    ("mine\n>>> theirs\n- point", "mine\n> theirs\n> point"),
    ("> # loud", "> loud"),
    ("> **a**\n> b", "> a\n> b"),
    (">no space", ">no space"),
    ("a > b", "a > b"),
    ("> \nmine", "mine"),
    ("> https://example.org\nmine", "mine"),
    (r"\> not a quote", "> not a quote"),
]
CODE = [
    ("before `code` after", "before after"),
    ("before ``a ` b`` after", "before after"),
    ("before ```py\nprint(1)\n``` after", "before after"),
    ("```\nall of it\n```", ""),
    ("`**not bold` here**", "here**"),
    ("unclosed ` tick and ``` fence", "unclosed ` tick and ``` fence"),
    (r"\`not code\`", "`not code`"),
    ("**bold `x` still**", "bold still"),
]
LINKS = [
    ("see [the report](https://example.org/a) now", "see the report now"),
    ("[**Ta**liban](https://example.org) won", "Taliban won"),
    ('[label](<https://example.org/a_(b)> "title")', "label"),
    ("[label](https://example.org/a_(b)) next", "label next"),
    ("[not a link](somewhere)", "[not a link](somewhere)"),
    ("[a [nested](https://example.org) bracket]", "[a nested bracket]"),
    ("[1] https://example.org/x_y_z?q=1&r=2, next", "[1] , next"),
    ("<https://example.org/a>", ""),
    ("www.example.org/a is down", "is down"),
    ("(https://example.org/a_(b))", "( )"),
    ("**https://example.org**", ""),
    ("||https://example.org|| gone", "gone"),
    ("HTTPS://EXAMPLE.ORG gone", "gone"),
]
MENTIONS = [
    ("<@123> and <@!123> say", "@user and @user say"),
    ("<@&9> in <#7>", "@role in #channel"),
    ("ok <:pepe:123456> <a:dance:99> fine", "ok fine"),
    ("since <t:1700000000:R> and <t:1700000000>", "since and"),
    ("try </context show:42>", "try"),
    ("<id:customize> here", "here"),
    ("@everyone look @here", "look"),
    ("mail me@here.org", "mail me@here.org"),
    ("1 < 2 and <b>html</b>", "1 < 2 and <b>html</b>"),
    ("<@notanid> <:x:>", "<@notanid> <:x:>"),
    ("🇺🇸 👩‍🚀 😀", "🇺🇸 👩‍🚀 😀"),
]
ESCAPES = [
    (r"\*not italic\*", "*not italic*"),
    (r"¯\\\_(ツ)\_/¯", r"¯\_(ツ)_/¯"),
    (r"C:\path\n stays", r"C:\path\n stays"),
    ("ends in \\", "ends in \\"),
    (r"\||not hidden|\|", "||not hidden||"),
]


@pytest.mark.parametrize(("raw", "text"), EMPHASIS + LINES + QUOTES + CODE + LINKS + MENTIONS + ESCAPES)
def test_strip_markup_when_marked_up_then_keeps_what_is_read(raw, text):
    assert strip_markup(raw).text == text


@pytest.mark.parametrize(
    ("raw", "place", "is_quoted"),
    [
        ("> a\nb", 2, True),
        ("> a\nb", 4, False),
        (">>> a\nb", 6, True),
        ("a\n> b", 0, False),
        ("a\n> b\nc\n> d", 6, False),
        ("a\n> b\nc\n> d", 10, True),
        (r"\> a", 1, False),
        ("", 0, False),
    ],
)
def test_is_quoted_at_when_asked_for_a_place_then_follows_the_quote_marks(raw, place, is_quoted):
    assert strip_markup(raw).is_quoted_at(place) is is_quoted


def test_places_when_markup_is_replaced_then_span_all_of_it():
    plain = strip_markup("hi <@123>!")
    assert plain.text == "hi @user!"
    assert {(start, end) for start, end in zip(plain.starts[3:8], plain.ends[3:8], strict=True)} == {(3, 9)}
    assert plain.starts[8] == 9
