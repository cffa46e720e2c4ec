"""Note files from outside: what a plan says of them, and every folder and zip that is refused with one sentence."""

from __future__ import annotations

import os
import stat
import struct
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest

from bot.core import note_intake
from bot.core.domain import Note, NoteState
from bot.core.errors import AppError, BadInput, NoteInvalid
from bot.core.note_export import export_files
from bot.core.note_front import NoteFault
from bot.core.note_import import Edit, plan_import, read_folder, read_zip
from bot.core.note_intake import MAX_ZIP_BYTES, MAX_ZIP_FILES, MAX_ZIP_TOTAL
from bot.core.note_ports import Revision
from bot.core.note_record import MAX_RECORD_BYTES, RECORD_NAME, exported_revisions, record_text
from bot.core.notes import MAX_NOTE_BYTES, parse_note, render_note
from tests.bot.core.samples import make_note

SERVER = 42
TEXT = render_note(make_note("a"))


def kept(note: Note, number: int = 1) -> Revision:
    """A note as the store has it."""
    return Revision(note, number, author_id=7, reason="", at=datetime(2026, 11, 20, tzinfo=UTC))


def texts_of(*notes: Note) -> dict[str, str]:
    """Notes as files."""
    return {f"{note.id}.md": render_note(note) for note in notes}


def reworded(note: Note, words: str = "An order that names its founders would.") -> Note:
    """The note with another last part."""
    return replace(note, would_change=words)


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes | str]) -> bytes:
    """A zip of these members."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def test_plan_then_sorts_files_into_new_changed_same_and_gone():
    a, b, c, d = (make_note(letter) for letter in "abcd")
    current = {"a": kept(a), "b": kept(b, 4), "d": kept(d)}
    plan = plan_import(texts_of(c, reworded(b), a), current)
    assert (plan.new, plan.changed) == ((c,), (Edit(reworded(b), 4),))
    assert (plan.same, plan.gone, plan.conflicts, plan.behind) == (("a",), ("d",), (), ())
    assert plan.written == (c, reworded(b))
    assert not plan.is_empty


def test_plan_when_the_store_went_on_since_the_export_then_tells_a_conflict_from_a_file_left_behind():
    a, b = make_note("a"), make_note("b")
    current = {"a": kept(reworded(a), 3), "b": kept(reworded(b), 2)}
    files = texts_of(reworded(a, "A witness would."), b)
    plan = plan_import(files, current, {"a": 2, "b": 1}, untouched={"b"})
    (conflict,) = plan.conflicts
    assert (conflict.note.id, conflict.exported, conflict.newest) == ("a", 2, current["a"])
    assert plan.behind == ("b",)
    assert plan.is_empty


def test_plan_when_only_the_state_differs_then_says_the_same():
    """A line in a file must not move a note through its life."""
    note = make_note("a")
    plan = plan_import(texts_of(replace(note, state=NoteState.RETIRED)), {"a": kept(note)})
    assert plan.same == ("a",)


def test_plan_when_one_file_is_no_note_then_refuses_all():
    with pytest.raises(NoteInvalid, match=r"b\.md, line 1"):
        plan_import({"a.md": TEXT, "b.md": "no note"}, {})
    with pytest.raises(NoteFault, match="but its id is a"):
        plan_import({"b.md": TEXT}, {})


def test_export_then_plans_as_the_same_and_says_what_waits():
    notes = [make_note("a"), make_note("b", state=NoteState.STALE), make_note("c", state=NoteState.DRAFT)]
    current = {note.id: kept(note, number) for number, note in enumerate(notes, 1)}
    files = export_files(SERVER, current, waiting={"a"})
    plan = plan_import(files, current, exported_revisions(files, SERVER))
    assert plan.same == ("a", "b", "c")
    assert exported_revisions(files, SERVER) == {"a": 1, "b": 2, "c": 3}
    assert [parse_note(files[f"{name}.md"]).state for name in "abc"] == ["in-review", "stale", "draft"]


def test_record_of_another_server_then_says_nothing_here():
    """Revision numbers of one server mean nothing on another."""
    assert exported_revisions({RECORD_NAME: record_text(SERVER + 1, {"a": 3})}, SERVER) == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"server": "42"}',
        '{"server": "42", "revisions": {"a": NaN}}',
        '{"server": "42", "revisions": {"a": 1e999}}',
        '{"server": "42", "revisions": {"a": true}}',
        '{"server": "42", "revisions": {"a": 1, "a": 2}}',
        '{"server": "42", "revisions": {"a": ' + "9" * 5000 + "}}",
        '{"server": "42", "revisions": [1]}',
    ],
)
def test_record_that_no_export_wrote_then_is_refused_with_what_to_do(text):
    with pytest.raises(BadInput, match="damaged"):
        exported_revisions({RECORD_NAME: text}, SERVER)


def test_read_folder_then_returns_notes_and_record_and_leaves_the_rest(tmp_path):
    for name in ("b.md", "a.md", RECORD_NAME, "notes.csv", ".a.md.part"):
        (tmp_path / name).write_text(name, "utf-8")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "c.md").write_text("c", "utf-8")
    assert read_folder(tmp_path) == {RECORD_NAME: RECORD_NAME, "a.md": "a.md", "b.md": "b.md"}


def link_to_file(folder: Path) -> None:
    (folder / "note.txt").write_text(TEXT, "utf-8")
    (folder / "a.md").symlink_to(folder / "note.txt")


def link_out(folder: Path) -> None:
    (folder / "a.md").symlink_to("/etc/hostname")


def link_in_a_circle(folder: Path) -> None:
    (folder / "a.md").symlink_to(folder / "a.md")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "a.md")


def device(folder: Path) -> None:
    os.mknod(folder / "a.md", stat.S_IFCHR | 0o600, os.makedev(1, 5))  # /dev/zero, which never ends


def sub_folder(folder: Path) -> None:
    (folder / "a.md").mkdir()


def huge(folder: Path) -> None:
    """A file of a terabyte that takes no room on the disk."""
    with (folder / "a.md").open("wb") as file:
        file.truncate(1 << 40)


def huge_record(folder: Path) -> None:
    with (folder / RECORD_NAME).open("wb") as file:
        file.truncate(MAX_RECORD_BYTES + 1)


def twins(folder: Path) -> None:
    (folder / "A.md").write_text(TEXT, "utf-8")
    (folder / "a.md").write_text(TEXT, "utf-8")


def capitals(folder: Path) -> None:
    (folder / "README.md").write_text(TEXT, "utf-8")


def control_characters(folder: Path) -> None:
    (folder / "a\x1b[31m\n.md").write_text(TEXT, "utf-8")


def utf_16(folder: Path) -> None:
    (folder / "a.md").write_bytes(TEXT.encode("utf-16-le"))


def latin_1(folder: Path) -> None:
    (folder / "a.md").write_bytes(TEXT.replace("Daesh", "D\u00e4sh").encode("latin-1"))


def surrogate(folder: Path) -> None:
    (folder / "a.md").write_bytes(TEXT.encode().replace(b"Daesh", b"\xed\xa0\x80", 1))


FOLDERS = [
    (link_to_file, "not-a-file"), (link_out, "not-a-file"), (link_in_a_circle, "not-a-file"), (pipe, "not-a-file"),
    (device, "not-a-file"), (sub_folder, "not-a-file"), (huge, "too-large"), (huge_record, "too-large"),
    (twins, "name-twice"), (capitals, "file-name"), (control_characters, "file-name"), (utf_16, "not-utf-8"),
    (latin_1, "not-utf-8"), (surrogate, "not-utf-8"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "rule"), FOLDERS, ids=lambda value: getattr(value, "__name__", value))
def test_read_folder_of_a_hostile_folder_then_refuses_it_in_one_sentence_unread(make, rule, tmp_path):
    try:
        make(tmp_path)
    except PermissionError:
        pytest.skip("only root can make a device")
    tracemalloc.start()
    with pytest.raises(NoteFault) as caught:
        read_folder(tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.rule == rule
    assert str(caught.value).isprintable()
    assert peak < 2_000_000


def test_read_folder_of_a_missing_one_a_file_or_a_name_that_cannot_be_then_says_so(tmp_path):
    (tmp_path / "file").write_text("x", "utf-8")
    for folder in (tmp_path / "missing", tmp_path / "file", Path("a\0b")):
        with pytest.raises(BadInput, match="There is no folder"):
            read_folder(folder)


def test_read_folder_of_too_many_entries_then_counts_no_further(tmp_path, monkeypatch):
    for number in range(8):
        (tmp_path / f"{number}.md").write_text(TEXT, "utf-8")
    monkeypatch.setattr(note_intake, "MAX_FILES", 7)
    with pytest.raises(BadInput, match="more than 7 notes"):
        read_folder(tmp_path)
    monkeypatch.setattr(note_intake, "MAX_ENTRIES", 6)
    with pytest.raises(BadInput, match="more than 6 entries"):
        read_folder(tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(note_intake, "MAX_FOLDER_BYTES", 3 * len(TEXT))
    with pytest.raises(BadInput, match="are larger than"):
        read_folder(tmp_path)


def test_read_zip_then_finds_notes_at_the_top_or_in_folders():
    data = zipped(("pack/", ""), ("pack/b.md", "b"), ("a.md", "a"), ("pack/x.txt", "x"), ("__MACOSX/._a.md", "junk"))
    assert read_zip(data) == {"a.md": "a", "b.md": "b"}
    assert read_zip(zipped()) == {}


def linked() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("a.md")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def lying(declared: int) -> bytes:
    """A zip whose member unpacks to more than both its headers declare."""
    data = bytearray(zipped(("a.md", b"x" * (MAX_NOTE_BYTES * 4))))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(signature) + offset
        data[start : start + 4] = struct.pack("<L", declared)
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(zipped(("a.md", "x")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    return bytes(data)


def broken() -> bytes:
    data = bytearray(zipped(("a.md", os.urandom(500))))
    data[60] ^= 0xFF
    return bytes(data)


def in_lzma() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.md", "x")
    return packed.getvalue()


def many() -> bytes:
    return zipped(*((f"{number}.md", "") for number in range(MAX_ZIP_FILES + 1)))


def wide() -> bytes:
    """Each member is small enough, all of them together are not."""
    full = b" " * MAX_NOTE_BYTES
    return zipped(*((f"{number}.md", full) for number in range(MAX_ZIP_TOTAL // MAX_NOTE_BYTES + 1)))


OUTSIDE = ["../a.md", "pack/../../a.md", "/etc/a.md", "C:/a.md", "c:a.md", "..\\a.md", "\\\\host\\a.md", "pack\\a.md"]
ZIPS = [
    (b"", "not a zip"), (b"PK", "not a zip"), (b"no zip at all" * 100, "not a zip"),
    (zipped(("a.md", "x"))[:-9], "not a zip"),
    (b"x" * (MAX_ZIP_BYTES + 1), "larger than 8 MiB"), (zipped((linked(), "/etc/passwd")), "not a plain file"),
    (zipped(("a.md", b"x" * 20_000_000)), "too large"), (lying(10), "not a zip"), (encrypted(), "encrypted"),
    (broken(), "not a zip"), (in_lzma(), "unusual way"), (many(), "more than 2,000 files"),
    (wide(), "larger than 32 MiB"),
    (zipped(("inner.zip", zipped(("a.md", TEXT)))), "another zip"), (zipped(("pack/X.ZIP", "")), "another zip"),
    (zipped(("a.md", TEXT), ("pack/a.md", TEXT)), "Two files"), (zipped(("a.md", TEXT), ("A.md", TEXT)), "Two files"),
    (zipped(("\u0430.md", TEXT)), "no claim id"), (zipped(("a.md", TEXT.encode("utf-16"))), "not UTF-8"),
    *((zipped((name, TEXT)), "leads out of it") for name in OUTSIDE),
]  # fmt: skip


@pytest.mark.parametrize(("data", "words"), ZIPS, ids=lambda value: value if isinstance(value, str) else "")
def test_read_zip_of_a_hostile_zip_then_refuses_it_in_one_sentence_with_little_memory(data, words):
    tracemalloc.start()
    with pytest.raises(AppError, match=words) as caught:
        read_zip(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(caught.value).isprintable()
    assert peak < 4_000_000


def test_dates_of_the_sample_are_whole_days():
    """The sample must be a note that a file can hold, or the tests above would refuse it for another reason."""
    assert make_note("a").reviewed_on == date(2026, 11, 1)
    assert parse_note(TEXT) == make_note("a")
