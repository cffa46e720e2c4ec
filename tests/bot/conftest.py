"""The command line for tests: real commands in an empty folder."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator

import pytest

from bot.cli import main


@pytest.fixture
def footnote(tmp_path, monkeypatch, capsys) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """Return a function that runs ``footnote`` in an empty folder and gives (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["footnote", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    yield run
    root.handlers[:] = handlers
    root.setLevel(level)
