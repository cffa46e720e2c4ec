"""A library of faulty notes: each is refused by its own rule and by no other, and every rule refuses one of them."""

from __future__ import annotations

import ast
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from bot.core.errors import NoteInvalid
from bot.core.note_import import plan_import
from bot.core.note_intake import read_folder
from bot.core.note_lint import LintProblem, lint_notes, parse_lint_words
from bot.core.note_neighbours import CLAIM_NEARLY_TWICE, NEIGHBOUR_UNKNOWN
from bot.core.note_rules import RULES
from bot.core.notes import MAX_NOTE_BYTES

ROOT = Path(__file__).parents[3]
GOOD = ROOT / "tests" / "data" / "notes_good" / "north-closed-the-strait.md"
FAULTY = sorted((ROOT / "tests" / "faulty_notes").rglob("*.md"))
WORDS = parse_lint_words((ROOT / "config" / "lint_words.toml").read_text("utf-8"))
TODAY = date(2026, 11, 23)
READERS = ("note_front", "note_format", "note_intake", "notes")

# These rules speak of two notes, so the good note lies beside the faulty one.
OF_TWO = ("paraphrase-shared", CLAIM_NEARLY_TWICE)
# These say what a file is and not what it holds; a folder of texts in git cannot hold one.
MADE_HERE = {"not-a-file", "too-large", "unreadable", "folder", "file-name", "name-twice"}
# Only writing a note can break this one; test_notes does.
OF_WRITING = {"not-writable"}


def same_words(texts: Sequence[str], _limit: float) -> Iterator[tuple[int, int, float]]:
    """Two texts of the same words are near to each other: what an encoder would say of them, without one."""
    words = [frozenset(text.lower().strip(".").replace(",", "").split()) for text in texts]
    for second in range(len(texts)):
        yield from ((first, second, 1.0) for first in range(second) if words[first] == words[second])


def lint(folder: Path) -> list[LintProblem]:
    """Lint a folder on the tests' day."""
    return lint_notes(folder, words=WORDS, today=TODAY, near=same_words)


def name_of(path: Path) -> str:
    """A faulty note's rule and case."""
    return f"{path.parent.name}/{path.stem}"


def rules_in_code() -> set[str]:
    """Every rule by name: the lint's table, and the first text given to each fault that reading can raise."""
    found = {*RULES, "paraphrase-shared", CLAIM_NEARLY_TWICE, NEIGHBOUR_UNKNOWN, "folder"}
    for reader in READERS:
        tree = ast.parse((ROOT / "bot" / "core" / f"{reader}.py").read_text("utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
        raised = [call for call in calls if ast.unparse(call.func).split(".")[-1] in {"NoteFault", "refuse"}]
        found |= set(_names(call.args[0] for call in raised))
    return found


def _names(arguments: Iterable[ast.expr]) -> Iterator[str]:
    for argument in arguments:
        if isinstance(argument, ast.Constant):
            yield str(argument.value)
        elif ast.unparse(argument) == "f'{key}-word'":
            yield from ("status-word", "state-word")
        else:
            assert ast.unparse(argument) == "rule", f"a rule that this test cannot name: {ast.unparse(argument)}"


IN_CODE = rules_in_code()
UNREADABLE = [path for path in FAULTY if path.parent.name in IN_CODE - {*RULES, *OF_TWO, NEIGHBOUR_UNKNOWN}]


def test_faulty_notes_then_are_at_least_forty_texts_that_differ():
    assert len(FAULTY) >= 40
    assert len({path.read_bytes() for path in FAULTY}) == len(FAULTY)


@pytest.mark.parametrize("path", FAULTY, ids=name_of)
def test_lint_of_a_faulty_note_then_gives_exactly_its_own_rule_and_a_line(path, tmp_path):
    shutil.copy(path, tmp_path)
    if path.parent.name in OF_TWO:
        shutil.copy(GOOD, tmp_path)
    (problem,) = lint(tmp_path)
    assert problem.rule == path.parent.name
    assert Path(problem.path).name == path.name
    assert 1 <= problem.line <= path.read_bytes().count(b"\n") + 1
    assert problem.message.endswith((".", "?"))
    assert problem.mend


def test_lint_of_the_good_note_that_the_faulty_ones_were_made_of_then_finds_nothing(tmp_path):
    shutil.copy(GOOD, tmp_path)
    assert lint(tmp_path) == []


def test_rules_in_the_code_then_each_refuse_a_faulty_note():
    named = {path.parent.name for path in FAULTY}
    assert IN_CODE - named == MADE_HERE | OF_WRITING
    assert named <= IN_CODE


@pytest.mark.parametrize("path", UNREADABLE, ids=name_of)
def test_import_of_a_note_that_cannot_be_read_then_refuses_with_one_sentence(path, tmp_path):
    """What the lint cannot read, the import refuses whole."""
    shutil.copy(path, tmp_path)
    with pytest.raises(NoteInvalid) as caught:
        plan_import(read_folder(tmp_path), {})
    assert path.name in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


def make_large(path: Path) -> None:
    """A file one byte over the limit."""
    path.write_bytes(GOOD.read_bytes().ljust(MAX_NOTE_BYTES + 1, b"\n"))


def test_lint_of_files_that_are_no_texts_then_names_their_rules(tmp_path):
    make_large(tmp_path / "large.md")
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "folder.md").mkdir()
    found = {(Path(problem.path).name, problem.rule) for problem in lint(tmp_path)}
    assert found == {("large.md", "too-large"), ("pipe.md", "not-a-file"), ("folder.md", "not-a-file")}
    assert [problem.rule for problem in lint(tmp_path / "missing")] == ["folder"]
