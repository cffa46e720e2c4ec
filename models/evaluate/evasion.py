"""The ways in which people hide words from a machine, each a pure function of a text, the words to hide and a seed.

An attack changes how a text is written, never what a person reads in it. It measures nothing (``evasion_suite`` does).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection

Change = Callable[[str, random.Random], str]
Attack = Callable[[str, Collection[str], random.Random], str]

KEY_LETTERS = 4  # shorter words are not worth hiding
MOST_KEYS = 6
_WORD = re.compile(r"[A-Za-z]+")
_STOP_LIST = """
about after again against also been before being could does doing done down each ever every from have having here into
itself just like made make many more most much never only other over same should some still such than that their them
then there these they this those through very want were what when where which while will with would your
"""
_STOP = frozenset(_STOP_LIST.split())
_TWINS = dict(zip("aceopxyisABEKMHOPCTXYI", "асеорхуіѕАВЕКМНОРСТХУІ", strict=True))
_LEET = dict(zip("aeiostAEIOST", "4310574310" + "57", strict=True))
_ACCENTS = dict(zip("aeiouncAEIOUNC", "áéíóúñçÁÉÍÓÚÑÇ", strict=True))
_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
_MARKS = "\u0300\u0301\u0315\u031b\u0327\u0334\u0335\u0336\u0346\u0353"
_RIGHT_TO_LEFT, _POP = "\u202e", "\u202c"


def key_words(text: str, wordings: Collection[str]) -> frozenset[str]:
    """Return the words of a text, in lower case, that give a claim away: the longest that it shares with its wordings.

    Where it shares none, its longest words.
    """
    own = sorted({word.lower() for word in _WORD.findall(text)} - _STOP, key=lambda word: (-len(word), word))
    long = [word for word in own if len(word) >= KEY_LETTERS]
    known = {word.lower() for wording in wordings for word in _WORD.findall(wording)}
    return frozenset([word for word in long if word in known][:MOST_KEYS] or long[: MOST_KEYS // 2])


def _on_keys(change: Change) -> Attack:
    """Make an attack that changes the key words alone."""

    def attack(text: str, keys: Collection[str], rng: random.Random) -> str:
        return _WORD.sub(
            lambda found: change(found.group(), rng) if found.group().lower() in keys else found.group(), text
        )

    return attack


def _on_all(change: Change) -> Attack:
    """Make an attack that changes every word."""
    return lambda text, _, rng: _WORD.sub(lambda found: change(found.group(), rng), text)


def homoglyphs(word: str, rng: random.Random) -> str:
    """Write Cyrillic letters for Latin ones, at least one and about two of three that have a twin."""
    places = [place for place, letter in enumerate(word) if letter in _TWINS]
    chosen = set(rng.sample(places, max(1, round(len(places) * 2 / 3)))) if places else set()
    return "".join(_TWINS[letter] if place in chosen else letter for place, letter in enumerate(word))


def zero_width(word: str, rng: random.Random) -> str:
    """Put a character that is drawn as nothing between the letters."""
    return word[0] + "".join(rng.choice(_ZERO_WIDTH) + letter for letter in word[1:])


def spaced(word: str, rng: random.Random) -> str:
    """Space a word out with one kind of sign."""
    return rng.choice(".-·/").join(word)


def blank_spaced(word: str, _: random.Random) -> str:
    """Space a word out with blanks, and set it apart so that a reader sees where it ends."""
    return f" {' '.join(word)} "


def leet(word: str, rng: random.Random) -> str:
    """Write figures for about half of the letters that have one, at least for one."""
    places = [place for place, letter in enumerate(word) if letter in _LEET]
    chosen = set(rng.sample(places, max(1, round(len(places) / 2)))) if places else set()
    return "".join(_LEET[letter] if place in chosen else letter for place, letter in enumerate(word))


def spoiler(word: str, _: random.Random) -> str:
    """Hide a word behind Discord's spoiler tags."""
    return f"||{word}||"


def bold_inside(word: str, rng: random.Random) -> str:
    """Set a part of a word in bold or italics, so that its letters are torn apart in the source."""
    if len(word) < 3:
        return word
    first = rng.randrange(1, len(word) - 1)
    mark = rng.choice(("**", "*", "~~"))
    return f"{word[:first]}{mark}{word[first : first + 2]}{mark}{word[first + 2 :]}"


def reversed_word(word: str, _: random.Random) -> str:
    """Write a word backwards."""
    return word[::-1]


def regional(word: str, _: random.Random) -> str:
    """Write a word in regional-indicator letters with gaps, as people do so that no flags appear."""
    return f" {' '.join(chr(0x1F1E6 + ord(letter) - ord('A')) for letter in word.upper())} "


def squared(word: str, rng: random.Random) -> str:
    """Write a word in emoji letters: white on black squares or circles."""
    first = rng.choice((0x1F170, 0x1F150))
    return "".join(chr(first + ord(letter) - ord("A")) for letter in word.upper())


def full_width(word: str, _: random.Random) -> str:
    """Write a word in full-width letters."""
    return "".join(chr(ord(letter) + 0xFEE0) for letter in word)


def accented(word: str, _: random.Random) -> str:
    """Put an accent on every letter that has a common accented form."""
    return "".join(_ACCENTS.get(letter, letter) for letter in word)


def zalgo(word: str, rng: random.Random) -> str:
    """Stack two or three marks on every letter."""
    return "".join(letter + "".join(rng.choices(_MARKS, k=rng.randint(2, 3))) for letter in word)


def reversed_text(text: str, _: Collection[str], __: random.Random) -> str:
    """Write the whole text backwards behind a right-to-left override, so that a screen shows it forwards."""
    return f"{_RIGHT_TO_LEFT}{text[::-1]}{_POP}"


def whole_spoiler(text: str, _: Collection[str], __: random.Random) -> str:
    """Hide the whole text behind one spoiler."""
    return f"||{text}||"


ATTACKS: dict[str, Attack] = {
    "homoglyphs in key words": _on_keys(homoglyphs),
    "homoglyphs throughout": _on_all(homoglyphs),
    "zero-width characters": _on_keys(zero_width),
    "key words spaced by blanks": _on_keys(blank_spaced),
    "key words spaced by signs": _on_keys(spaced),
    "leet": _on_keys(leet),
    "spoiler on key words": _on_keys(spoiler),
    "spoiler on the whole text": whole_spoiler,
    "bold inside words": _on_keys(bold_inside),
    "key words reversed": _on_keys(reversed_word),
    "text reversed by an override": reversed_text,
    "regional-indicator letters": _on_keys(regional),
    "emoji letters": _on_keys(squared),
    "full-width letters": _on_all(full_width),
    "accents": _on_keys(accented),
    "zalgo": _on_keys(zalgo),
}


def attacked(name: str, text: str, wordings: Collection[str], seed: int = 0) -> str:
    """Return a text after the attack of that name; the same for the same seed and text."""
    rng = random.Random(f"{seed}:{name}:{text}")  # noqa: S311 - sampling, no secret
    return ATTACKS[name](text, key_words(text, wordings), rng)


def halves(text: str) -> tuple[str, str]:
    """Cut a text in two at the blank nearest to its middle, as for two messages; the second may be empty."""
    blanks = [found.start() for found in re.finditer(r"\s", text)]
    if not blanks:
        return text, ""
    middle = min(blanks, key=lambda place: abs(place - len(text) / 2))
    return text[:middle].strip(), text[middle:].strip()
