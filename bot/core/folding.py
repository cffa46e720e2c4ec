"""Undo disguises of letters, so that a disguised word reads like the word it stands for.

Undoes: compatibility letters, invisible characters, text turned round by a sign, stacked marks, look-alikes of other
scripts, s p a c e d letters, l33t and stretched words. Leaves ordinary text as it is, curly quotes and accents
included; it knows no vocabulary, so it cannot undo a misspelling, a turned-over letter, or several spaced words in a
row (their borders are lost).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from bot.core.confusables import is_latin, is_latin_shaped, read_confusables, read_regional_letters

# Drawn as nothing although Unicode calls them letters, marks or symbols.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc")
_KEPT_CONTROLS = frozenset("\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85")  # white space to Python
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")
_INVISIBLE_ASCII = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")

_TURNED = re.compile("\u202e([^\u202c\n]*)\u202c?")  # drawn from right to left: what stands reversed reads straight

_SPACED = re.compile(r"(?<![\w@$])[a-z013457@$](?:([ ._*·•/|~-])[a-z013457@$])(?:\1[a-z013457@$]){2,}(?![\w@$])", re.I)
_STRETCHED = re.compile(r"([^\W\d_])\1{3,}")

_LEET_TOKEN = re.compile(r"(?<![\w@$€!|#/])[\w@$€!|]++(?!\.\w)")
_LEET_WORD = re.compile(r"[a-z013457$€](?:[a-z013457@$€!|]*[a-z0135$])?", re.IGNORECASE)
_LEET = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "€": "e", "!": "i", "|": "l"}
_NOT_LEET = re.compile(
    r"[$€]\d|\d[$€]|[$€]{2}\Z|\A[$€]{2}|@(?:user|role)\b"
)  # US$5bn, costs$$$, a mention after a word
_LONGEST_LEET = 40  # characters; longer "words" are keys and hashes
_SURE_SIGNS = frozenset("@$€")
# What follows a number without a space in ordinary writing: 5th, 3pm, 1day, $billion.
_AFTER_NUMBER_LIST = """
st nd rd th s k m b t x d g h p am pm km cm mm kg lb lbs ft mph kph kmh gb tb mb kb kw mw gw hz khz mhz ghz bn tn mn
mil mln bln yr yrs hr hrs min mins sec secs ish day days week weeks month months year years hour hours man men star
stars way ways nation nations state states part parts party point points time times step steps side sides percent pct
people kids guys million millions billion billions trillion trillions thousand hundred dollars bucks usd eur gbp
cad aud chan ever you real life fold fps ppm wd dx
"""
_AFTER_NUMBER = frozenset(_AFTER_NUMBER_LIST.split())


def fold(text: str) -> str:
    """Return the text with disguises undone; ordinary text comes out unchanged. Never raises on any string."""
    if text.isascii():
        text = _INVISIBLE_ASCII.sub("", text)
    else:
        text = _drop_invisible(read_regional_letters(_TURNED.sub(lambda found: found[1][::-1], text)))
        text = unicodedata.normalize("NFC", "".join(map(_compatible, text)))
        text = read_confusables(re.sub(r"\S+", _unstack, text))
    text = _SPACED.sub(_join_spaced, text)
    text = _LEET_TOKEN.sub(_read_leet, text)
    return _STRETCHED.sub(r"\1\1", text)


def _drop_invisible(text: str) -> str:
    """Drop characters that are drawn as nothing: zero-width, bidi, tags, variation selectors, fillers.

    The joiners inside an emoji (👩‍🚀) or a word of a script that needs them stay.
    """
    kept: list[str] = []
    last = ""
    for char in text:
        if _is_invisible(char):
            if char not in _JOINERS or not _takes_joiner(last):
                continue
        else:
            last = char
        kept.append(char)
    return "".join(kept)


@lru_cache(maxsize=4096)
def _is_invisible(char: str) -> bool:
    if char in _BLANKS or 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF:
        return True
    return unicodedata.category(char) in ("Cf", "Cc") and char not in _KEPT_CONTROLS


@lru_cache(maxsize=4096)
def _takes_joiner(char: str) -> bool:
    return char != "" and not is_latin_shaped(char) and unicodedata.category(char) in ("So", "Sk", "Lo", "Mn", "Mc")


@lru_cache(maxsize=4096)
def _compatible(char: str) -> str:
    """Return the plain form of a letter, figure or space: 𝐓 -> T, Ｔ -> T.

    Powers and fractions stay, for 10² is not 102; so do signs such as … and ™.
    """
    if char.isascii() or char == "µ":
        return char
    plain = unicodedata.normalize("NFKC", char)
    kind = unicodedata.category(char)
    is_circled = kind == "So" and plain.isalnum() and not unicodedata.decomposition(char).startswith("<super>")
    is_letter = is_circled or kind in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "Zs")
    return plain if is_letter else char


def _unstack(found: re.Match[str]) -> str:
    """Strip the marks of a word that carries any which belong to no letter; é alone is one letter and stays."""
    word = found.group()
    marks = 0 if word.isascii() else sum(map(_is_mark, word))
    if marks == 0 or (marks == 1 and not any(map(is_latin, word))):  # за́мок: a stress mark
        return word
    kept: list[str] = []
    is_disguised = True
    for char in unicodedata.normalize("NFD", word):
        if not _is_mark(char):
            is_disguised = char.isascii() or is_latin_shaped(char)
        elif is_disguised:
            continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


@lru_cache(maxsize=4096)
def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me")


def _join_spaced(found: re.Match[str]) -> str:
    """Join single letters between one kind of gap; leaves U.S.S.R., A B C D and 1 3 5 7."""
    separator = found.group(1)
    letters = found.group().split(separator)
    alphabetic = [letter for letter in letters if letter.isalpha()]
    if 2 * len(alphabetic) <= len(letters) or len(alphabetic) < 3:
        return found.group()
    codes = [ord(letter.lower()) for letter in letters]
    is_alphabet = all(right - left == 1 for left, right in pairwise(codes))
    is_acronym = separator in ".-" and len(letters) < 6 and all(letter.isupper() for letter in letters)
    return found.group() if is_alphabet or is_acronym else "".join(letters)


def _read_leet(found: re.Match[str]) -> str:
    """Write letters for figures in a word that cannot be a number, a designation or a sum: T4l1b4n, not F16 or 5th."""
    word = found.group()
    if word.isalpha() or not _LEET_WORD.fullmatch(word) or not _is_leet(word):
        return word
    plain = [_LEET.get(char, char) for char in word]
    for at, char in enumerate(word):
        if char == "1":
            plain[at] = _i_or_l("".join(plain[at - 1 : at]), "".join(plain[at + 1 : at + 2]))
    text = "".join(plain)
    return text.upper() if word.upper() == word else text


def _i_or_l(before: str, after: str) -> str:
    """Choose the letter a 1 stands for: 1raq, b1den, but 1ibya, po1and, Isr4e1."""
    vowels = "aeiouAEIOU"
    is_after_vowel = not before or before in vowels
    return "l" if is_after_vowel and (not after or after in vowels) and before + after else "i"


def _is_leet(word: str) -> bool:
    """Weigh the letters of a word against its figures."""
    letters = sum(map(str.isalpha, word))
    figures = sum(map(str.isdigit, word))
    signs = sum(char in _SURE_SIGNS for char in word)
    lead = re.match(r"[\d$€]*", word)
    lead_length = lead.end() if lead else 0
    if word[lead_length:].lower() in _AFTER_NUMBER or letters < max(2, figures):
        return False
    if len(word) > _LONGEST_LEET or _NOT_LEET.search(word):
        return False
    if not figures:
        return signs > 0 and letters >= 3 and not (word[0] in "$€" and word[1:].isupper())
    if lead_length:
        has_vowel = any(char in "aeiouyAEIOUY34@0" for char in word[1:])  # not 1MDB
        return lead_length == 1 and has_vowel and letters >= (2 if figures > lead_length else 3)
    return _is_leet_inside(word, letters)


def _is_leet_inside(word: str, letters: int) -> bool:
    """Judge a word that begins with a letter: designations have few letters, long figures, or figures at the end."""
    runs = re.findall(r"\d+", word)
    if re.search(r"\d{2,}\Z", word) or not (word.isupper() or word[1:].islower()):
        return False  # MH17, L3Harris, M1A1s
    if re.search(r"[13457]\Z", word):
        return len(runs) > 1 and letters >= 4  # Isr4e1: but mp3, m1a1
    if len(runs) == 1 and re.search(r"\d[sS]\Z", word) and (letters < 4 or len(runs[0]) > 1 or runs[0] in "057"):
        return False  # F16s, mp3s: but naz1s
    if max(map(len, runs)) > 1:
        return letters >= (4 if len(runs) == 1 and len(set(runs[0])) == 1 else 5)  # Ru55ia, Ukr41ne: but Su30mk
    if word.isupper() and not word.endswith("0"):
        return letters >= 4
    return letters >= (3 if len(runs) == 1 else 2)
