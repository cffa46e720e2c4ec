"""The documents tell the truth: commands, settings, files and dependencies they name are there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md")))


def text_of(name: str) -> str:
    """Return a document."""
    return (ROOT / name).read_text("utf-8")


def commands() -> dict[str, object]:
    """Return every command of ``footnote`` by its full name."""
    found = {}
    for name, command in get_command(app).commands.items():
        inner = getattr(command, "commands", None)
        found.update({f"{name} {sub}": c for sub, c in inner.items()} if inner else {name: command})
    return found


@pytest.mark.parametrize("name", sorted(commands()))
def test_help_of_each_command_then_has_an_example(name):
    """A person who reads the help can copy a line and see it work."""
    help_text = commands()[name].help
    assert f"footnote {name}" in help_text.split("Example:")[1]


def test_readme_then_names_every_command():
    """What the README leaves out, nobody finds."""
    readme = text_of("README.md")
    words = {name.split()[-1] for name in commands()} | {name.split()[0] for name in commands()}
    assert [word for word in sorted(words) if not re.search(rf"[`/ ]{word}\b", readme)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_in_documents_then_exist(document):
    """No document names a command or make target that is not there."""
    text = text_of(document)
    named = {match[1] for match in re.finditer(r"`(?:\.venv/bin/)?footnote ([a-z]+)", text)}
    assert named - {name.split()[0] for name in commands()} == set()
    targets = {match[1] for match in re.finditer(r"(?:^|`)make ([a-z]+)", text, re.M)}
    assert targets - set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.M)) == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_in_documents_then_lead_to_files(document):
    """Relative links are resolved from the document's own folder."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", text_of(document))
    assert [target for target in targets if not ((ROOT / document).parent / target).exists()] == []


def test_defaults_then_explain_every_setting():
    """Each setting's line says what it is."""
    lines = [line for line in text_of("config/defaults.toml").splitlines() if re.match(r"\w+ = ", line)]
    assert lines
    assert [line for line in lines if not re.search(r"# \S.{15,}", line)] == []


def test_dependencies_then_each_have_a_reason():
    """CONTRIBUTING.md's table covers what pyproject.toml asks for."""
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.match(r"[\w.-]+", line)[0].lower() for line in asked}
    table = text_of("CONTRIBUTING.md").lower()
    missing = {name for name in names if name not in table and name.removeprefix("pytest-") not in table}
    assert missing - {"types-jsonschema"} == set()


def test_lock_then_pins_torch_and_no_cuda():
    """Gigabytes of CUDA must never arrive by accident."""
    lock = text_of("requirements.lock")
    assert re.search(r"^torch==2\.13\.0$", lock, re.M)
    assert "nvidia" not in lock
    assert "triton" not in lock
