"""Lint notes: every rule over a text, a note or a folder, as a list of problems with line and mend. Raises nothing.

The rules are ``note_rules``' and ``note_wording``'s; this file runs them and adds what only a whole folder shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.core.domain import Note
from bot.core.errors import BadInput
from bot.core.note_format import ReadNote, read_note
from bot.core.note_front import NoteFault
from bot.core.note_neighbours import (
    CLAIM_NEARLY_TWICE,
    NEIGHBOUR_UNKNOWN,
    NearPairs,
    nearly_twice,
    unknown_neighbours,
)
from bot.core.note_rules import RULES
from bot.core.note_words import LintWords, RuleContext, parse_lint_words
from bot.core.notes import note_files, read_note_file

__all__ = ["LintProblem", "LintWords", "lint_note", "lint_notes", "lint_text", "parse_lint_words"]


@dataclass(frozen=True, slots=True, order=True)
class LintProblem:
    """One thing to mend: where, which rule, what is wrong, what to do. ``line`` is 0 where there is none."""

    path: str
    line: int
    rule: str
    message: str
    mend: str


def lint_notes(folder: Path, *, words: LintWords, today: date, near: NearPairs | None = None) -> list[LintProblem]:
    """Every problem of every note in a folder, by path and line; [] means the folder is fit to ship.

    Without ``near`` claims are compared by their words alone.
    """
    try:
        paths = note_files(folder)
    except BadInput as error:
        return [LintProblem(str(folder), 0, "folder", str(error), "Name the folder that holds the notes.")]
    if not paths:
        mend = "Name the folder that holds the notes."
        return [LintProblem(str(folder), 0, "folder", "The folder holds no note file.", mend)]
    problems: list[LintProblem] = []
    notes: dict[str, ReadNote] = {}
    for path in paths:
        try:
            notes[str(path)] = read_note_file(path)
        except NoteFault as fault:
            problems.append(_of_fault(fault))
    for name, read in notes.items():
        problems += lint_note(read.note, words=words, today=today, path=name, lines=read.lines)
    return sorted([*problems, *_shared_paraphrases(notes), *_neighbours(notes, near)])


def lint_text(text: str, *, words: LintWords, today: date, path: str = "") -> list[LintProblem]:
    """Every problem of one note's text, by line; a text that cannot be read gives the first fault only."""
    try:
        read = read_note(text, path)
    except NoteFault as fault:
        return [_of_fault(fault)]
    return sorted(lint_note(read.note, words=words, today=today, path=path, lines=read.lines))


def lint_note(
    note: Note, *, words: LintWords, today: date, path: str = "", lines: Mapping[str, int] | None = None
) -> list[LintProblem]:
    """Every problem of a note that was read already, in the order of the rules; line 0 without ``lines``."""
    context = RuleContext(words, today)
    where = lines or {}
    return [
        LintProblem(path, where.get(flaw.place, 0), rule, flaw.problem, flaw.mend)
        for rule, check in RULES.items()
        for flaw in check(note, context)
    ]


def _of_fault(fault: NoteFault) -> LintProblem:
    return LintProblem(fault.path, fault.line, fault.rule, fault.problem, fault.mend)


def _neighbours(notes: Mapping[str, ReadNote], near: NearPairs | None) -> Iterator[LintProblem]:
    """Claims that say nearly the same, and named notes that are not there."""
    by_id = {read.note.id: (name, read) for name, read in notes.items()}
    flaws = [
        (note_id, NEIGHBOUR_UNKNOWN, flaw)
        for note_id, (_, read) in by_id.items()
        for flaw in unknown_neighbours(read.note, by_id)
    ]
    if near is not None:
        pairs = nearly_twice([read.note for read in notes.values()], near)
        flaws += [(pair.note.id, CLAIM_NEARLY_TWICE, pair.flaw()) for pair in pairs]
    for note_id, rule, flaw in flaws:
        name, read = by_id[note_id]
        yield LintProblem(name, read.lines.get(flaw.place, 0), rule, flaw.problem, flaw.mend)


def _shared_paraphrases(notes: Mapping[str, ReadNote]) -> Iterator[LintProblem]:
    """The same sentence under two claims would match both, whatever the post means."""
    first: dict[str, str] = {}
    for name, read in notes.items():
        for text in {text.casefold() for text in (read.note.claim.text, *read.note.claim.paraphrases)}:
            other = first.setdefault(text, read.note.id)
            if other != read.note.id:
                message = f'"{text[:60]}" is said of {other} too.'
                line = read.lines.get("paraphrases", 0)
                yield LintProblem(name, line, "paraphrase-shared", message, "Keep it with one of the two claims.")
