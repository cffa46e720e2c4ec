"""Disguised words are read, ordinary writing is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.folding import fold

DISGUISED = [
    ("Tаlіbаn", "Taliban"),  # Cyrillic а, і
    ("Τhе Таlіbаn", "The Taliban"),  # Greek Τ, Cyrillic Т
    ("ΝΑΤΟ started it", "NATO started it"),  # Greek throughout
    ("СІА and ЅВУ did it", "CIA and SBY did it"),  # Cyrillic throughout
    ("ЯUSSIA", "RUSSIA"),
    ("𝐓𝐚𝐥𝐢𝐛𝐚𝐧 𝕿𝖆𝖑𝖎𝖇𝖆𝖓 𝚃𝚊𝚕𝚒𝚋𝚊𝚗", "Taliban Taliban Taliban"),
    ("Ｔａｌｉｂａｎ", "Taliban"),
    ("ᴛᴀʟɪʙᴀɴ", "taliban"),
    ("ⓣⓐⓛⓘⓑⓐⓝ 🅣🅐🅛🅘🅑🅐🅝 🆃🅰🅻🅸🅱🅰🅽", "taliban TALIBAN TALIBAN"),
    ("🇹 🇦 🇱 🇮 🇧 🇦 🇳", "TALIBAN"),
    ("🇮\u200b🇷\u200b🇦\u200b🇶", "IRAQ"),
    ("Ta\u200bli\u200db\u2060a\u00adn", "Taliban"),
    ("\u202enabilaT\u202c \u2066Iran\u2069", "Taliban Iran"),
    ("Tal\ufe0fib\U000e0061an", "Taliban"),
    ("T\u0336a\u0336l\u0336i\u0336b\u0336a\u0336n\u0336", "Taliban"),
    ("T\u0324\u0336a\u0301\u0317l\u034ai\u0332b\u0488a\u0359n\u0326", "Taliban"),
    ("ꓔꓮꓡꓲꓐꓮꓠ rule", "TALIBAN rule"),
    ("₮₳LIB₳₦", "TALIBAN"),
    ("T a l i b a n", "Taliban"),
    ("the T.a.l.i.b.a.n won", "the Taliban won"),
    ("t-a-l-i-b-a-n I_R_A_N", "taliban IRAN"),
    ("T4l1b4n and h4m4s", "Taliban and hamas"),
    ("1raq 1srael Isr4el Isr4e1 po1and", "iraq israel Israel Israel poland"),
    ("$anction$ by the €urope@ns", "sanctions by the europeans"),
    ("T@liban NAT0 0bama M0SSAD T4L1B4N", "Taliban NATO obama MOSSAD TALIBAN"),
    ("T 4 l 1 b 4 n", "Taliban"),
    ("Ukr41ne Ru55ia Pu7in naz1s", "Ukraine Russia Putin nazis"),
    ("A$$ad I$IS 5yria", "Assad ISIS syria"),
    ("T@l1b@n", "Taliban"),
    ("noooooooo", "noo"),
]
ORDINARY = """
On 9/11, in 2014 and 1990s-2000s, at 24/7, 10k of 1,000,000 people, 3.5 bn, $500m, US$5bn, $1.5tn, €100, 100€, 50%,
1st 2nd 3rd 5th.
F-16 F-16s F16 F35A S-400 S400 MH17 C4 G7 G20 P5+1 COVID-19 M1A1 M1A1s T-34s T72B3 H1N1 AK-47 B-52H Su-30MK UH-1Y
C130J F15E R2P 9M729 KN-23.
CO2 H2O PM2.5 U235 GPT4 5G 3D 4x4 1v1 mp3 mp3s 4chan 1day 3pm 7am 15min 30mm 9x19mm 0600Z
1MDB L3Harris 3M top10 v1.0 UN2758 Q1.
U.S. U.S.A. U.S.S.R. D.P.R.K. a.k.a. e.g. p.m. A B C D and 1 3 5 7; vitamins a b c d; World War II, I a m.
foo@bar.com @user @role #channel me@user wow!that yes|no user_1 a_b R&D AT&T $AAPL $USD costs $$$ ... !!!
pic.twitter.com/4X3yBQrQFj
“Curly” ‘quotes’, don’t, em—dash, ellipsis… 10² km² ½ ™ 5 µm 20 °C α-particle Δt β
Erdoğan São Paulo Đặng naïve café Müller Łódź Zelenskyy’s Ægypt Þór Ørsted façade
Путин сказал, что США и НАТО не правы, а Китай прав, со слов ТАСС. The word «мир» means peace. за́мок Украї́на
Η Ελλάδα και το ΝΑΤΟ είναι εδώ. 中文，也可以。 العَرَبِيَّة हिन्दी में क्रांति ภาษาไทย می‌خواهم 한국어
🇺🇸 and 🇷🇺🇺🇦 and 🇬🇧 🇫🇷, ❤️ 👩‍🚀 🏳️‍🌈 🤦🏽‍♂️ ☭ AAA www ooh brrr
"""

PLAIN_WORDS = ["Russia", "Taliban", "NATO", "lied", "about", "war", "the", "in", "2014", ",", ".", "it’s", "café", "a"]


@pytest.mark.parametrize(("disguised", "plain"), DISGUISED)
def test_fold_when_letters_are_disguised_then_reads_the_word(disguised, plain):
    assert fold(disguised) == plain


@pytest.mark.parametrize("line", ORDINARY.strip().splitlines())
def test_fold_when_writing_is_ordinary_then_changes_nothing(line):
    words = line.split()
    changed = [(before, after) for before, after in zip(words, fold(line).split(), strict=False) if before != after]
    assert changed == []
    assert fold(line) == line


@given(st.text(max_size=200) | st.text(st.characters(categories=["Cs", "Cc", "Cf", "Mn", "Lu"]), max_size=50))
def test_fold_when_given_any_string_then_answers_without_raising(text):
    assert isinstance(fold(text), str)


@given(st.lists(st.sampled_from(PLAIN_WORDS), max_size=20))
def test_fold_when_text_is_plain_words_then_folding_is_nothing(words):
    assert fold(" ".join(words)) == " ".join(words)


@given(st.lists(st.sampled_from("Tal\u0336\u200b\u202e\u0301\ufe0f").map(lambda char: "T" + char), max_size=20))
def test_fold_when_a_word_is_stuffed_with_marks_then_only_letters_remain(pieces):
    assert not set(fold("".join(pieces))) & set("\u0336\u200b\u202e\ufe0f")
