"""Letters that are drawn like Latin ones, mapped back where a word shows that it is meant to be Latin.

A curated part of Unicode's confusables (UTS 39), small enough to read. Real Cyrillic or Greek words stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import groupby


def _table(*pairs: tuple[str, str]) -> dict[str, str]:
    """Return one mapping from pairs of equally long strings."""
    return {drawn: latin for left, right in pairs for drawn, latin in zip(left, right, strict=True)}


# Mapped wherever they stand: nobody writes a word of another language with them.
_ALWAYS = _table(
    ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz"),
    ("ɑɡıɩʋƒ", "agiivf"),
    ("".join(map(chr, range(0x249C, 0x24B6))), "abcdefghijklmnopqrstuvwxyz"),  # parenthesised letters
    *(
        ("".join(map(chr, range(first, first + 26))), "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        for first in (0x1F110, 0x1F130, 0x1F150, 0x1F170)  # parenthesised, squared, white on black
    ),
)
# So alike that a whole word of them is taken for Latin, unless its neighbours are truly of that script.
_TWINS = _table(
    ("асеорхуіѕјһԁԛԝѵӏ", "aceopxyisjhdqwvl"),
    ("АВЕКМНОРСТХУІЅЈԚԜҮӀѴ", "ABEKMHOPCTXYISJQWYIV"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
    ("ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ", "ABCDEGHiJKLMPRSTVWZ"),
    ("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "BPDTGKJCZFMNLSRVHWXYAEIOU"),
)
# Alike enough when the rest of the word is Latin.
_COUSINS = _table(
    ("кмнтвгпишЯИШ", "kmhtbrnuwRNW"),
    ("ανοικρτυχγωεηϲϳσ", "avoikptuxywencjo"),
    ("օսոհցՕՏԼՍ", "ounhgOSLU"),
    ("₳₵₣₲₭₥₦₱₴₮₩฿", "ACFGKMNPSTWB"),
)
_IN_MIXED_WORDS = _TWINS | _COUSINS
_LOOK_ALIKES = _ALWAYS | _IN_MIXED_WORDS
_WORD = re.compile(r"[\w₳₵₣₲₭₥₦₱₴₮₩฿]+")

_REGIONAL_A = 0x1F1E6
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff](?:[ \u200b-\u200d\u2060\ufe0f]?[\U0001f1e6-\U0001f1ff])*")


def read_regional_letters(text: str) -> str:
    """Write letters for regional indicators that are not flags: 🇮 🇷 🇦 🇳 -> IRAN, while 🇺🇸 🇷🇺 stays.

    Flags are pairs, so a lone letter between the gaps shows that a run spells a word.
    """
    return _REGIONAL.sub(_regional_word, text)


def _regional_word(found: re.Match[str]) -> str:
    groups = re.split("[^\U0001f1e6-\U0001f1ff]+", found.group())
    if all(len(group) % 2 == 0 for group in groups):
        return found.group()
    return "".join(chr(ord("A") + ord(char) - _REGIONAL_A) for group in groups for char in group)


@lru_cache(maxsize=4096)
def is_latin(char: str) -> bool:
    """Tell whether a character is a Latin letter, with or without an accent."""
    return char.isalpha() and (char.isascii() or unicodedata.name(char, "").startswith("LATIN"))


def is_latin_shaped(char: str) -> bool:
    """Tell whether a character is a Latin letter or drawn like one."""
    return char in _LOOK_ALIKES or is_latin(char)


def read_confusables(text: str) -> str:
    """Write Latin letters for their look-alikes, word by word."""
    text = "".join(_ALWAYS.get(char, char) for char in text)
    has_latin = any(map(is_latin, text))
    words = [(found, _nature(found.group())) for found in _WORD.finditer(text)]
    parts: list[str] = []
    pos = 0
    for nature, run in groupby(words, key=lambda word: _run_key(word[1])):
        members = list(run)
        is_real = any(member == "foreign" for _, member in members)
        for found, member in members:
            table = _TWINS if member == "twin" and has_latin and not is_real else _IN_MIXED_WORDS
            is_kept = nature == "plain" or (nature == "other script" and table is not _TWINS)
            word = found.group() if is_kept else "".join(table.get(char, char) for char in found.group())
            parts += (text[pos : found.start()], word)
            pos = found.end()
    return "".join(parts) + text[pos:]


def _run_key(nature: str) -> str:
    """Put words of twins and truly foreign words side by side into one run: they decide together."""
    return "other script" if nature in ("twin", "foreign") else nature


def _nature(word: str) -> str:
    """Tell plain Latin from a mixed word, a word of nothing but twins, and a truly foreign word."""
    others = [char for char in word if not char.isascii() and not is_latin(char)]
    if not others:
        return "plain"
    if any(map(is_latin, word)):
        is_disguise = all(char in _IN_MIXED_WORDS or not char.isalnum() for char in others if char not in "ªº")
        has_money = any(unicodedata.category(char) == "Sc" for char in others)
        return "mixed" if is_disguise and not (has_money and any(map(str.isdigit, word))) else "plain"
    return "twin" if all(char in _TWINS for char in others) else "foreign"
