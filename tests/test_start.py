"""``footnote run`` as an admin starts it: what cannot work is one plain sentence and an exit code, never a stack trace.

The command is a process of its own with its own settings; Discord is the loopback double.
"""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.store.opening import open_store
from config.settings import DATABASE_FILE, KEY_FILE, STARTER_PACK
from tests.loopback.double import DiscordDouble
from tests.loopback.parts import TOKEN

pytest_plugins = ("tests.loopback.fixtures",)
pytestmark = pytest.mark.timeout(300)  # each test starts a process that loads torch, which a busy machine draws out

ROOT = Path(__file__).parents[1]


@dataclass
class Command:
    """``footnote run`` with a data folder of its own; ``settings`` go into its environment."""

    double: DiscordDouble
    data_dir: Path
    settings: dict[str, str] = field(default_factory=dict)
    before: Callable[[], None] | None = None
    told: str = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run the command; at the end of the block it is killed if it still runs, and ``told`` is its stderr."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FOOTNOTE_")} | {
            "DISCORD_TOKEN": TOKEN,
            "FOOTNOTE_DISCORD_API": self.double.api_url,
            "FOOTNOTE_DISCORD_GATEWAY": self.double.gateway_url,
            "FOOTNOTE_PATHS__DATA_DIR": str(self.data_dir),
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.cli", "run"),
            cwd=ROOT,
            env=environment | self.settings,
            stderr=subprocess.PIPE,
            preexec_fn=self.before,
        )
        reading = asyncio.create_task(process.stderr.read())
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            self.told = (await reading).decode()
            await process.wait()

    async def ended(self) -> int | None:
        """Run the command to its own end and return its exit code."""
        async with self.running() as process:
            await process.wait()
        assert "Traceback" not in self.told
        return process.returncode

    @property
    def sentence(self) -> str:
        """The one line that is not the log's."""
        (line,) = [line for line in self.told.splitlines() if line and not line.startswith("20")]
        return line

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.data_dir / DATABASE_FILE

    async def can_open_store(self) -> bool:
        """Open the store as the next start would; raises what is wrong with it."""
        url = f"sqlite+aiosqlite:///{self.database}"
        async with open_store(url, key_file=self.data_dir / KEY_FILE) as store:
            return (await store.status()).posts == 0


@pytest.fixture
def command(double: DiscordDouble, tmp_path: Path) -> Command:
    return Command(double, tmp_path / "data")


# ---------------------------------------------------------------------- what Discord refuses


async def test_run_when_the_token_is_wrong_then_one_sentence_and_code_3(command: Command):
    command.settings["DISCORD_TOKEN"] = "wrong"
    assert await command.ended() == 3
    assert command.sentence.startswith("Discord refused the bot token.")
    assert "Reset Token" in command.sentence


async def test_run_when_the_intent_is_refused_then_names_the_switch_and_code_3(command: Command):
    command.double.gateway.close_on_identify = 4014
    assert await command.ended() == 3
    assert "Message Content Intent" in command.sentence
    assert "Developer Portal" in command.sentence


# ---------------------------------------------------------------------- what this machine refuses


async def test_run_when_the_database_is_locked_then_one_sentence_and_code_1(command: Command):
    await command.can_open_store()
    holder = sqlite3.connect(command.database, isolation_level=None)
    try:
        holder.execute("BEGIN EXCLUSIVE")
        assert await command.ended() == 1
    finally:
        holder.close()
    assert command.sentence.endswith("is locked by another program; end that program or wait a moment, then try again.")
    assert str(command.database) in command.sentence


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB, mounted where that is allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no right to mount a file system here; the test of the file size limit stands in for this one")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_run_when_the_disk_is_full_then_one_sentence_and_nothing_half_written(command: Command, tiny_disk: Path):
    command.data_dir = tiny_disk
    assert await command.ended() == 1
    assert "the disk is full; free some space" in command.sentence
    subprocess.run(["mount", "-o", "remount,size=8m", str(tiny_disk)], check=True)  # noqa: ASYNC221  # a moment
    assert await command.can_open_store()


async def test_run_when_a_file_may_not_grow_then_one_sentence_and_nothing_half_written(command: Command):
    """A quota or ``ulimit -f``: the write fails as on a disk with a fault."""
    command.before = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, 16_384))
    assert await command.ended() == 1
    assert str(command.database) in command.sentence
    assert await command.can_open_store()


async def test_run_when_a_note_is_corrupt_then_names_file_and_line_and_code_2(command: Command, tmp_path: Path):
    notes = tmp_path / "notes"
    notes.mkdir()
    good = sorted(STARTER_PACK.glob("*.md"))[0]
    broken = notes / good.name
    broken.write_text(good.read_text("utf-8").replace('status = "', 'status = "perhaps-', 1), "utf-8")
    line = next(n for n, text in enumerate(broken.read_text("utf-8").splitlines(), 1) if text.startswith("status"))
    command.settings["FOOTNOTE_PATHS__NOTES_DIR"] = str(notes)
    assert await command.ended() == 2
    assert f"{broken}, line {line}:" in command.sentence
    assert not command.database.exists()


# ---------------------------------------------------------------------- what the bot can live without


@pytest.mark.parametrize("damage", ["missing", "garbage"])
async def test_run_when_the_weights_are_no_good_then_starts_silent_and_says_so(
    command: Command, tmp_path: Path, damage: str
):
    """Commands, buttons and members' questions still get an answer; /status says what is wrong."""
    weights = tmp_path / "weights"
    if damage == "garbage":
        weights.mkdir()
        (weights / "manifest.json").write_text('{"half": ')
        (weights / "model.safetensors").write_bytes(b"\x00" * 100)
    command.settings["FOOTNOTE_PATHS__STANCE_DIR"] = str(weights)
    async with command.running() as process:
        await command.double.wait_for_bot()
        shown = await status(command.double)
        process.terminate()
        assert await process.wait() == 0
    assert "starting without a judge" in command.told
    assert str(weights) in command.told
    assert "**Judge**: working" not in shown
    assert str(weights) in shown
    assert "Traceback" not in command.told


async def status(double: DiscordDouble) -> str:
    """Return what ``/status`` shows an admin."""
    double.world.slash("status", double.world.admin)
    (answer,) = await double.wait_for(lambda: double.requests("PATCH", "/webhooks/*"), "the answer to /status")
    return str(answer.body)
