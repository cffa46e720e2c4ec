"""Reads and writes JSON Lines for the commands: a fault is one sentence with its line, a file is whole or not there.

``-`` stands for standard input or output. Knows nothing of posts or claims beyond the shape of their lines.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

from bot.core.domain import Claim
from bot.core.errors import BadInput

STANDARD = "-"

# A line beyond this is no post and no claim; refusing it keeps one wrong file from filling the memory.
MAX_LINE_BYTES = 1_000_000

# Text of one post or claim: far above what Discord allows, low enough that one line cannot stall the judge.
MAX_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One JSON object of a file, with where it stands; the getters refuse what is missing or of another kind."""

    where: str
    value: Mapping[str, object]

    def text(self, key: str, *, limit: int = MAX_TEXT) -> str:
        """Return a text that must be there, at most ``limit`` characters long."""
        value = self.value.get(key)
        if key not in self.value:
            self.refuse(f'lacks "{key}"')
        if not isinstance(value, str):
            self.refuse(f'"{key}" must be a text, not {_kind(value)}')
        if len(value) > limit:
            self.refuse(f'"{key}" has {len(value):,} characters, {limit:,} are allowed')
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a text, or None where the key is missing or null."""
        return None if self.value.get(key) is None else self.text(key)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; () where the key is missing or null."""
        value = self.value.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and len(item) <= MAX_TEXT for item in value):
            self.refuse(f'"{key}" must be a list of texts')
        return tuple(value)

    def id(self) -> str:
        """Return the line's id, which must hold something to see and no white space around or line break in it."""
        value = self.text("id", limit=200)
        if not value.strip() or value != value.strip() or len(value.splitlines()) > 1:
            self.refuse('"id" must not be empty, begin or end with a space, or hold a line break')
        return value

    def refuse(self, fault: str) -> NoReturn:
        """Raise the one sentence that says what is wrong with this line."""
        raise BadInput(f"{self.where}: {fault}.")


def read_lines(source: str, *, what: str) -> Iterator[Line]:
    """Yield the objects of a JSON Lines file, blank lines skipped; ``what`` names the file in sentences ("posts").

    Raises BadInput at the first line that cannot be used.
    """
    shown = "standard input" if source == STANDARD else source
    with _open(source, what) as stream:
        for number, raw in enumerate(_raw_lines(stream, source, what), start=1):
            where = f"{shown}, line {number}"
            if text := _decoded(raw, where).strip():
                yield Line(where, _object(text, where))


def read_all(source: str, *, what: str) -> list[Line]:
    """Return all lines of a file, whose ids must differ. Raises BadInput."""
    lines = list(read_lines(source, what=what))
    first: dict[str, str] = {}
    for line in lines:
        if (before := first.setdefault(line.id(), line.where)) != line.where:
            line.refuse(f'the id "{line.id()}" was used before, in {before}')
    return lines


def read_text(source: str, *, what: str) -> str:
    """Return a whole text file. Raises BadInput."""
    shown = "standard input" if source == STANDARD else source
    with _open(source, what) as stream:
        lines = list(_raw_lines(stream, source, what))
    return "".join(_decoded(raw, f"{shown}, line {number}") for number, raw in enumerate(lines, start=1))


def read_claims(source: str) -> list[Claim]:
    """Return the claims of a file: ``id`` and ``claim``, with ``paraphrases`` and ``look_alikes`` if any.

    Raises BadInput, also for a file without a claim.
    """
    claims = [
        Claim(line.id(), _filled(line, "claim"), line.texts("paraphrases"), line.texts("look_alikes"))
        for line in read_all(source, what="claims")
    ]
    if not claims:
        raise BadInput(f"The claims file {source} holds no claim.")
    return claims


@contextlib.contextmanager
def writing(target: str) -> Iterator[Callable[[Mapping[str, object]], None]]:
    """Yield a function that writes one object a line. The file appears when all is written, or not at all.

    Standard output is written as it comes. Raises BadInput when the place cannot be written.
    """
    with writing_text(target) as write:
        yield lambda row: write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")


@contextlib.contextmanager
def writing_text(target: str) -> Iterator[Callable[[str], None]]:
    """Yield a function that writes text; otherwise as ``writing``."""
    if target == STANDARD:
        yield _write_standard
        return
    path = Path(target)
    with _faults_as_bad_input(target):
        if path.is_dir():
            raise BadInput(f"{target} is a folder; name a file to write to.")
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            yield lambda text: _write(out, text, target)
        with _faults_as_bad_input(target):
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _write(out: IO[str], text: str, target: str) -> None:
    with _faults_as_bad_input(target):
        out.write(text)


def _write_standard(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


@contextlib.contextmanager
def _faults_as_bad_input(target: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadInput(f"{target} cannot be written: {(error.strerror or 'unknown fault').lower()}.") from error


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def _open(source: str, what: str) -> Iterator[IO[bytes]]:
    if source == STANDARD:
        yield sys.stdin.buffer
        return
    with _opened(source, what) as stream:
        yield stream


def _opened(source: str, what: str) -> IO[bytes]:
    try:
        return Path(source).open("rb")
    except FileNotFoundError:
        raise BadInput(f"There is no {what} file {source}.") from None
    except IsADirectoryError:
        raise BadInput(f"{source} is a folder, not a {what} file.") from None
    except OSError as error:
        raise BadInput(
            f"The {what} file {source} cannot be read: {(error.strerror or 'unknown fault').lower()}."
        ) from error
    except ValueError:
        raise BadInput(f"{source!r} cannot be the name of a {what} file.") from None


def _raw_lines(stream: IO[bytes], source: str, what: str) -> Iterable[bytes]:
    number = 0
    while True:
        number += 1
        try:
            raw = stream.readline(MAX_LINE_BYTES + 1)
        except OSError as error:
            raise BadInput(f"The {what} file {source} cannot be read: {error.strerror}.") from error
        if not raw:
            return
        if len(raw) > MAX_LINE_BYTES:
            raise BadInput(f"{source}, line {number}: longer than {MAX_LINE_BYTES:,} bytes.")
        yield raw


def _decoded(raw: bytes, where: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{where}: not UTF-8 (byte {error.start + 1}).") from None


def _object(text: str, where: str) -> Mapping[str, object]:
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_unique)
    except RecursionError:
        raise BadInput(f"{where}: nested too deeply.") from None
    except ValueError as error:
        reason = f"column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
        raise BadInput(f"{where}: not JSON ({reason}).") from None
    if not isinstance(value, dict):
        raise BadInput(f"{where}: must be a JSON object, not {_kind(value)}.")
    _refuse_lone_surrogates(text, value, where)
    return value


def _refuse_lone_surrogates(text: str, value: object, where: str) -> None:
    """Refuse escapes of one half of a surrogate pair: they stand for no character and cannot be written out."""
    if "\\u" in text.lower():
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            raise BadInput(f"{where}: holds half of a character (a lone surrogate escape).") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:20]} is out of range")
    return number


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value


def _filled(line: Line, key: str) -> str:
    value = line.text(key)
    if not value.strip():
        line.refuse(f'"{key}" is empty')
    return value


_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}


def _kind(value: object) -> str:
    return "null" if value is None else _KINDS.get(type(value), "something else")
