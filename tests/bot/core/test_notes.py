"""Reading and writing note files: the form, and every text that is no note."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.domain import Claim, Note, NoteState, Point, Source, Status
from bot.core.errors import BadInput, NoteInvalid
from bot.core.note_front import NoteFault, is_plain_url
from bot.core.notes import MAX_NOTE_BYTES, load_notes, parse_note, render_note

DATA = Path(__file__).parents[2] / "data"
GOOD = DATA / "notes_good" / "north-closed-the-strait.md"
TEXT = GOOD.read_text("utf-8")

# Each change to the good note, the rule that refuses it, and the line the message names.
UNREADABLE = [
    ("+++\nid", "id", "front-matter", 1),
    ("from 1 to 9 May 2025. [1][2]", "from 1 to 9 May 2025. [1][4]", "source-mark", 42),
    ("from 1 to 9 May 2025. [1][2]", "from 1 to 9 May 2025. [0]", "source-mark", 42),
    ("from 1 to 9 May 2025. [1][2]", "from 1 to 9 May 2025 [1].", "mark-inside", 42),
    ('claim = "', "claim = ", "toml", 3),
    ("reviewed_on = 2026-11-23", "reviewed_on = 2026-13-23", "toml", 6),
    ("reviewed_on = 2026-11-23", 'reviewed_on = "2026-11-23"', "wrong-type", 6),
    ("reviewed_on = 2026-11-23", "reviewed_on = 2026-11-23T10:00:00", "wrong-type", 6),
    ("claim =", "claims =", "unknown-key", 3),
    ('status = "contested"\n', "", "missing-key", 1),
    ('status = "contested"', 'status = "false"', "status-word", 4),
    ('state = "active"', 'state = "live"', "state-word", 5),
    ('tags = ["Northland", "Southmark"]', 'tags = "Northland"', "wrong-type", 8),
    ('tags = ["Northland", "Southmark"]', "tags = [" + "1" * 5000 + "]", "toml", 37),
    ('tags = ["Northland", "Southmark"]', "tags = " + "[" * 9000, "toml", 37),
    ('outlook = "Northland daily"', "", "missing-key", 21),
    ('outlook = "Northland daily"', 'outlok = "Northland daily"', "unknown-key", 21),
    ('outlook = "Northland daily"', 'outlook = " "', "empty-text", 21),
    ("https://gazette", "javascript://gazette", "source-url", 21),
    ('date = "2025-05"', 'date = "May 2025"', "source-date", 28),
    ("## Documented", "## Facts", "section-unknown", 40),
    ("## Documented", "# Documented", "section-unknown", 40),
    ("## What would change this", "## Documented", "section-twice", 51),
    ("## What would change this\n\nA published order", "- A published order", "section-missing", 1),
    ("\nA published order", "\n- A published order", "stray-text", 53),
    ("- The closing order", "The closing order", "stray-text", 43),
    ("A published order or testimony that names the reason for the closing.\n", "", "section-empty", 51),
    ("Northland closed the Varn strait from", "Northland closed the Va\u200brn strait from", "hidden-character", 42),
    ("Northland closed the Varn strait from", "Northland closed the \u202eVarn strait from", "hidden-character", 42),
]


def changed(old: str, new: str) -> str:
    """The good note's text with one change, which must be one."""
    assert TEXT.count(old) >= 1
    return TEXT.replace(old, new, 1)


def test_parse_note_given_a_good_file_reads_every_part():
    note = parse_note(TEXT)
    assert (note.id, note.status, note.state) == ("north-closed-the-strait", Status.CONTESTED, NoteState.ACTIVE)
    assert (note.reviewed_on, note.review_due) == (date(2026, 11, 23), date(2027, 5, 23))
    assert note.claim.paraphrases[2] == 'they locked the varn strait to make "southmark" pay'
    assert len(note.claim.look_alikes) == 3
    assert note.documented[0] == Point("Northland closed the Varn strait from 1 to 9 May 2025.", (1, 2))
    assert note.disputed[1].sources == ()
    assert note.sources[1] == Source("Southmark Post", "Ministry speaks of punishment", "Southmark daily", "2025-05")
    assert note.would_change.startswith("A published order")


def test_render_note_after_parse_gives_the_same_bytes():
    assert render_note(parse_note(TEXT)) == TEXT


def test_parse_note_given_a_hand_written_layout_reads_the_same_note():
    """A byte-order mark, Windows line ends, joined lines, stars for bullets and bare dates are people's habits."""
    loose = TEXT.replace("1 to 9 May 2025. [1][2]", "1 to\n  9  May 2025. [1] [2]")
    loose = loose.replace("- Of 41", "* Of 41").replace('date = "2025-05-02"', "date = 2025-05-02")
    assert parse_note("\ufeff" + loose.replace("\n", "\r\n")) == parse_note(TEXT)


@pytest.mark.parametrize(("old", "new", "rule", "line"), UNREADABLE)
def test_parse_note_given_a_fault_names_rule_path_and_line(old, new, rule, line):
    with pytest.raises(NoteFault) as caught:
        parse_note(changed(old, new), "pack/x.md")
    assert (caught.value.rule, caught.value.path, caught.value.line) == (rule, "pack/x.md", line)
    assert str(caught.value).startswith(f"pack/x.md, line {line}: ")
    assert str(caught.value).endswith((".", "?", "[1][3]"))


@pytest.mark.parametrize("text", ["", "+++", "+++\n+++", "no note", "\x00", "+++\nid = 1\n+++\n"])
def test_parse_note_given_no_note_at_all_refuses_it(text):
    with pytest.raises(NoteInvalid):
        parse_note(text)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_parse_note_given_any_edit_reads_it_or_says_why(noise):
    """No text ends in anything but a note or a NoteInvalid."""
    for text in (noise, TEXT.replace("Varn", noise, 1), TEXT.replace("Of 41", noise)):
        try:
            parse_note(text)
        except NoteInvalid:
            continue


WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
POINTS = st.lists(st.builds(Point, WORDS, st.sampled_from([(), (1,), (2, 1)])), min_size=1, max_size=4).map(tuple)


@settings(deadline=None, max_examples=50)
@given(points=POINTS, words=st.lists(WORDS, min_size=1, max_size=5).map(tuple), text=WORDS)
def test_render_note_given_any_words_reads_back_or_refuses(points, words, text):
    source = Source(text, text, text, "2026", "https://a.example/(x)")
    good = parse_note(TEXT)
    note = replace(
        good, claim=Claim(good.id, text, words, words), tags=words, documented=points, sources=(source, source)
    )
    try:
        rendered = render_note(note)
    except NoteInvalid:
        assert any(char in "[#-*" for point in points for char in point.text)
    else:
        assert parse_note(rendered) == note
        assert render_note(parse_note(rendered)) == rendered


@pytest.mark.timeout(5)
@pytest.mark.parametrize("noise", ["[1]" * 20_000 + "x", " " * 60_000, "?" * 60_000, "a b\\n" * 15_000, "." * 60_000])
def test_parse_note_given_a_hostile_text_ends_soon(noise):
    """No pattern may take quadratic time over a whole file."""
    for old in ("Of 41 ships", "Northland closed the Varn strait to punish Southmark.", "A published order"):
        try:
            parse_note(changed(old, noise))
        except NoteFault as fault:
            assert len(str(fault)) < 500  # noqa: PT017 (a text of blanks is a fault, one of dots may be a note)


def test_note_fault_never_repeats_control_characters():
    """A message is printed on a terminal."""
    for old, new in (
        ("## Documented", "## \x1b[31mred"),
        ("claim =", '"\\u001b[31m" ='),
        ('"contested"', '"\\u001b[31m"'),
    ):
        with pytest.raises(NoteFault) as caught:
            parse_note(changed(old, new))
        assert str(caught.value).isprintable()


def test_render_note_given_a_line_break_in_a_text_refuses():
    note = replace(parse_note(TEXT), would_change="One line.\nAnother line.")
    with pytest.raises(NoteInvalid, match="one line"):
        render_note(note)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/x", "https://", "https://user:word@a.example/", "https://a.example/a b", "https://a.example/\u0430",
        "https://[::1", "//a.example", "https://a.example/" + "x" * 600, "https://a.example/<x>", "a.example",
    ],
)  # fmt: skip
def test_is_plain_url_given_an_address_unfit_for_a_link_says_no(url):
    assert not is_plain_url(url)


def test_is_plain_url_given_ordinary_addresses_says_yes():
    assert is_plain_url("http://a.example/x_(y)?q=1&r=%D0%B0#z")


def written(folder: Path, name: str, text: str = TEXT) -> Note:
    """Write a note under another id into the folder."""
    (folder / f"{name}.md").write_text(text.replace("north-closed-the-strait", name), "utf-8")
    return replace(parse_note(TEXT), claim=replace(parse_note(TEXT).claim, id=name))


def test_load_notes_given_a_folder_returns_its_notes_by_id(tmp_path):
    notes = (written(tmp_path, "a-b"), written(tmp_path, "a"), written(tmp_path, "b"))
    (tmp_path / "README.txt").write_text("not a note")
    assert load_notes(tmp_path) == tuple(sorted(notes, key=lambda note: note.id))


def test_load_notes_given_an_empty_folder_returns_none(tmp_path):
    assert load_notes(tmp_path) == ()


def test_load_notes_given_no_folder_says_so(tmp_path):
    with pytest.raises(BadInput, match="no folder"):
        load_notes(tmp_path / "missing")


@pytest.mark.parametrize(
    ("content", "rule", "line"),
    [
        (TEXT.encode(), "id-is-file-name", 2),
        (TEXT.encode() + b"\n" * MAX_NOTE_BYTES, "too-large", 0),
        (TEXT.encode().replace(b"Varn", b"V\xe9rn", 1), "not-utf-8", 3),
    ],
)
def test_load_notes_given_a_bad_file_names_it(tmp_path, content, rule, line):
    (tmp_path / "another-name.md").write_bytes(content)
    with pytest.raises(NoteFault, match=r"another-name\.md") as caught:
        load_notes(tmp_path)
    assert (caught.value.rule, caught.value.line) == (rule, line)


def test_load_notes_given_a_pipe_or_a_folder_named_like_a_note_does_not_open_it(tmp_path):
    """Reading a pipe would wait for ever."""
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(NoteFault, match="not a plain file"):
        load_notes(tmp_path)
