"""``footnote doctor``: each part is examined for real, and a fault says what to do."""

from __future__ import annotations

import json

import pytest

from bot.doctor import State, discord_lines, notes_line, print_report, store_lines
from config.settings import load_settings


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Default settings over an empty data folder, without a token."""
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    return load_settings().in_folder(tmp_path / "data")


async def test_doctor_when_project_is_fresh_then_nothing_fails(settings):
    lines = []
    assert await print_report(settings, as_json=True, echo=lines.append)
    found = {line["part"]: line["state"] for line in map(json.loads, lines)}
    assert found["notes"] == found["encoder"] == found["stance"] == "ok"
    assert found["store"] == found["token"] == "note"
    assert not (settings.paths.data_dir).exists(), "examining makes nothing"


def test_notes_line_when_a_note_is_corrupt_then_fails_with_file_and_line(settings, tmp_path):
    (tmp_path / "broken.md").write_text("+++\nid = \n+++\n", "utf-8")
    paths = settings.paths.model_copy(update={"notes_dir": str(tmp_path)})
    line = notes_line(settings.model_copy(update={"paths": paths}))
    assert line.state is State.FAIL
    assert "broken.md" in line.text


async def test_store_line_when_database_is_no_database_then_fails(settings):
    settings.paths.data_dir.mkdir()
    (settings.paths.data_dir / "footnote.db").write_bytes(b"not a database, but long enough to have a header" * 100)
    (line,) = [line async for line in store_lines(settings)]
    assert line.state is State.FAIL


async def test_discord_lines_when_discord_cannot_be_reached_then_says_so(settings, monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "a.b.c")
    monkeypatch.setenv("FOOTNOTE_DISCORD_API", "http://127.0.0.1:9/api/v10")
    import discord

    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    (line,) = [line async for line in discord_lines(load_settings())]
    assert line.state is State.FAIL
    assert "network" in line.text
