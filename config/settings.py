"""All settings, read once by ``bot/app.py``: ``defaults.toml`` under the environment; secrets from the latter only.

Importing this module reads nothing; ``load_settings`` does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from bot.core.domain import Thresholds
from bot.core.errors import BadSetting

DEFAULTS_FILE = Path(__file__).with_name("defaults.toml")
STARTER_PACK = Path(__file__).with_name("notes")
LINT_WORDS_FILE = Path(__file__).with_name("lint_words.toml")
SAMPLE_DISCUSSION = Path(__file__).with_name("sample_discussion.jsonl")
DATABASE_FILE = "footnote.db"
KEY_FILE = "footnote.key"

Probability = Field(gt=0.0, le=1.0)


class _Section(BaseModel):
    """A group of settings that refuses unknown names, so that a typo is told and not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PathSettings(_Section):
    """Where data, notes and models are. Empty strings mean the defaults that ``defaults.toml`` names."""

    data_dir: Path
    database_url: str
    notes_dir: str
    encoder_dir: str
    retriever_dir: str
    stance_dir: str


class ThresholdSettings(_Section):
    """The thresholds in force where no server, forum or claim sets its own."""

    review: float = Probability
    reply: float = Probability

    @model_validator(mode="after")
    def _ordered(self) -> ThresholdSettings:
        if self.review > self.reply:
            raise ValueError("review must not be above reply")
        return self


class ScreenerSettings(_Section):
    """How the judge works; units and effects stand in ``defaults.toml``."""

    candidates: int = Field(ge=1, le=20)
    similarity_floor: float = Field(ge=-1.0, le=1.0)
    queue_posts: int = Field(ge=1, le=100_000)
    batch_posts: int = Field(ge=1, le=256)
    batch_wait_ms: int = Field(ge=0, le=1000)
    deadline_s: float = Field(gt=0.0, le=600.0)
    torch_threads: int = Field(ge=0, le=256)


class BotSettings(_Section):
    """How the bot behaves on Discord; units and effects stand in ``defaults.toml``."""

    message_content: bool
    retention_days: int = Field(ge=1, le=365)
    upkeep_seconds: float = Field(ge=0.5, le=3600.0)
    send_deadline_s: float = Field(ge=1.0, le=300.0)
    catch_up_limit: int = Field(ge=0, le=5000)
    watchdog_silence_s: float = Field(ge=60.0, le=86_400.0)
    in_flight: int = Field(ge=1, le=1000)


class SandboxSettings(_Section):
    """Where the sandbox's page is served."""

    port: int = Field(ge=0, le=65_535)


class LogSettings(_Section):
    """What is logged and how it looks."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]
    format: Literal["console", "json"]


class Settings(BaseSettings):
    """The whole configuration, frozen. Build it with ``load_settings``."""

    model_config = SettingsConfigDict(
        env_prefix="FOOTNOTE_", env_nested_delimiter="__", toml_file=DEFAULTS_FILE, extra="forbid", frozen=True
    )

    paths: PathSettings
    thresholds: ThresholdSettings
    screener: ScreenerSettings
    bot: BotSettings
    sandbox: SandboxSettings
    logs: LogSettings
    discord_token: SecretStr | None = Field(default=None, validation_alias="DISCORD_TOKEN")
    encryption_key: SecretStr | None = None
    discord_api: str | None = None
    discord_gateway: str | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over ``defaults.toml``; no .env file is read by itself."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    def in_folder(self, data_dir: Path) -> Settings:
        """Return these settings with a database of its own in another folder."""
        paths = self.paths.model_copy(update={"data_dir": data_dir, "database_url": ""})
        return self.model_copy(update={"paths": paths})

    def with_thresholds(self, thresholds: Thresholds) -> Settings:
        """Return these settings with other default thresholds."""
        chosen = self.thresholds.model_copy(update={"review": thresholds.review, "reply": thresholds.reply})
        return self.model_copy(update={"thresholds": chosen})

    @property
    def default_thresholds(self) -> Thresholds:
        """The thresholds as the core's type."""
        return Thresholds(self.thresholds.review, self.thresholds.reply)

    @property
    def database_url(self) -> str:
        """The database's URL: the one set, or the SQLite file in the data folder."""
        return self.paths.database_url or f"sqlite:///{(self.paths.data_dir / DATABASE_FILE).absolute()}"

    @property
    def key(self) -> str | None:
        """The encryption key from the environment, None to use ``key_file``."""
        return self.encryption_key.get_secret_value() if self.encryption_key else None

    @property
    def key_file(self) -> Path:
        """Where the encryption key lies when the environment carries none."""
        return self.paths.data_dir / KEY_FILE

    @property
    def notes_dir(self) -> Path:
        """The folder of notes in force."""
        return Path(self.paths.notes_dir) if self.paths.notes_dir else STARTER_PACK

    @property
    def encoder_dir(self) -> Path | None:
        """The sentence encoder's folder; None for the packaged one."""
        return Path(self.paths.encoder_dir) if self.paths.encoder_dir else None

    @property
    def retriever_dir(self) -> Path | None:
        """The folder of layers trained for searching; None for what fits the encoder."""
        return Path(self.paths.retriever_dir) if self.paths.retriever_dir else None

    @property
    def stance_dir(self) -> Path | None:
        """The stance judge's folder; None for the shipped one."""
        return Path(self.paths.stance_dir) if self.paths.stance_dir else None


def load_settings() -> Settings:
    """Read ``defaults.toml`` and the environment.

    Raises:
        BadSetting: a value is missing, misspelt or out of range; names the first such variable.
    """
    try:
        return Settings()  # type: ignore[call-arg]  # the sources fill the fields
    except ValidationError as error:
        first = error.errors()[0]
        name = "FOOTNOTE_" + "__".join(str(part) for part in first["loc"]).upper()
        raise BadSetting(f"Setting {name}: {first['msg']}. See config/defaults.toml for its range.") from error
