"""Logs go to standard error in one style and never carry a token."""

from __future__ import annotations

import json
import logging

import pytest

from bot.logs import MASK, configure_logs

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs-abcd"


@pytest.fixture
def json_logs(capsys):
    """Configure JSON logs onto the captured standard error, and put the root logger back afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logs("INFO", "json")
    yield
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.usefixtures("json_logs")
def test_log_when_a_message_holds_a_token_then_it_is_masked(capsys):
    logging.getLogger("bot.x").warning("refused %s", TOKEN)
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == f"refused {MASK}"
    assert line["level"] == "warning"


@pytest.mark.usefixtures("json_logs")
def test_log_when_an_exception_holds_a_token_then_it_is_masked(capsys):
    try:
        raise ValueError(TOKEN)
    except ValueError:
        logging.getLogger("bot.x").exception("failed")
    assert TOKEN not in capsys.readouterr().err


@pytest.mark.usefixtures("json_logs")
def test_log_when_below_level_then_is_silent(capsys):
    logging.getLogger("bot.x").debug("details")
    assert capsys.readouterr().err == ""
