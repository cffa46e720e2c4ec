"""Cut cleaned text into sentences. Offsets only; it changes no character and judges none."""

from __future__ import annotations

import re

# A window longer than this says too many things at once for the judge; cut at a clause.
MAX_WORDS = 60

_ABBREVIATION_LIST = """
mr mrs ms dr prof gen lt col maj sgt capt cmdr adm brig gov sen rep pres hon rev st mt ft sr jr no nos vol art e.g i.e
eg ie cf vs v etc al approx ca est dept inc ltd co corp bros jan feb mar apr jun jul aug sep sept oct nov dec mon tue
wed thu fri p pp fig ed eds ave blvd sq intl assn govt u.s u.k u.n e.u a.m p.m
"""
_ABBREVIATIONS = frozenset(_ABBREVIATION_LIST.split())
# Abbreviations that often end a sentence too: one of the words below after them decides.
_EITHER_WAY_LIST = "etc inc ltd co corp u.s u.k u.n e.u a.m p.m jr sr"
_EITHER_WAY = frozenset(_EITHER_WAY_LIST.split())
_STARTER_LIST = """
the a an this that these those it he she they we i you there here but and so or yet if when while after before in on at
by for from as what why who how where is are was were do does did no not then now his her its their our my your
everyone nobody nothing all some many most meanwhile however
"""
_STARTERS = frozenset(_STARTER_LIST.split())
_END = re.compile(r"(?<![.!?…。！？])[.!?…。！？]++[\"'”’»)\]*]*+(?=\s)|\n+")
_WORD_BEFORE = re.compile(r"[\w.'’-]{1,20}\Z")
_NEXT_WORD = re.compile(r"\s*[\"'“‘«(\[]*(\w[\w'’]{0,20})?")
_DASH = re.compile(r"\s*[-–—]")
_TONE_TAG = re.compile(r"/[a-z]{1,5}")
_CLAUSE_MARK = re.compile(r"[,;:–—](?=\s)")
_CONJUNCTION = re.compile(r"\s(?=(?:and|but|because|so|which|while|although|then|or)\s)")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence, in order; every non-space character lies in exactly one."""
    spans: list[tuple[int, int]] = []
    start = 0
    for found in _END.finditer(text):
        if found.group()[0] == "\n" or _ends_sentence(text, start, found):
            spans += _trim(text, start, found.end())
            start = found.end()
    spans += _trim(text, start, len(text))
    return [piece for span in _join_leftovers(text, spans) for piece in _cut_run_on(text, *span)]


def _join_leftovers(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give signs and emoji without a word, and tone tags such as "/s", to the sentence they comment on."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        piece = text[start:end]
        is_wordless = not any(map(str.isalnum, piece)) and "\n" not in text[start - 2 : start]
        if joined and (is_wordless or _TONE_TAG.fullmatch(piece)):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _ends_sentence(text: str, start: int, mark: re.Match[str]) -> bool:
    """Tell whether a mark that is followed by space ends the sentence begun at ``start``."""
    following = _NEXT_WORD.match(text, mark.end())
    next_word = (following.group(1) if following else None) or ""
    if mark.group().startswith(("...", "…", "..")) and next_word[:1].islower():
        return False
    if not mark.group().startswith(".") or mark.group().startswith(".."):
        return mark.group()[-1] not in "\"'”’»)" or not next_word[:1].islower()
    if _DASH.match(text, mark.end()):  # FERGUSON, Mo. - Police said
        return False
    before = _WORD_BEFORE.search(text, max(start, mark.start() - 20), mark.start())
    return not _is_abbreviation(before.group() if before else "", next_word, mark.start() - start)


def _is_abbreviation(word: str, next_word: str, length: int) -> bool:
    """Tell whether the full stop after ``word`` belongs to the word; ``length`` is the sentence's so far."""
    bare = word.lower().lstrip("'’.-")
    if bare.isdecimal():
        return length <= len(word) + 2  # "1. Sanctions", "> 1. Sanctions": a list number
    if bare in _EITHER_WAY:
        return next_word.lower() not in _STARTERS or next_word[:1].islower()
    if bare == "no":
        return next_word[:1].isdecimal()
    if bare in _ABBREVIATIONS:
        return True
    is_initial = len(bare) == 1 and bare.isalpha() and word.isupper() and word != "I"
    return is_initial or (re.fullmatch(r"(?:\w\.)+\w", bare) is not None and next_word.lower() not in _STARTERS)


def _trim(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Leave the spaces around a span out; nothing for a span of spaces."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    return [(start, end)] if start < end else []


def _cut_run_on(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a span of too many words after a clause in its second half, or else between words."""
    words = [(start + word.start(), start + word.end()) for word in re.finditer(r"\S+", text[start:end])]
    pieces: list[tuple[int, int]] = []
    first = 0
    while len(words) - first > MAX_WORDS:
        middle, last = words[first + MAX_WORDS // 2][0], words[first + MAX_WORDS][0]
        clauses = list(_CLAUSE_MARK.finditer(text, middle, last)) or list(_CONJUNCTION.finditer(text, middle, last))
        cut = clauses[-1].end() if clauses else last
        pieces += _trim(text, words[first][0], cut)
        first += sum(1 for word in words[first : first + MAX_WORDS] if word[0] < cut)
    return pieces + _trim(text, words[first][0], end)
