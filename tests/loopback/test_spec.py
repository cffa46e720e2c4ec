"""The validator must be able to fail: bodies that Discord would refuse, and the relaxations for what it accepts."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.loopback.spec import spec_validator

PATH = "/channels/1/messages"
GOOD: dict[str, Any] = {
    "flags": 1 << 15,
    "components": [{"type": 17, "components": [{"type": 10, "content": "Words."}]}],
    "allowed_mentions": {"parse": []},
    "message_reference": {"message_id": 1574533775486877696, "fail_if_not_exists": False},
    "nonce": "1",
    "enforce_nonce": True,
    "tts": False,
}


def wrong(change: Callable[[dict[str, Any]], object]) -> tuple[str, ...]:
    """Return what the validator says of a good message after a change."""
    body = copy.deepcopy(GOOD)
    change(body)
    return spec_validator().errors("POST", PATH, body)


def test_message_when_as_discord_py_sends_it_then_accepted():
    assert wrong(lambda body: None) == ()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda body: body.update(content=5), id="type"),
        pytest.param(lambda body: body.update(contents="x"), id="unknown key"),
        pytest.param(lambda body: body.update(nonce="n" * 26), id="long nonce"),
        pytest.param(lambda body: body["components"][0]["components"][0].pop("content"), id="text without words"),
        pytest.param(lambda body: body["components"][0].update(type=99), id="component of no kind"),
        pytest.param(lambda body: body["allowed_mentions"].update(parse=["somebody"]), id="mentions of no kind"),
    ],
)
def test_message_when_broken_then_refused(change: Callable[[dict[str, Any]], object]):
    assert wrong(change) != ()


def test_body_when_the_document_has_none_then_refused():
    assert spec_validator().errors("DELETE", f"{PATH}/1", {}) != ()
