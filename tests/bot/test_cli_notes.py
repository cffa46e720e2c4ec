"""``footnote notes`` as people and scripts meet it: a real folder, a real database, the real commands."""

from __future__ import annotations

import asyncio
import csv
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import TypeVar

import jsonschema
import pytest

from bot.core.domain import Claim, Note, NoteState
from bot.core.note_front import load_toml
from bot.core.note_ports import Library
from bot.core.note_record import RECORD_NAME
from bot.core.note_schema import note_schema
from bot.core.notes import load_notes, render_note
from bot.store import open_store
from tests.bot.core.samples import make_note

ROOT = Path(__file__).parents[2]
PACK = ROOT / "config" / "notes"
GOOD = ROOT / "tests" / "data" / "notes_good" / "north-closed-the-strait.md"
SERVER = 111_222_333_444_555_666
T = TypeVar("T")


@pytest.fixture
def library(footnote, tmp_path) -> Callable[[Callable[[Library], Awaitable[T]]], T]:
    """Return a function that hands the commands' own database to a coroutine function, opened and closed around it."""
    footnote("db", "upgrade")

    def use(act: Callable[[Library], Awaitable[T]]) -> T:
        async def opened() -> T:
            url = f"sqlite:///{tmp_path}/var/footnote.db"
            async with open_store(url, key_file=tmp_path / "var" / "footnote.key", upgrade=True) as store:
                return await act(store.library)

        return asyncio.run(opened())

    return use


def folder_of(path: Path, *notes: Note) -> Path:
    """Write notes into a folder."""
    path.mkdir(exist_ok=True)
    for note in notes:
        (path / f"{note.id}.md").write_text(render_note(note), "utf-8")
    return path


def files_of(folder: Path) -> dict[str, bytes]:
    """A folder's files and what is in them."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def reworded(note: Note, words: str) -> Note:
    """The note with another last part."""
    return replace(note, would_change=words)


def test_lint_then_prints_each_problem_for_people_or_for_scripts(footnote, tmp_path):
    text = GOOD.read_text("utf-8").replace("The closing order", "The so-called closing order")
    (tmp_path / GOOD.name).write_text(text, "utf-8")
    code, out, _ = footnote("notes", "lint", ".", "--no-models")
    assert (code, out.count("\n")) == (1, 1)
    assert out.startswith(f"{GOOD.name}:43: loaded-word: ")
    code, out, _ = footnote("notes", "lint", ".", "--no-models", "--json")
    assert code == 1
    assert list(json.loads(out)) == ["path", "line", "rule", "message", "mend"]
    code, _, err = footnote("notes", "lint", "missing", "--no-models")
    assert (code, err.count("\n")) == (2, 1)


def test_import_then_is_a_dry_run_until_it_is_confirmed(footnote, library, tmp_path):
    folder_of(tmp_path / "notes", make_note("a"), make_note("b"))
    code, out, _ = footnote("notes", "import", "notes", "--server", str(SERVER))
    assert (code, out.splitlines()[-1]) == (0, "Nothing was written; add --yes to import.")
    assert re.search(r"new\s+a\n.*new\s+b\n2 new, 0 changed", out)
    assert library(lambda notes: notes.heads(SERVER)) == ()
    assert not (tmp_path / "notes" / RECORD_NAME).exists()

    code, out, _ = footnote("notes", "import", "notes", "--server", str(SERVER), "--yes", "--by", "Ann")
    assert (code, out.splitlines()[-1]) == (0, "2 notes were kept, as drafts.")
    assert [head.state for head in library(lambda notes: notes.heads(SERVER))] == [NoteState.DRAFT] * 2
    revision = library(lambda notes: notes.revision(SERVER, "a"))
    assert (revision.author_id, revision.reason) == (0, "Imported from files by Ann.")

    code, out, _ = footnote("notes", "import", "notes", "--yes", "--by", "77", "--json")  # the one server that there is
    row = json.loads(out)
    assert list(row) == ["server", "new", "changed", "conflicts", "behind", "gone", "same", "written"]
    assert (code, row["server"], row["same"], row["new"]) == (0, str(SERVER), ["a", "b"], [])


def test_import_in_force_then_serves_at_once_what_says_that_it_is_in_use(footnote, library, tmp_path):
    pack = load_notes(PACK)[:2]
    folder_of(tmp_path / "notes", pack[0], replace(pack[1], state=NoteState.DRAFT))
    code, out, _ = footnote("notes", "import", "notes", "--server", str(SERVER), "--yes", "--in-force", "--by", "77")
    assert (code, out.splitlines()[-1]) == (0, "2 notes were kept, in force where the file says so, else as drafts.")
    assert library(lambda notes: notes.served(SERVER))[SERVER] == (pack[0],)
    assert library(lambda notes: notes.revision(SERVER, pack[0].id)).author_id == 77


def test_import_in_force_of_a_note_with_a_fault_then_writes_nothing(footnote, library, tmp_path):
    fair, harsh = load_notes(PACK)[:2]
    folder_of(tmp_path / "notes", fair, reworded(harsh, "A shameful order that says so would change this note."))
    code, _, err = footnote("notes", "import", "notes", "--server", str(SERVER), "--yes", "--in-force")
    assert code == 2
    assert re.fullmatch(rf"{harsh.id}\.md, line \d+: .*shameful.*\(1 found\); see footnote notes lint\.\n", err)
    assert library(lambda notes: notes.heads(SERVER)) == ()


def test_import_of_one_faulty_file_among_good_ones_then_writes_nothing(footnote, library, tmp_path):
    folder_of(tmp_path / "notes", make_note("a"))
    (tmp_path / "notes" / "b.md").write_text("no note", "utf-8")
    code, _, err = footnote("notes", "import", "notes", "--server", str(SERVER), "--yes")
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("b.md, line 1: ")
    assert library(lambda notes: notes.heads(SERVER)) == ()


def test_export_import_export_then_is_byte_stable(footnote, library, tmp_path):
    code, _, _ = footnote("notes", "import", str(PACK), "--server", str(SERVER), "--yes", "--in-force")
    assert code == 0
    code, out, _ = footnote("notes", "export", "one")
    count = len(list(PACK.glob("*.md")))
    assert (code, out) == (0, f"{count} notes of server {SERVER} are in one.\n")
    first = files_of(tmp_path / "one")
    assert {name: data for name, data in first.items() if name != RECORD_NAME} == {
        path.name: path.read_bytes() for path in PACK.glob("*.md")
    }
    code, out, _ = footnote("notes", "import", "one", "--yes", "--json")
    assert (code, len(json.loads(out)["same"])) == (0, count)
    footnote("notes", "export", "two")
    assert files_of(tmp_path / "two") == files_of(tmp_path / "one") == first


def test_edits_on_both_sides_since_an_export_then_are_a_conflict_and_one_side_is_not(footnote, library, tmp_path):
    """Edited in the folder, edited in Discord, edited in both, edited in neither, gone from the folder."""
    notes = {letter: make_note(letter) for letter in "abcde"}
    folder = folder_of(tmp_path / "notes", *notes.values())
    footnote("notes", "import", "notes", "--server", str(SERVER), "--yes")
    footnote("notes", "export", "notes")
    folder_of(folder, reworded(notes["a"], "A file."), reworded(notes["c"], "A file."))
    (folder / "e.md").unlink()

    async def edit(kept: Library) -> None:
        for letter in "bc":
            text = reworded(notes[letter], "A curator.")
            await kept.save(SERVER, text, author_id=5, reason="In Discord", base=1)

    library(edit)
    code, out, _ = footnote("notes", "import", "notes", "--yes", "--json")
    row = json.loads(out)
    assert (code, row["changed"], row["behind"], row["same"], row["gone"], row["new"]) == (
        1, [{"id": "a", "revision": 1}], ["b"], ["d"], ["e"], []
    )  # fmt: skip
    assert row["conflicts"] == [{"id": "c", "exported": 1, "revision": 2}]
    newest = {name: library(lambda kept, name=name: kept.revision(SERVER, name)) for name in "abcde"}
    assert [newest[name].note.would_change for name in "abc"] == ["A file.", "A curator.", "A curator."]
    assert newest["e"] is not None
    assert "not imported" in footnote("notes", "import", "notes")[1]

    folder_of(folder, reworded(notes["a"], "A second edit of the same file."))
    row = json.loads(footnote("notes", "import", "notes", "--json")[1])
    assert row["changed"] == [{"id": "a", "revision": 2}], "folder and store agreed after the import"


def test_export_then_never_overwrites_a_text_that_the_store_has_not(footnote, library, tmp_path):
    note = make_note("a")
    folder = folder_of(tmp_path / "notes", note)
    footnote("notes", "import", "notes", "--server", str(SERVER), "--yes")
    footnote("notes", "export", "notes")
    folder_of(folder, reworded(note, "Typed and not imported."))
    (folder / "mine.md").write_text("no note of the store", "utf-8")
    (folder / "README").write_text("x", "utf-8")
    before = files_of(folder)
    code, _, err = footnote("notes", "export", "notes")
    assert (code, files_of(folder)) == (2, before)
    assert err.startswith("1 of the files in notes hold a text that the store has not (a.md is one)")
    (folder / "a.md").write_bytes(b"\xff")
    assert footnote("notes", "export", "notes")[0] == 2, "what cannot be read is not overwritten either"
    (folder / "a.md").write_text("no note", "utf-8")
    assert footnote("notes", "export", "notes")[0] == 2
    code, _, _ = footnote("notes", "export", "notes", "--replace", "--csv", "notes.csv")
    assert code == 0
    assert (folder / "a.md").read_text("utf-8") == render_note(replace(note, state=NoteState.DRAFT))
    assert (folder / "mine.md").read_text("utf-8") == "no note of the store"
    table = (tmp_path / "notes.csv").read_text("utf-8")
    assert [row[0] for row in csv.reader(StringIO(table))] == ["id", "a"]
    assert sorted(files_of(folder)) == [RECORD_NAME, "README", "a.md", "mine.md"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import", "missing", "--server", "1"], "There is no folder"),
        (["import", "."], "knows no server yet"),
        (["export", "out"], "knows no server yet"),
        (["import", ".", "--server", "1", "--by", "a\x1b[31m"], "--by takes"),
        (["export", "file/out", "--server", "1"], "cannot be made"),
        (["export", "out", "--server", "1", "--csv", "."], "is a folder"),
    ],
)
def test_commands_given_what_cannot_be_then_say_so_in_one_sentence(footnote, library, tmp_path, arguments, words):
    (tmp_path / "file").write_text("x", "utf-8")
    code, _, err = footnote("notes", *arguments)
    assert (code, err.count("\n")) == (2, 1)
    assert words in err


def test_import_without_a_server_where_there_are_several_then_lists_them(footnote, library, tmp_path):
    folder_of(tmp_path / "notes", make_note("a"))
    for server in ("11", "22"):
        footnote("notes", "import", "notes", "--server", server, "--yes")
    code, _, err = footnote("notes", "import", "notes")
    assert (code, err) == (2, "The store knows 2 servers (11, 22); name one with --server ID.\n")


def generated(count: int) -> list[Note]:
    """Notes of claims that nobody makes, each another."""
    base = make_note("a")
    return [
        replace(base, claim=Claim(f"claim-{number}", f"Harbour {number} was closed to punish town {number}."))
        for number in range(count)
    ]


@pytest.mark.parametrize("options", [[], ["--in-force"]])
def test_import_of_three_hundred_claims_then_finds_each_with_its_text(footnote, library, tmp_path, options):
    notes = generated(300)
    folder_of(tmp_path / "notes", *(replace(note, state=NoteState.DRAFT) for note in notes))
    code, out, _ = footnote("notes", "import", "notes", "--server", str(SERVER), "--yes", *options)
    assert (code, "300 new" in out) == (0, True)

    async def texts(kept: Library) -> dict[str, str]:
        heads = await kept.heads(SERVER)
        found = [await kept.revision(SERVER, head.note_id) for head in heads]
        return {revision.note.id: revision.note.claim.text for revision in found if revision}

    assert library(texts) == {note.id: note.claim.text for note in notes}


def front_matter(path: Path) -> dict[str, object]:
    """A note's front matter as an editor's tool hands it to a schema: TOML's dates are texts there."""
    lines = path.read_text("utf-8").split("\n")
    return json.loads(json.dumps(load_toml(lines[1 : lines.index("+++", 1)], path.name), default=str))


def test_schema_then_is_the_shipped_file_and_passes_every_note(footnote):
    code, out, _ = footnote("notes", "schema")
    assert code == 0
    assert out == (ROOT / "config" / "note.schema.json").read_text("utf-8"), "footnote notes schema > that file"
    checker = jsonschema.Draft202012Validator(note_schema(), format_checker=jsonschema.FormatChecker())
    checker.check_schema(note_schema())
    for path in PACK.glob("*.md"):
        checker.validate(front_matter(path))


FRONT_RULES = {
    "examples-enough", "id-form", "labels-missing", "missing-key", "sources-missing", "state-word", "status-word",
    "too-long", "unknown-key", "empty-text",
}  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [path for path in (ROOT / "tests" / "faulty_notes").rglob("*.md") if path.parent.name in FRONT_RULES],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_schema_then_refuses_what_the_lint_refuses_in_the_front_matter(path):
    checker = jsonschema.Draft202012Validator(note_schema())
    assert not checker.is_valid(front_matter(path))
