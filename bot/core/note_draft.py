"""A note as the fields of a form, and back: what a curator types becomes a note, or one sentence on what to mend.

The form holds texts only, so that nothing typed is lost when it cannot be read. Fair wording is ``note_lint``'s.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

from bot.core.domain import Claim, Note, NoteState, Point, Source, Status
from bot.core.errors import BadInput
from bot.core.note_format import render_note
from bot.core.note_front import NoteFault, is_plain_url, quoted

REVIEW_EVERY = timedelta(days=182)
FIELD_LIMIT = 4_000  # Discord's limit for one field of a form
ID_LIMIT = 60
_MARKS = re.compile(r"(?:\s*\[[0-9]{1,3}\])+$")
_BULLET = re.compile(r"^\s*[-*•]\s+")
_BAR = re.compile(r"(?<!\\)\|")
_COMMA = re.compile(r"(?<!\\),|\n")
_SOURCE_DATE = re.compile(r"\d{4}(?:-\d{2}){0,2}")
_SMALL_WORD_LIST = "a an and are as at be been by for has have in is it of on or that the to was were with"
_SMALL_WORDS = frozenset(_SMALL_WORD_LIST.split())


@dataclass(frozen=True, slots=True)
class Form:
    """What a curator typed, field by field: lists have one item a line, a source is ``publisher | title | ...``."""

    claim: str = ""
    status: str = Status.UNSUPPORTED.value
    documented: str = ""
    disputed: str = ""
    would_change: str = ""
    sources: str = ""
    reviewed_on: str = ""
    review_due: str = ""
    tags: str = ""
    flatters: str = ""
    paraphrases: str = ""
    look_alikes: str = ""
    neighbours: str = ""
    opposed: str = ""


def blank_form(today: date, claim: str = "") -> Form:
    """Return the form of a new note: reviewed today, due in half a year."""
    return Form(claim=claim, reviewed_on=today.isoformat(), review_due=(today + REVIEW_EVERY).isoformat())


def to_form(note: Note) -> Form:
    """Return a note as a form; ``read_form`` gives the same note back."""
    return Form(
        claim=note.claim.text,
        status=note.status.value,
        documented=_point_lines(note.documented),
        disputed=_point_lines(note.disputed),
        would_change=note.would_change,
        sources="\n".join(map(_source_line, note.sources)),
        reviewed_on=note.reviewed_on.isoformat(),
        review_due=note.review_due.isoformat(),
        tags=_item_line(note.tags),
        flatters=_item_line(note.flatters),
        paraphrases="\n".join(note.claim.paraphrases),
        look_alikes="\n".join(note.claim.look_alikes),
        neighbours=_item_line(note.neighbours),
        opposed=_item_line(note.opposed),
    )


def read_form(form: Form, note_id: str, *, state: NoteState = NoteState.DRAFT) -> Note:
    """Return the note that a form holds.

    Raises:
        BadInput: with the field and what to mend; the form is as it was.
    """
    sources = tuple(_read_source(line, number) for number, line in enumerate(_bullets(form.sources), start=1))
    note = Note(
        claim=Claim(note_id, _flat(form.claim), tuple(_lines(form.paraphrases)), tuple(_lines(form.look_alikes))),
        status=_read_status(form.status),
        documented=_read_points(form.documented, "Documented", len(sources)),
        disputed=_read_points(form.disputed, "Not established or disputed", len(sources)),
        would_change=_flat(form.would_change),
        sources=sources,
        tags=_items(form.tags),
        flatters=_items(form.flatters),
        reviewed_on=_read_day(form.reviewed_on, "Reviewed on"),
        review_due=_read_day(form.review_due, "Review due"),
        state=state,
        neighbours=_items(form.neighbours),
        opposed=_items(form.opposed),
    )
    try:
        render_note(note)  # the one reader of notes judges it: what it would refuse in a file is refused here
    except NoteFault as fault:
        raise BadInput(f"{fault.problem} {fault.mend}") from None
    return note


def overlong(form: Form, names: Collection[str]) -> tuple[str, int] | None:
    """Return the first of these fields that a form of Discord cannot hold, with its length; None when all fit."""
    lengths = ((field.name, len(getattr(form, field.name))) for field in fields(form) if field.name in names)
    return next(((name, length) for name, length in lengths if length > FIELD_LIMIT), None)


def filled(form: Form, typed: dict[str, str]) -> Form:
    """Return the form with what was typed in its place."""
    return replace(form, **typed)


def id_for(claim: str, taken: Collection[str]) -> str:
    """Return a free id made of the claim's words: ``us-created-taliban``, or ``us-created-taliban-2``."""
    plain = unicodedata.normalize("NFKD", claim).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in _SMALL_WORDS]
    stem = ""
    for word in words[:8]:
        longer = f"{stem}-{word}".strip("-")
        stem = longer if len(longer) <= ID_LIMIT else stem
    stem = stem or "note"
    number = 1
    while (found := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return found


def _point_lines(points: Sequence[Point]) -> str:
    return "\n".join(f"{point.text} {''.join(f'[{mark}]' for mark in point.sources)}".rstrip() for point in points)


def _source_line(source: Source) -> str:
    parts = [source.publisher, source.title, source.outlook, source.date or "", source.url or ""]
    while not parts[-1]:
        parts.pop()
    return " | ".join(part.replace("|", "\\|") for part in parts)


def _read_source(line: str, number: int) -> Source:
    parts = [part.replace("\\|", "|").strip() for part in _BAR.split(line)]
    if len(parts) == 4 and parts[3].startswith(("http://", "https://")):
        parts.insert(3, "")
    if not 3 <= len(parts) <= 5 or not all(parts[:3]):
        raise BadInput(
            f"Source {number} is not complete. Write one source a line: publisher | title | outlook | date | address;"
            " date and address may be left out."
        )
    publisher, title, outlook, day, url = [*parts, "", ""][:5]
    if day and not _SOURCE_DATE.fullmatch(day):
        raise BadInput(
            f"The date of source {number} cannot be read. Write 2016-05-22, 2016-05 or 2016, or leave it empty."
        )
    if url and not is_plain_url(url):
        raise BadInput(
            f"The address of source {number} is no plain web address. Start it with https:// or leave it out."
        )
    return Source(publisher, title, outlook, day or None, url or None)


def _read_points(text: str, section: str, sources: int) -> tuple[Point, ...]:
    return tuple(
        _read_point(line, f"{section}, line {number}", sources) for number, line in enumerate(_bullets(text), 1)
    )


def _read_point(line: str, place: str, sources: int) -> Point:
    ending = _MARKS.search(line)
    marks = tuple(dict.fromkeys(int(mark) for mark in re.findall(r"\d+", ending[0]))) if ending else ()
    missing = next((mark for mark in marks if not 1 <= mark <= sources), None)
    if missing is not None:
        listed = f"only {sources} are listed" if sources else "none is listed yet"
        raise BadInput(
            f"{place} names source [{missing}], but {listed}. Add it under Sources and dates, or mend the mark."
        )
    return Point(line[: ending.start()].strip() if ending else line, marks)


def _read_status(text: str) -> Status:
    try:
        return Status(text)
    except ValueError:
        raise BadInput(f"{quoted(text)} is no status. Use one of {', '.join(Status)}.") from None


def _read_day(text: str, label: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(f"{label} is no date. Write it like 2026-11-23, year first.") from None


def _bullets(text: str) -> list[str]:
    """The lines as ``_lines`` gives them, without the bullets that people paste along."""
    return [kept for line in _lines(text) if (kept := _BULLET.sub("", f"{line} ").strip())]


def _lines(text: str) -> list[str]:
    """The lines that say something, with single spaces."""
    return [kept for line in text.splitlines() if (kept := _flat(line))]


def _item_line(items: Sequence[str]) -> str:
    return ", ".join(item.replace(",", "\\,") for item in items)


def _items(text: str) -> tuple[str, ...]:
    return tuple(kept for item in _COMMA.split(text) if (kept := _flat(item.replace("\\,", ","))))


def _flat(text: str) -> str:
    return " ".join(text.split())
