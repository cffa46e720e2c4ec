"""Settings: the environment wins over the file, and a wrong value is one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.domain import Thresholds
from bot.core.errors import BadSetting
from config.settings import STARTER_PACK, load_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    """No variable of the developer's own may change a test."""
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)


def test_settings_when_environment_is_empty_then_are_the_defaults():
    settings = load_settings()
    assert settings.discord_token is None
    assert settings.notes_dir == STARTER_PACK
    assert settings.database_url.endswith("/var/footnote.db")
    assert 0 < settings.default_thresholds.review <= settings.default_thresholds.reply <= 1


def test_settings_when_environment_sets_one_then_it_wins(monkeypatch):
    monkeypatch.setenv("FOOTNOTE_THRESHOLDS__REPLY", "0.97")
    monkeypatch.setenv("FOOTNOTE_PATHS__DATA_DIR", "/srv/footnote")
    settings = load_settings()
    assert settings.default_thresholds.reply == 0.97
    assert settings.key_file == Path("/srv/footnote/footnote.key")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("FOOTNOTE_THRESHOLDS__REPLY", "1.5", "less than or equal to 1"),
        ("FOOTNOTE_THRESHOLDS__REPLY", "high", "valid number"),
        ("FOOTNOTE_THRESHOLDS__REPLI", "0.5", "Extra inputs"),
        ("FOOTNOTE_BOT__RETENTION_DAYS", "0", "greater than or equal to 1"),
        ("FOOTNOTE_THRESHOLDS__REVIEW", "0.999", "review must not be above reply"),
        ("FOOTNOTE_LOGS__LEVEL", "LOUD", "'DEBUG', 'INFO'"),
    ],
)
def test_settings_when_value_is_wrong_then_one_sentence_names_it(monkeypatch, name, value, told):
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=told) as raised:
        load_settings()
    assert name.split("__")[0] in str(raised.value)
    assert "\n" not in str(raised.value)


def test_settings_when_shown_then_hide_secrets(monkeypatch):
    """A log line or a crash report must not carry the token."""
    monkeypatch.setenv("DISCORD_TOKEN", "a-secret-token")
    monkeypatch.setenv("FOOTNOTE_ENCRYPTION_KEY", "a-secret-key")
    assert "a-secret" not in repr(load_settings())


def test_settings_in_folder_then_have_a_database_of_their_own(tmp_path, monkeypatch):
    """The sandbox and replay must never write to the real server's rows."""
    monkeypatch.setenv("FOOTNOTE_PATHS__DATABASE_URL", "sqlite:////srv/real.db")
    moved = load_settings().in_folder(tmp_path)
    assert moved.database_url == f"sqlite:///{tmp_path}/footnote.db"


def test_settings_with_thresholds_then_keep_the_rest():
    changed = load_settings().with_thresholds(Thresholds(0.4, 0.6))
    assert changed.default_thresholds == Thresholds(0.4, 0.6)
    assert changed.bot == load_settings().bot
