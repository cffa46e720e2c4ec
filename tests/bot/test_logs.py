"""Logs go to standard error in one style and never carry a token."""

from __future__ import annotations

import json
import logging

import pytest

from bot.logs import MASK, configure_logs

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs-abcd"


@pytest.fixture
def root_logger():
    """Put the root logger back after a test that configures it; pytest's own handlers hang there."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.usefixtures("root_logger")
def test_log_when_a_message_holds_a_token_then_it_is_masked(capsys):
    configure_logs("INFO", "json")
    logging.getLogger("bot.x").warning("refused %s", TOKEN)
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == f"refused {MASK}"
    assert line["level"] == "warning"


@pytest.mark.usefixtures("root_logger")
def test_log_when_an_exception_holds_a_token_then_it_is_masked(capsys):
    configure_logs("INFO", "json")
    try:
        raise ValueError(TOKEN)
    except ValueError:
        logging.getLogger("bot.x").exception("failed")
    assert TOKEN not in capsys.readouterr().err


@pytest.mark.usefixtures("root_logger")
def test_log_when_below_level_then_is_silent(capsys):
    configure_logs("INFO", "json")
    logging.getLogger("bot.x").debug("details")
    assert capsys.readouterr().err == ""
