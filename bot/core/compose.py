"""Words what members read: the context message, the full note, "Why this?", and the candidates for a question.

Speaks about claims, never about persons. Draws nothing: the cogs turn a ``Reply`` into components. Everything that
comes from a post or a note is escaped here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.domain import Claim, Note, Point, Reply, ReplySection, Source, Status
from bot.core.escape import clip, flat, host, link, plain, visible
from bot.core.ports import SentReply
from bot.core.sentences import split_sentences

MAX_CHARACTERS = 3_800
"""Discord allows 4,000 in one message of components; the rest is left for headings and buttons' marks."""

LEAD_CHARACTERS = 160
_HEADING_OVERHEAD = 6  # "### " and line breaks that drawing a section adds
_LONGEST_SENTENCE = 600
_SENTENCE_MARKS = frozenset(".!?…。！？")

STATUS_SENTENCES: dict[Status, str] = {
    Status.UNSUPPORTED: "The public record does not support this.",
    Status.CONTESTED: "Credible sources disagree about this.",
    Status.PARTLY_SUPPORTED: "Part of this is documented, part is not.",
}

UNDER_REVIEW = "Under review: this note's review date has passed"

NOT_IN_USE = "The note on this claim is no longer in use."

NO_WORDS = "About this post"

BOT_LINE = "Footnote is a bot; moderators curate these notes."


@dataclass(frozen=True, slots=True)
class _Detail:
    """How much of a note to say: sentences a point, points a side, and whether sources carry their titles."""

    sentences: int
    points: int
    has_titles: bool


# Tried in order until the message fits. Both sides are always cut by the same numbers.
_DETAILS = (
    _Detail(sentences=9, points=9, has_titles=True),
    _Detail(sentences=2, points=4, has_titles=True),
    _Detail(sentences=1, points=4, has_titles=True),
    _Detail(sentences=1, points=3, has_titles=False),
    _Detail(sentences=1, points=2, has_titles=False),
    _Detail(sentences=1, points=1, has_titles=False),
    _Detail(sentences=1, points=0, has_titles=False),
)


@dataclass(frozen=True, slots=True)
class Told:
    """One claim of a message with its note, None where it was retired, and a last line on what changed, if anything."""

    claim: Claim
    note: Note | None
    change: str = ""


def compose_reply(post_id: int, matched: Sequence[tuple[Note, str]], *, is_overdue: bool = False) -> Reply:
    """Return the context message for one or more notes, each with the words of the post that it is about.

    At most MAX_CHARACTERS; longer notes are shortened by whole sentences and keep their sources. ``is_overdue`` says
    in the footer that a note's review date has passed.
    """
    told = [Told(note.claim, note) for note, _ in matched]
    return fitted(post_id, told, _lead([words for _, words in matched]), is_overdue=is_overdue)


def full_note(note: Note, *, seed: int = 0) -> Reply:
    """Return the whole note, for the member who asks for it; ``seed`` orders the sides as in the reply before."""
    return fitted(seed, [Told(note.claim, note)], "Full note")


def fitted(seed: int, told: Sequence[Told], lead: str, *, is_overdue: bool = False) -> Reply:
    """Return claims and their notes as one message of at most MAX_CHARACTERS, in as much detail as fits."""
    claim_ids = tuple(one.claim.id for one in told)
    for detail in _DETAILS:
        footer = _footer(told, is_shortened=detail is not _DETAILS[0], is_overdue=is_overdue)
        reply = Reply(seed, claim_ids, lead or NO_WORDS, _all_sections(seed, told, detail), footer)
        if length(reply) <= MAX_CHARACTERS:
            return reply
    return _cut(reply)


def _footer(told: Sequence[Told], *, is_shortened: bool, is_overdue: bool) -> str:
    reviewed = min((one.note.reviewed_on for one in told if one.note is not None), default=None)
    parts = [UNDER_REVIEW] if is_overdue else []
    if reviewed:
        parts.append(f"Last reviewed {reviewed.isoformat()}")
    if is_shortened:
        parts.append("Shortened: press Full note for the rest.")
    return " · ".join([*parts, BOT_LINE])


def _lead(matched: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(flat(words) for words in matched if flat(words)))
    quotes = [f"“{plain(clip(words, LEAD_CHARACTERS // len(distinct)))}”" for words in distinct]
    return f"About: {' and '.join(quotes)}" if quotes else NO_WORDS


def _all_sections(seed: int, told: Sequence[Told], detail: _Detail) -> tuple[ReplySection, ...]:
    if len(told) == 1:
        return _sections(seed, told[0], detail)
    # One section a claim: three claims of five sections each would pass Discord's limit of 40 components.
    return tuple(
        ReplySection(f"Claim {number} of {len(told)}", _merged(_sections(seed, one, detail)))
        for number, one in enumerate(told, start=1)
    )


def _merged(sections: Sequence[ReplySection]) -> tuple[str, ...]:
    first, *rest = sections
    lines = list(first.lines)
    for section in rest:
        lines += [*([f"**{section.heading}**"] if section.heading else []), *section.lines]
    return tuple(lines)


def _sections(seed: int, told: Told, detail: _Detail) -> tuple[ReplySection, ...]:
    sections = [
        ReplySection("The claim", (f"“{plain(clip(told.claim.text, 300))}”", _standing(told.note))),
        *(_note_sections(seed, told.note, detail) if told.note is not None else ()),
        ReplySection("", (told.change,) if told.change else ()),
    ]
    return tuple(section for section in sections if section.lines)


def _standing(note: Note | None) -> str:
    return STATUS_SENTENCES[note.status] if note is not None else NOT_IN_USE


def _note_sections(seed: int, note: Note, detail: _Detail) -> tuple[ReplySection, ...]:
    return (
        ReplySection("What is documented", _points(note.documented, detail)),
        ReplySection("What is not established", _points(_shuffled(seed, note.disputed), detail)),
        ReplySection("What would change this", _sentences(note.would_change, detail)),
        ReplySection("Sources", _sources(note.sources, detail)),
    )


def _shuffled(seed: int, points: Sequence[Point]) -> list[Point]:
    """Return the points in an order that the post's id alone decides, so that no side always leads."""
    return sorted(points, key=lambda point: hashlib.sha256(f"{seed}:{point.text}".encode("utf-8", "replace")).digest())


def _points(points: Sequence[Point], detail: _Detail) -> tuple[str, ...]:
    lines: list[str] = []
    for point in points[: detail.points]:
        cited = f" ({', '.join(str(number) for number in point.sources)})" if point.sources else ""
        lines += [f"- {sentence}{cited}" for sentence in _sentences(point.text, detail)]
    return tuple(lines)


def _sentences(text: str, detail: _Detail) -> tuple[str, ...]:
    """Return the first sentences as one line; () when nothing whole is short enough to show."""
    longest = _LONGEST_SENTENCE * detail.sentences
    kept = first_sentences(flat(text)[: longest + 1], detail.sentences)
    if not kept or len(kept) > longest:
        return ()
    return (plain(kept),)


def first_sentences(text: str, count: int) -> str:
    """Return the first ``count`` sentences of one line of text, each whole."""
    start, found = 0, 0
    for _, end in split_sentences(text):  # a run-on sentence comes in pieces; only a full stop ends one
        if text[:end].rstrip("\"'”’»)]")[-1:] in _SENTENCE_MARKS:
            start, found = end, found + 1
        if found == count:
            return text[:start]
    return text


def _sources(sources: Sequence[Source], detail: _Detail) -> tuple[str, ...]:
    return tuple(f"({number}) {_source(source, detail)}" for number, source in enumerate(sources, start=1))


def _source(source: Source, detail: _Detail) -> str:
    title = f": {plain(clip(source.title, 120))}" if detail.has_titles and flat(source.title) else ""
    date = f", {plain(clip(source.date, 20))}" if source.date else ""
    whose = "; ".join(part for part in (clip(source.outlook, 60), clip(host(source.url), 60)) if part)
    return f"{link(clip(source.publisher, 60), source.url)}{title}{date} ({plain(whose)})"


def length(reply: Reply) -> int:
    """Return how many characters a reply takes of Discord's limit once drawn."""
    return len(reply.lead) + len(reply.footer) + sum(_section_length(section) for section in reply.sections)


def _section_length(section: ReplySection) -> int:
    return len(section.heading) + _HEADING_OVERHEAD + sum(len(line) + 1 for line in section.lines)


def _cut(reply: Reply) -> Reply:
    """Return the reply without the lines that pass the limit: the last resort for a note no lint ever saw."""
    room = MAX_CHARACTERS - len(reply.lead) - len(reply.footer)
    sections: list[ReplySection] = []
    for left, section in zip(range(len(reply.sections), 0, -1), reply.sections, strict=True):
        lines = _lines_within(section, room // left)  # what one section leaves free, the next ones share
        sections.append(replace(section, lines=lines))
        room -= _section_length(sections[-1])
    return replace(reply, sections=tuple(section for section in sections if section.lines))


def _lines_within(section: ReplySection, room: int) -> tuple[str, ...]:
    kept = section
    while kept.lines and (_section_length(kept) > room or kept.lines[-1].startswith("**")):
        kept = replace(kept, lines=kept.lines[:-1])  # a sub-heading that lost its lines goes with them
    return kept.lines


def why(sent: SentReply, notes: Mapping[str, Note]) -> Reply:
    """Return the answer to "Why this?": the words, the claim, what the numbers mean, what to do about a mistake."""
    by_claim = {finding.claim_id: finding for finding in sent.findings}
    sections = [
        ReplySection("What matched", _matched_lines(sent.reply, notes)),
        ReplySection(
            "What the numbers mean",
            tuple(_score_line(by_claim[claim].p_asserts) for claim in sent.reply.claim_ids if claim in by_claim)
            + ((_threshold_line(sent.thresholds.review, sent.thresholds.reply),) if sent.thresholds else ()),
        ),
        ReplySection(
            "If this is wrong",
            (
                "Press Contest under the reply and say what is wrong: the moderators read it, are not told by whom, "
                "and keep the reply or withdraw it.",
                "A moderator can delete the reply like any message; the bot does not post it again.",
                "If you want no replies from this bot here, use the command /privacy opt-out.",
            ),
        ),
    ]
    kept = tuple(section for section in sections if section.lines)
    return Reply(sent.post.post_id, sent.reply.claim_ids, "Why this note?", kept, BOT_LINE)


def _matched_lines(reply: Reply, notes: Mapping[str, Note]) -> tuple[str, ...]:
    claims = [notes[claim].claim.text for claim in reply.claim_ids if claim in notes]
    lead = (reply.lead,) if reply.lead else ()  # empty once the stored words were erased
    return (*lead, *(f"Claim: “{plain(clip(claim, 300))}”" for claim in claims))


def _score_line(p_asserts: float) -> str:
    hundred = round(p_asserts * 100)
    return f"{p_asserts:.2f} means: of 100 posts that score like this, about {hundred} assert the claim."


def _threshold_line(review: float, reply: float) -> str:
    return f"Here the bot answers by itself from {reply:.2f} on and asks a moderator from {review:.2f} on."


def candidates(notes: Sequence[Note]) -> Reply:
    """Return the notes nearest to a member's question, three at most, for them to choose from."""
    shown = notes[:3]
    if not shown:
        return Reply(
            0, (), "There is no note about this yet. The question was passed on to the moderators.", (), BOT_LINE
        )
    lines = tuple(
        f"{number}\\. “{plain(clip(note.claim.text, 200))}” {STATUS_SENTENCES[note.status]}"
        for number, note in enumerate(shown, start=1)
    )
    return Reply(
        0, tuple(note.id for note in shown), "Notes that may help:", (ReplySection("Choose one", lines),), BOT_LINE
    )


_MASKED_LINK = re.compile(r"\[([^\]]*)\]\((https?://[^)]*)\)")


def as_text(reply: Reply) -> str:
    """Return the reply as a reader sees it, for terminals: no escapes, links written out."""
    blocks = [reply.lead]
    for section in reply.sections:
        blocks.append("\n".join([*([section.heading] if section.heading else []), *section.lines]))
    blocks.append(reply.footer)
    written_out = _MASKED_LINK.sub(r"\1 <\2>", "\n\n".join(blocks)).replace("**", "")
    return visible(written_out)
