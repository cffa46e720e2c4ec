"""One line of a moderator's own in a reply: added above the sources, never in place of what the record says."""

from __future__ import annotations

from dataclasses import replace

from bot.core.compose import length
from bot.core.domain import Reply, ReplySection
from bot.core.errors import BadInput
from bot.core.escape import flat, plain

LINE_LIMIT = 300
_MARK = "**From the moderators:** "
_SOURCES = "Sources"
_ROOM = 3_990  # of Discord's 4,000 characters; the marks that drawing adds are counted in ``length``


def with_line(reply: Reply, words: str) -> Reply:
    """Return the reply with a moderator's words, shown as written. Raises BadInput where there is no room for them."""
    if not flat(words):
        raise BadInput("Please write a line, or press Post to send the reply as it is.")
    if len(words) > LINE_LIMIT:
        raise BadInput(f"A line has at most {LINE_LIMIT} characters; please shorten yours.")
    longer = _insert(reply, ReplySection("", (_MARK + plain(words),)))
    over = length(longer) - _ROOM
    if over > 0:
        raise BadInput(f"This reply is nearly full; please shorten your line by about {over} characters.")
    return longer


def carry_line(earlier: Reply, reply: Reply) -> Reply:
    """Return the reply with the line that an earlier wording of it had, unless there is no room any more."""
    for section in earlier.sections:
        if section.lines and section.lines[0].startswith(_MARK):
            longer = _insert(reply, section)
            return longer if length(longer) <= _ROOM else reply
    return reply


def _insert(reply: Reply, line: ReplySection) -> Reply:
    """Put a section before the sources; first of all where several claims have their sources each."""
    headings = [section.heading for section in reply.sections]
    at = headings.index(_SOURCES) if _SOURCES in headings else 0
    return replace(reply, sections=(*reply.sections[:at], line, *reply.sections[at:]))
