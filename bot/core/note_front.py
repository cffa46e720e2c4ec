"""The front matter of a note file, read strictly: every fault names its rule, its line and the mend.

Knows the TOML tables and their keys; the file as a whole is ``note_format``'s.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from bot.core.domain import Claim, Source
from bot.core.errors import NoteInvalid

REQUIRED_KEYS = (
    "id", "claim", "status", "reviewed_on", "review_due", "tags", "flatters", "paraphrases", "look_alikes", "sources",
)  # fmt: skip
OPTIONAL_KEYS = ("state", "neighbours", "opposed")
SOURCE_REQUIRED_KEYS = ("publisher", "title", "outlook")
SOURCE_OPTIONAL_KEYS = ("date", "url")

URL_LIMIT = 512  # Discord refuses longer addresses in link buttons
TEXT_LIMIT = 2000  # no part comes near it; keeps every pattern below fast on a hostile file
SHOWN_LIMIT = 60  # how much of a faulty text a message repeats
ID_PATTERN = r"[a-z0-9]+(?:-[a-z0-9]+)*"
SOURCE_DATE_PATTERN = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
_ID = re.compile(ID_PATTERN)
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_SOURCE_DATE = re.compile(SOURCE_DATE_PATTERN)
_DEEP_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]+|"[^"]*"|'[^']*')[ \t]*\.[ \t]*){32}""")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_EnumT = TypeVar("_EnumT", bound=StrEnum)


class NoteFault(NoteInvalid):
    """A note text that cannot be read: ``rule`` names the fault, ``problem`` tells it, ``mend`` the cure."""

    def __init__(self, rule: str, problem: str, mend: str, *, path: str = "", line: int = 0) -> None:
        """Build the sentence shown to people from where, what and how to mend it."""
        where = ", ".join(part for part in (path, f"line {line}" if line else "") if part)
        super().__init__(f"{where}: {problem} {mend}" if where else f"{problem} {mend}", path=path, line=line)
        self.rule = rule
        self.problem = problem
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Where:
    """The file's path and the line of each part, so that every fault can name both."""

    path: str
    lines: dict[str, int]

    def refuse(self, rule: str, place: str, problem: str, mend: str) -> NoReturn:
        """Raise the fault with the line of ``place``."""
        raise NoteFault(rule, problem, mend, path=self.path, line=self.lines.get(place, 1))


@dataclass(frozen=True, slots=True)
class Table:
    """One TOML table read strictly: each getter gives the type asked for or refuses with the key's line."""

    values: Mapping[str, Any]
    where: Where
    prefix: str = ""

    def place(self, key: str) -> str:
        """The name of a key's place in the line map."""
        return self.prefix or key

    def refuse_unknown(self, known: tuple[str, ...]) -> None:
        """Refuse a key the form does not have; a misspelt key would otherwise be lost in silence."""
        for key in self.values:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                mend = f"Did you mean {near[0]}?" if near else f"The keys are {', '.join(known)}."
                self.where.refuse("unknown-key", self.place(key), f"There is no key named {quoted(key)}.", mend)

    def required(self, key: str, example: str) -> object:
        """The raw value of a key that must be there."""
        if key not in self.values:
            holder = f"Source {self.prefix.split('.')[1]}" if self.prefix else "The front matter"
            self.where.refuse("missing-key", self.place(key), f"{holder} has no {key}.", f"Add {key} = {example}.")
        value: object = self.values[key]
        return value

    def text(self, key: str) -> str:
        """A text of at least one visible character."""
        value = self.required(key, '"..."')
        if not isinstance(value, str):
            self.where.refuse("wrong-type", self.place(key), f"{key} must be a text.", f'Write {key} = "...".')
        return plain(value, self.place(key), self.where)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; it may be empty."""
        value = self.required(key, '["...", "..."]')
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            mend = f'Write {key} = ["...", "..."].'
            self.where.refuse("wrong-type", self.place(key), f"{key} must be a list of texts.", mend)
        return tuple(plain(item, self.place(key), self.where) for item in value)

    def ids(self, key: str) -> tuple[str, ...]:
        """A list of other notes' ids; () where the key is not there."""
        found = self.texts(key) if key in self.values else ()
        for item in found:
            if not _ID.fullmatch(item):
                mend = f'Write {key} = ["us-created-taliban"], each the id of another note.'
                self.where.refuse("id-form", self.place(key), f"{quoted(item)} is no id of a note.", mend)
        return found

    def day(self, key: str) -> date:
        """A calendar day, written without quotes."""
        value = self.required(key, "2026-11-23")
        if type(value) is not date:  # a datetime is a date too, but not what is meant here
            mend = f"Write {key} = 2026-11-23, year first and without quotes."
            self.where.refuse("wrong-type", self.place(key), f"{key} must be a date.", mend)
        return value

    def choice(self, key: str, kind: type[_EnumT]) -> _EnumT:
        """One word of a fixed list."""
        value = self.text(key)
        if value not in tuple(kind):
            mend = f"Use one of {', '.join(kind)}."
            self.where.refuse(f"{key}-word", self.place(key), f"{quoted(value)} is no {key} of a note.", mend)
        return kind(value)


def load_toml(lines: list[str], path: str) -> dict[str, Any]:
    """Parse the front matter; the line in the message counts from the top of the file."""
    for number, row in enumerate(lines, 2):
        if _DEEP_KEY.search(row):  # the parser's time grows with the square of a key's parts
            problem = "The front matter is not valid TOML: a key nested too deep."
            raise NoteFault("toml", problem, "Write each key as one word.", path=path, line=number)
    try:
        return tomllib.loads("\n".join(lines))
    except (ValueError, RecursionError) as error:  # ValueError: bad TOML, or a number beyond Python's digit limit
        reason = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "a value too large or nested too deep"
        at = _TOML_LINE.search(reason)
        line = int(at[1]) + 1 if at else len(lines) + 1
        reason = quoted(_TOML_LINE.sub("", reason).strip(), limit=200)
        problem = f"The front matter is not valid TOML: {reason}."
        mend = "Put texts in double quotes and commas between the items of a list."
        raise NoteFault("toml", problem, mend, path=path, line=line) from error


def quoted(text: str, limit: int = SHOWN_LIMIT) -> str:
    """The start of a faulty text, fit for a message: nothing that would steer a terminal."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text[:limit])


def plain(text: str, place: str, where: Where) -> str:
    """The text with single spaces; refuses an empty one and one with characters that nobody sees."""
    kept = " ".join(text.split())
    if not kept:
        where.refuse("empty-text", place, f"{place} holds an empty text.", "Fill it in or take it out.")
    if len(kept) > TEXT_LIMIT:
        where.refuse("too-long", place, f"{place} holds {len(kept)} characters.", f"Keep it under {TEXT_LIMIT}.")
    hidden = next((char for char in kept if unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs"}), None)
    if hidden is not None:
        problem = f"{place} holds the invisible character U+{ord(hidden):04X}."
        where.refuse("hidden-character", place, problem, "Type that text again by hand.")
    return kept


def read_claim(front: Table) -> Claim:
    """The claim with the ways people say it; its id must be kebab-case, since it names a file."""
    claim_id = front.text("id")
    if not _ID.fullmatch(claim_id):
        mend = "Use small letters, digits and single hyphens, like us-created-taliban."
        front.where.refuse("id-form", "id", f"{quoted(claim_id)} is no claim id.", mend)
    return Claim(claim_id, front.text("claim"), front.texts("paraphrases"), front.texts("look_alikes"))


def read_sources(front: Table, where: Where) -> tuple[Source, ...]:
    """The ``[[sources]]`` blocks in their order, which the marks in the body count from 1."""
    tables = front.values.get("sources")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        mend = "Start each source with a [[sources]] line, then publisher, title and outlook."
        where.refuse("sources-missing", "sources", "The front matter has no source blocks.", mend)
    return tuple(_read_source(table, number, where) for number, table in enumerate(tables, start=1))


def _read_source(values: dict[str, Any], number: int, where: Where) -> Source:
    table = Table(values, where, prefix=f"sources.{number}")
    table.refuse_unknown(SOURCE_REQUIRED_KEYS + SOURCE_OPTIONAL_KEYS)
    return Source(
        publisher=table.text("publisher"),
        title=table.text("title"),
        outlook=table.text("outlook"),
        date=_source_date(table) if "date" in values else None,
        url=_source_url(table) if "url" in values else None,
    )


def _source_date(table: Table) -> str:
    value = table.values["date"]
    shown = value.isoformat() if type(value) is date else value
    if not isinstance(shown, str) or not _is_source_date(shown):
        mend = 'Write date = "2016-05-22", "2016-05" or "2016", or leave the line out.'
        table.where.refuse("source-date", table.prefix, "A source's date cannot be read.", mend)
    return shown


def _is_source_date(text: str) -> bool:
    """Whether it is a year, a month or a day that the calendar has."""
    if not _SOURCE_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text + "2000-01-01"[len(text) :])
    except ValueError:
        return False
    return True


def _source_url(table: Table) -> str:
    url = table.text("url")
    if not is_plain_url(url):
        mend = "Give an http or https address in plain letters, without password, port or spaces, or leave url out."
        table.where.refuse("source-url", table.prefix, "A source's url is not a plain web address.", mend)
    return url


def is_plain_url(url: str) -> bool:
    """Whether an address may stand in a link: http(s) and a host's plain name, ASCII without spaces or quotes.

    A number for a host, a port, credentials and names in encoded letters (``xn--``) hide where a link leads.
    """
    if len(url) > URL_LIMIT or not re.fullmatch(r"[!-~]+", url) or re.search(r'[<>"`\\|^{}]', url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.netloc.lower()
    return parts.scheme in {"http", "https"} and bool(_HOST.fullmatch(host)) and "xn--" not in host
