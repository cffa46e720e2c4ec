"""Makes untrusted text safe inside Discord Markdown: it shows as written, on one line, and does nothing.

Goes further than discord.py's ``escape_markdown``, which leaves bare links, channel and command mentions, timestamps,
numbered lists and masked links alive.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

# After a backslash Discord shows any ASCII sign as itself. These are the signs that start something.
_SPECIAL = re.compile(r"[\\*_~`|<>\[\]#]")
# "https://", "</cmd:1>", ":smile:": a colon with something right behind it, and every slash (discord.gg/... is a link).
_JOINING = re.compile(r":(?=\S)|/")
_LINE_START = re.compile(r"^(?:[-+=]|(?=\d+[.)])\d+)")
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")

_AFTER_AT = "\u200b"
"""Zero-width space: ``@`` followed by it mentions nobody, whoever parses the message."""


def flat(text: str) -> str:
    """Return the text on one line without control, direction, invisible or unassigned characters."""
    spaced = " ".join(text.split())
    if spaced.isprintable():
        return spaced
    # What is left and not printable is of Unicode's categories "other": controls, formats, surrogates, private use.
    return " ".join("".join(filter(str.isprintable, spaced)).split())


def plain(text: str) -> str:
    """Return the text so that Discord shows it literally: no mention, link, heading, list, code or emoji.

    ``plain("@everyone [x](https://a.b)")`` reads the same to a person and does nothing.
    """
    escaped = _JOINING.sub(r"\\\g<0>", _SPECIAL.sub(r"\\\g<0>", flat(text)))
    return _LINE_START.sub(_escape_line_start, escaped).replace("@", "@" + _AFTER_AT)


def _escape_line_start(match: re.Match[str]) -> str:
    start = match.group()
    return start + "\\" if start[0].isdigit() else "\\" + start


def visible(markdown: str) -> str:
    """Return what a reader sees of text that ``plain`` escaped: the inverse of ``plain`` for flat text."""
    return _ESCAPED.sub(r"\1", markdown).replace(_AFTER_AT, "")


def link(label: str, url: str | None) -> str:
    """Return a masked link, or the plain label where the address is missing or not a web address."""
    if url is None or not is_web_address(url):
        return plain(label)
    round_label = label.replace("[", "(").replace("]", ")")
    return f"[{plain(round_label)}]({quote(url, safe=_URL_SAFE)})"


# Everything a URL may hold except brackets, parentheses and angle brackets, which would end the link early.
_LONGEST_URL = 500
_URL_SAFE = "/:?#@!$&'*+,;=%-._~"


def is_web_address(url: str) -> bool:
    """Tell whether a source's address is an http or https URL with a host, not overlong, nothing hidden in it."""
    if flat(url) != url or " " in url or len(url) > _LONGEST_URL:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def host(url: str | None) -> str:
    """Return the host that a source's link leads to, without its www; nothing where there is no link."""
    return (urlsplit(url).hostname or "").removeprefix("www.") if url and is_web_address(url) else ""


def clip(text: str, limit: int) -> str:
    """Return flat text of at most ``limit`` characters, cut at a word with an ellipsis where it was longer."""
    whole = flat(text)
    if len(whole) <= limit:
        return whole
    head = whole[: limit - 1]
    at_word = head.rsplit(" ", 1)[0] if " " in head[limit // 2 :] else head
    return at_word.rstrip(" ,;:-") + "…"
