"""Take Discord's markup off a post, keeping where every remaining character stood.

Follows what Discord draws, not CommonMark: one pass over the post, no recursion, linear in its length. It neither
folds disguised letters (``folding``) nor finds sentences (``sentences``).

Kept: the words inside emphasis, headings, lists, spoilers and masked links; unicode emoji; quoted lines, each led by
``> ``. Replaced: a member, role or channel mention by ``@user``, ``@role``, ``#channel``, so that "@user says" still
reads as attribution. Dropped, leaving one space: code, URLs, custom emoji, timestamps, command mentions, @everyone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

# Longest markup that is looked for at one point; Discord posts end at 4,000 characters. Keeps the scan linear.
_REACH = 2048

_SPECIAL = re.compile(
    r"""\\[^0-9A-Za-z\s] | `+ | < | \[ | \] | \*+ | _+ | ~~+ | \|\|+ | \n
      | https?:// | (?<!\w)www\.(?=\w) | (?<!\w)@(?:everyone|here)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_ANGLE = re.compile(
    r"""<(?: (?P<user>@!?\d{1,20}) | (?P<role>@&\d{1,20}) | (?P<channel>\#\d{1,20})
          | a?:\w{1,32}:\d{1,20} | t:-?\d{1,17}(?::[tTdDfFsSR])? | /[^<>\n]{1,120}:\d{1,20} | id:\w{1,20}
          | (?i:https?)://[^\s<>]++ )>""",
    re.VERBOSE,
)
_MENTION = {"user": "@user", "role": "@role", "channel": "#channel"}
_URL = re.compile(r"(?i:https?://|www\.)[^\s<>|*`\[\]\"]*+")
_URL_TAIL = ".,:;!?'’”»…_~"
_LINK_TARGET = re.compile(
    r"""\]\(\s{0,9}<?(?i:https?)://(?:[^\s<>()]|\([^\s<>()]*+\))++>?(?:\s{1,9}["'(][^"'()\n]*+["')])?\s{0,9}\)""",
    re.VERBOSE,
)
_QUOTE = re.compile(r"[ \t]*+>(?P<rest>>>)? ")
_BLOCK_MARK = re.compile(r"[ \t]*+(?:#{1,3}|-#|[-*])[ \t]++(?=\S)")
_BLANK_LINE = re.compile(r"[^\S\n]*+(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class PlainText:
    """Text without markup. ``text[i]`` was drawn from ``raw[starts[i]:ends[i]]``; ``quoted`` are spans of ``raw``."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    quoted: tuple[tuple[int, int], ...]

    def is_quoted_at(self, raw_index: int) -> bool:
        """Tell whether this place of the post as written lies in a quoted line."""
        at = bisect_right(self.quoted, raw_index, key=lambda span: span[0]) - 1
        return at >= 0 and raw_index < self.quoted[at][1]


def strip_markup(raw: str) -> PlainText:
    """Return the post's readable text with the place of every character; never raises."""
    scan = _Scan(raw)
    scan.run()
    return _tidy_whitespace(_apply(raw, scan.edits), tuple(scan.quoted))


@dataclass(slots=True)
class _Edit:
    """``raw[start:end]`` is drawn as ``text``; None while it may still turn out to be plain characters."""

    start: int
    end: int
    text: str | None


@dataclass(slots=True)
class _Scan:
    """One walk over a post, collecting edits in order of their place."""

    raw: str
    pos: int = 0
    edits: list[_Edit] = field(default_factory=list)
    quoted: list[tuple[int, int]] = field(default_factory=list)
    open_marks: dict[str, list[_Edit]] = field(default_factory=dict)
    open_brackets: list[_Edit] = field(default_factory=list)
    backticks: dict[int, list[int]] = field(default_factory=dict)
    is_rest_quoted: bool = False

    def run(self) -> None:
        """Visit every character that may be markup once."""
        self._index_backticks()
        self._begin_line()
        while found := _SPECIAL.search(self.raw, self.pos):
            self.pos = found.end()
            self._visit(found.group()[0], found.start(), found.end())

    def _visit(self, char: str, start: int, end: int) -> None:
        """Hand one possible piece of markup to whoever knows it."""
        if char in "*_~|":
            self._emphasis(char, start, end)
        elif char == "`":
            self._code(start, end)
        elif char in "[]":
            self._bracket(char, start)
        elif char == "\n":
            self._begin_line()
        elif char == "\\":
            self.edits.append(_Edit(start, start + 1, ""))
        elif char == "<":
            self._angle(start)
        elif char == "@":
            self.edits.append(_Edit(start, end, " "))
        else:
            self._url(start)

    def _index_backticks(self) -> None:
        """Note where runs of backticks end the code opened by a run as long; last first, so that pop() is next."""
        for run in re.finditer(r"`+", self.raw):
            length = len(run.group())
            self.backticks.setdefault(length, []).append(run.start())
            if length > 3:  # a longer run also closes a block
                self.backticks.setdefault(3, []).append(run.start())
        for starts in self.backticks.values():
            starts.reverse()

    def _code(self, start: int, end: int) -> None:
        """Drop code up to the closing run; an unclosed run is plain characters, as Discord draws it."""
        length = min(end - start, 3)
        closers = self.backticks.get(length, [])
        while closers and closers[-1] < end:
            closers.pop()
        if closers:
            close = closers.pop() + length
            self.edits.append(_Edit(start, close, " "))
            self.pos = close

    def _begin_line(self) -> None:
        """Read quote marks, headings and bullets at the start of a line."""
        if self.is_rest_quoted:
            if not _BLANK_LINE.match(self.raw, self.pos, self.pos + _REACH):
                self.edits.append(_Edit(self.pos, self.pos, "> "))
        elif quote := _QUOTE.match(self.raw, self.pos):
            self.is_rest_quoted = quote["rest"] is not None
            line_end = self.raw.find("\n", quote.end())
            is_last = self.is_rest_quoted or line_end < 0
            self.quoted.append((self.pos, len(self.raw) if is_last else line_end))
            self.edits.append(_Edit(self.pos, quote.end(), "> "))
            self.pos = quote.end()
        if mark := _BLOCK_MARK.match(self.raw, self.pos):
            self.edits.append(_Edit(self.pos, mark.end(), ""))
            self.pos = mark.end()

    def _angle(self, start: int) -> None:
        """Replace or drop Discord's ``<...>`` forms."""
        if found := _ANGLE.match(self.raw, start, start + _REACH):
            text = _MENTION.get(found.lastgroup or "", " ")
            self.edits.append(_Edit(start, found.end(), text))
            self.pos = found.end()

    def _url(self, start: int) -> None:
        """Drop a bare URL, leaving the sentence's own punctuation and closing bracket."""
        found = _URL.match(self.raw, start)
        if found is None:
            return
        url = found.group()
        length = len(url)
        surplus = url.count(")") - url.count("(")
        while length and (url[length - 1] in _URL_TAIL or (surplus > 0 and url[length - 1] == ")")):
            length -= 1
            surplus -= url[length] == ")"
        self.pos = max(start + length, self.pos)
        self.edits.append(_Edit(start, self.pos, " "))

    def _bracket(self, char: str, at: int) -> None:
        """Keep a masked link's label and drop its address; other brackets are plain characters."""
        if char == "[":
            self.open_brackets.append(_Edit(at, at + 1, None))
            self.edits.append(self.open_brackets[-1])
        elif self.open_brackets:
            opener = self.open_brackets.pop()
            if at > opener.end and (target := _LINK_TARGET.match(self.raw, at, at + _REACH)):
                opener.text = ""
                self.edits.append(_Edit(at, target.end(), ""))
                self.pos = target.end()

    def _emphasis(self, char: str, start: int, end: int) -> None:
        """Pair the marks of a run such as ``***`` with those that wait to be closed."""
        before = self.raw[start - 1 : start] or " "
        after = self.raw[end : end + 1] or " "
        if char == "*" and before.isdigit() and after.isdigit():
            return  # 2*3: Discord would make it italic, nobody means it
        at = start
        while at < end:
            width = min(2, end - at)
            self._mark(_Edit(at, at + width, None), start, before, after)
            at += width

    def _mark(self, mark: _Edit, run_start: int, before: str, after: str) -> None:
        """Close the last mark of this kind that stands before the run, or wait to be closed."""
        kind = self.raw[mark.start : mark.end]
        if kind in "~|":  # one alone means nothing
            return
        can_open, can_close = _flanks(kind, before, after)
        waiting = self.open_marks.setdefault(kind, [])
        if can_close and waiting and waiting[-1].end <= run_start:
            waiting.pop().text = ""
            mark.text = ""
        elif can_open:
            if kind == "_":  # Discord's _italic_ holds no other underscore
                waiting.clear()
            waiting.append(mark)
        self.edits.append(mark)


def _flanks(kind: str, before: str, after: str) -> tuple[bool, bool]:
    """Tell whether a mark may open and may close, by the characters around its run."""
    if kind == "*":
        return not after.isspace(), not before.isspace()
    if kind == "_":  # snake_case stays whole: the closing mark ends a word
        return not after.isspace(), not after.isalnum()
    return True, True


def _apply(raw: str, edits: list[_Edit]) -> PlainText:
    """Write the text with all edits made."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    pos = 0
    for edit in [*edits, _Edit(len(raw), len(raw), "")]:
        if edit.text is None:
            continue
        parts += (raw[pos : edit.start], edit.text)
        starts += range(pos, edit.start)
        ends += range(pos + 1, edit.start + 1)
        starts += [edit.start] * len(edit.text)
        ends += [edit.end] * len(edit.text)
        pos = edit.end
    return PlainText("".join(parts), tuple(starts), tuple(ends), ())


def _tidy_whitespace(plain: PlainText, quoted: tuple[tuple[int, int], ...]) -> PlainText:
    """Draw each run of spaces as one, at most one blank line in a row, and nothing around the text."""
    kept: list[int] = []
    parts: list[str] = []
    pending: list[int] = []  # line breaks not written yet
    base = 0
    for line in plain.text.split("\n"):
        words = list(re.finditer(r"\S+", line))
        is_empty = all(word.group() == ">" for word in words)
        if not is_empty:
            breaks = pending[:2] if kept else []
            parts.append("\n" * len(breaks) + " ".join(word.group() for word in words))
            kept += breaks
            for number, word in enumerate(words):
                gap = [base + word.start() - 1] if number else []
                kept += [*gap, *range(base + word.start(), base + word.end())]
            pending = []
        base += len(line) + 1
        pending.append(base - 1)
    starts, ends = plain.starts, plain.ends
    return PlainText("".join(parts), tuple(starts[i] for i in kept), tuple(ends[i] for i in kept), quoted)
