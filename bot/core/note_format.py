"""The note file: TOML front matter between ``+++`` lines, then three fixed Markdown sections.

Reads and writes the form, and refuses a text that cannot be read as a note. Whether the note is a good one
(enough sources, fair wording, sane dates) is ``note_lint``'s business; reading folders is ``notes``'s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.domain import Note, NoteState, Point, Status
from bot.core.note_front import (
    OPTIONAL_KEYS,
    REQUIRED_KEYS,
    SOURCE_OPTIONAL_KEYS,
    SOURCE_REQUIRED_KEYS,
    NoteFault,
    Table,
    Where,
    load_toml,
    plain,
    quoted,
    read_claim,
    read_sources,
)

DOCUMENTED = "Documented"
DISPUTED = "Not established or disputed"
WOULD_CHANGE = "What would change this"
SECTIONS = (DOCUMENTED, DISPUTED, WOULD_CHANGE)

FENCE = "+++"
_PLACES = {DOCUMENTED: "documented", DISPUTED: "disputed", WOULD_CHANGE: "would_change"}
_MARKS_AT_END = re.compile(r"(?: ?\[[0-9]{1,3}\])+$")
_MARK = re.compile(r"\[([0-9]{1,3})\]")


@dataclass(frozen=True, slots=True)
class ReadNote:
    """A note with the line of each of its parts: ``{"claim": 3, "sources.1": 20, "documented.2": 41}``."""

    note: Note
    lines: Mapping[str, int]


def parse_note(text: str, path: str = "") -> Note:
    """Read one note.

    Raises:
        NoteInvalid: with path and line, saying what to mend.
    """
    return read_note(text, path).note


def read_note(text: str, path: str = "") -> ReadNote:
    """Read one note and remember on which line each part stands, for messages.

    Raises:
        NoteFault: with the rule's name, path and line.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    end = _closing_fence(lines, path)
    where = Where(path, _line_map(lines, end))
    front = Table(load_toml(lines[1:end], path), where)
    front.refuse_unknown(REQUIRED_KEYS + OPTIONAL_KEYS)
    sources = read_sources(front, where)
    body = _read_body(lines, end, where)
    note = Note(
        claim=read_claim(front),
        status=front.choice("status", Status),
        documented=_read_points(DOCUMENTED, body, len(sources), where),
        disputed=_read_points(DISPUTED, body, len(sources), where),
        would_change=plain(" ".join(body[WOULD_CHANGE]), "would_change", where),
        sources=sources,
        tags=front.texts("tags"),
        flatters=front.texts("flatters"),
        reviewed_on=front.day("reviewed_on"),
        review_due=front.day("review_due"),
        state=front.choice("state", NoteState) if "state" in front.values else NoteState.ACTIVE,
        neighbours=front.ids("neighbours"),
        opposed=front.ids("opposed"),
    )
    return ReadNote(note, where.lines)


def render_note(note: Note) -> str:
    """Write a note in its canonical form; reading it back gives the same note.

    Raises:
        NoteInvalid: where the note holds a text that the form cannot carry (a line break, a mark inside a fact).
    """
    text = "\n".join([FENCE, *_front_lines(note), FENCE, "", *_body_lines(note), ""])
    if parse_note(text, f"{note.id}.md") != note:
        raise NoteFault(
            "not-writable",
            f"The note {note.id} holds spacing or marks that its file form would change.",
            "Write each text on one line, without source marks inside it.",
            path=f"{note.id}.md",
        )
    return text


def _closing_fence(lines: list[str], path: str) -> int:
    """The index of the second ``+++`` line."""
    mend = f"Put the front matter between two lines that hold {FENCE} alone, at the top of the file."
    if lines[0].rstrip() != FENCE:
        raise NoteFault("front-matter", "The file does not start with its front matter.", mend, path=path, line=1)
    for index, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            return index
    raise NoteFault("front-matter", "The front matter is not closed.", mend, path=path, line=1)


def _line_map(lines: list[str], end: int) -> dict[str, int]:
    """The 1-based line of each front-matter key and of each ``[[sources]]``; later lines join as they are read."""
    found: dict[str, int] = {}
    sources = 0
    for number, line in enumerate(lines[1:end], start=2):
        if line.strip() == "[[sources]]":
            sources += 1
            found[f"sources.{sources}"] = number
            found.setdefault("sources", number)
        elif not sources and (key := re.match(r"(\w+)\s*=", line)):
            found.setdefault(key[1], number)
    return found


def _read_body(lines: list[str], end: int, where: Where) -> dict[str, list[str]]:
    """The texts of each section: one a bullet, or one a line under "What would change this"."""
    body: dict[str, list[str]] = {}
    heading = ""
    for number, line in enumerate(lines[end + 1 :], start=end + 2):
        if line.startswith("#"):
            heading = _open_section(line, number, body, where)
        elif line.strip():
            _add_line(line, number, heading, body, where)
    for section in SECTIONS:
        if section not in body:
            where.refuse("section-missing", section, f'The section "{section}" is missing.', f"Add ## {section}.")
        if not body[section]:
            where.refuse("section-empty", _PLACES[section], f'The section "{section}" is empty.', "Write its text.")
    return body


def _open_section(line: str, number: int, body: dict[str, list[str]], where: Where) -> str:
    heading = line.lstrip("#").strip()
    where.lines["body"] = number
    if heading not in SECTIONS or not line.startswith("## "):
        mend = f"The headings are {', '.join(f'## {section}' for section in SECTIONS)}."
        where.refuse("section-unknown", "body", f'"{quoted(line.strip())}" is no heading of a note.', mend)
    if heading in body:
        where.refuse("section-twice", "body", f'The section "{heading}" stands twice.', "Keep one of them.")
    where.lines[_PLACES[heading]] = number
    body[heading] = []
    return heading


def _add_line(line: str, number: int, heading: str, body: dict[str, list[str]], where: Where) -> None:
    """Add a bullet, or join an indented line to the bullet above it."""
    where.lines["body"] = number
    is_bullet = line.startswith(("- ", "* "))
    is_joined = line.startswith(" ") and bool(body.get(heading))
    fits = not is_bullet if heading == WOULD_CHANGE else bool(heading) and (is_bullet or is_joined)
    if not fits:
        mend = "Write facts and disputed points as bullets (- ...), and what would change this as one plain sentence."
        where.refuse("stray-text", "body", "This line belongs to no part of a note.", mend)
    if is_bullet:
        body[heading].append(line[2:].strip())
        where.lines[f"{_PLACES[heading]}.{len(body[heading])}"] = number
    elif heading == WOULD_CHANGE:
        body[heading].append(line.strip())
    else:
        body[heading][-1] += " " + line.strip()


def _read_points(section: str, body: dict[str, list[str]], sources: int, where: Where) -> tuple[Point, ...]:
    place = _PLACES[section]
    return tuple(_read_point(text, sources, f"{place}.{number}", where) for number, text in enumerate(body[section], 1))


def _read_point(text: str, sources: int, place: str, where: Where) -> Point:
    text = plain(text, place, where)
    ending = _MARKS_AT_END.search(text)
    words = plain(text[: ending.start()] if ending else text, place, where)
    marks = tuple(dict.fromkeys(int(mark) for mark in _MARK.findall(ending[0]))) if ending else ()
    if _MARK.search(words):
        mend = "Put all its marks at the end of the bullet, after the full stop: ... . [1][3]"
        where.refuse("mark-inside", place, "A source mark stands inside the text.", mend)
    missing = [mark for mark in marks if not 1 <= mark <= sources]
    if missing:
        mend = f"Use the numbers 1 to {sources}, in the order of the [[sources]] blocks."
        where.refuse("source-mark", place, f"There is no source [{missing[0]}].", mend)
    return Point(words, marks)


def _front_lines(note: Note) -> list[str]:
    lines = [
        f"id = {_quote(note.id)}",
        f"claim = {_quote(note.claim.text)}",
        f"status = {_quote(note.status)}",
        f"state = {_quote(note.state)}",
        f"reviewed_on = {note.reviewed_on.isoformat()}",
        f"review_due = {note.review_due.isoformat()}",
        f"tags = [{', '.join(map(_quote, note.tags))}]",
        f"flatters = [{', '.join(map(_quote, note.flatters))}]",
    ]
    for key, ids in (("neighbours", note.neighbours), ("opposed", note.opposed)):
        lines += [f"{key} = [{', '.join(map(_quote, ids))}]"] if ids else []
    for key, texts in (("paraphrases", note.claim.paraphrases), ("look_alikes", note.claim.look_alikes)):
        lines += [f"{key} = [", *(f"  {_quote(text)}," for text in texts), "]"]
    for source in note.sources:
        lines += ["", "[[sources]]"]
        pairs = ((key, getattr(source, key)) for key in SOURCE_REQUIRED_KEYS + SOURCE_OPTIONAL_KEYS)
        lines += [f"{key} = {_quote(value)}" for key, value in pairs if value is not None]
    return lines if note.sources else [*lines, "sources = []"]


def _body_lines(note: Note) -> list[str]:
    lines: list[str] = []
    for section, points in ((DOCUMENTED, note.documented), (DISPUTED, note.disputed)):
        bullets = [f"- {point.text} {''.join(f'[{mark}]' for mark in point.sources)}".rstrip() for point in points]
        lines += [f"## {section}", "", *bullets, ""]
    return [*lines, f"## {WOULD_CHANGE}", "", note.would_change]


def _quote(text: str) -> str:
    """A TOML basic string: JSON's escapes are a subset of TOML's, letters beyond ASCII stay readable."""
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")
