"""SIGKILL between each pair of steps of one post: in the end exactly one reply stands, and the store knows it.

The bot is a process of its own and dies for real; Discord and the database file outlive it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.core.ports import Store
from tests.loopback.bot import until
from tests.loopback.double import DiscordDouble
from tests.loopback.judge import ASSERTED, HARMLESS

pytest_plugins = ("tests.loopback.fixtures",)
pytestmark = pytest.mark.timeout(300)  # two starts of a process each, which a busy machine draws out

ROOT = Path(__file__).parents[1]
LATER_S = 40  # posts left undecided are taken up after half a minute; the second life's clock is set forward
MUCH_LATER_S = 90  # beyond the time for which the bot trusts the nonce


@dataclass
class Scene:
    """A Discord and a database file that outlive the bot's processes."""

    double: DiscordDouble
    store: Store
    folder: Path

    @asynccontextmanager
    async def life(self, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run the bot for the length of the block; it is killed if it still runs then."""
        urls = {"FOOTNOTE_DISCORD_API": self.double.api_url, "FOOTNOTE_DISCORD_GATEWAY": self.double.gateway_url}
        command = (sys.executable, "-m", "tests.loopback.process", str(self.folder), *arguments)
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=os.environ | urls)
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def die_at(self, step: str, *, edit_to: str = "") -> int:
        """Let a first life answer a post, and an edit of it, until it kills itself; returns the thread's id."""
        async with self.life("--kill-at", step) as process:
            await self.double.wait_for_bot()
            thread = self.double.world.open_post("Who made Daesh?", ASSERTED)
            if edit_to:
                await until(lambda: self.store.sent_reply(post_id=thread.id), "the reply on record")
                self.double.world.edit(thread.id, thread.id, edit_to)
            assert await process.wait() == -signal.SIGKILL
        await self.double.wait_for(lambda: not self.double.gateway.is_ready, "the end of the dead bot's socket")
        return int(thread.id)

    async def live_on(self, skew_s: int = LATER_S) -> None:
        """Let a second life do what is left, and end it as an admin would."""
        async with self.life("--skew", str(skew_s)) as process:
            await self.double.wait_for_bot()
            await until(self._is_settled, "an empty outbox")
            process.terminate()
            assert await process.wait() == 0

    async def _is_settled(self) -> bool:
        figures = await self.store.status()
        to_delete = await self.store.replies_to_delete()
        return figures.posts > 0 and not figures.outbox and not figures.pending_posts and not to_delete


@pytest.fixture
def scene(double: DiscordDouble, store: Store, tmp_path: Path) -> Scene:
    return Scene(double, store, tmp_path)


@pytest.mark.parametrize("step", ["claimed", "judged", "recorded", "sent", "marked"])
async def test_killed_between_two_steps_then_exactly_one_reply_in_the_end(scene: Scene, step: str):
    thread_id = await scene.die_at(step)
    assert len(scene.double.world.replies(thread_id)) == (1 if step in ("sent", "marked") else 0)
    await scene.live_on()
    (reply,) = scene.double.world.replies(thread_id)
    recorded = await scene.store.sent_reply(post_id=thread_id)
    assert recorded is not None
    assert recorded.message_id == reply.id


async def test_killed_before_marking_when_the_nonce_is_forgotten_then_own_reply_is_found(scene: Scene):
    """Discord remembers nonces for minutes only; after that the bot looks into the thread before it sends."""
    thread_id = await scene.die_at("sent")
    scene.double.world.rules.forget_nonces()
    await scene.live_on(MUCH_LATER_S)
    (reply,) = scene.double.world.replies(thread_id)
    assert len(scene.double.sendings()) == 1
    recorded = await scene.store.sent_reply(post_id=thread_id)
    assert recorded is not None
    assert recorded.message_id == reply.id


async def test_killed_before_sending_when_the_post_is_deleted_meanwhile_then_nothing_is_sent(scene: Scene):
    """An answer to words that are gone would quote what somebody took back."""
    thread_id = await scene.die_at("recorded")
    scene.double.world.delete(thread_id, thread_id)
    await scene.live_on()
    assert scene.double.world.replies(thread_id) == []


@pytest.mark.parametrize("step", ["withdrawn", "deleted"])
async def test_killed_while_withdrawing_then_no_reply_stands_in_the_end(scene: Scene, step: str):
    thread_id = await scene.die_at(step, edit_to=HARMLESS)
    assert len(scene.double.world.replies(thread_id)) == (1 if step == "withdrawn" else 0)
    await scene.live_on()
    assert scene.double.world.replies(thread_id) == []
