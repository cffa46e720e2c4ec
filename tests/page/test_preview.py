"""A note's reply as a picture, drawn by a real Chromium."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from bot.core.domain import Claim, NoteState
from bot.core.errors import BadInput
from bot.sandbox.preview import PIXELS, draw_replies
from tests.bot.core.samples import make_note
from tests.page.conftest import CHROMIUM

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def size(path) -> tuple[int, int]:
    """Return a PNG's width and height in pixels."""
    head = path.read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", head[16:24])


async def test_draw_replies_of_two_notes_then_saves_each_whole_and_as_wide_as_a_phone(tmp_path):
    short = make_note("c1", claim=Claim("c1", "The moon is a hollow ball.", ("moon's hollow folks",)))
    long = replace(
        make_note("c2", claim=Claim("c2", "The sun is a cold disc.")),
        documented=short.documented * 4,
        state=NoteState.DRAFT,
    )
    await draw_replies({tmp_path / "short.png": short, tmp_path / "long.png": long}, width=PIXELS["phone"])
    (short_width, short_height), (long_width, long_height) = size(tmp_path / "short.png"), size(tmp_path / "long.png")
    assert short_width == long_width <= 2 * PIXELS["phone"], "two pixels for each of the page's"
    assert long_height > short_height + 400, "what is longer is not cut off"


async def test_draw_replies_of_one_id_twice_then_is_refused(tmp_path):
    with pytest.raises(BadInput, match="one id"):
        await draw_replies({tmp_path / "a.png": make_note(), tmp_path / "b.png": make_note()}, width=390)
