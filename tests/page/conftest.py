"""A sandbox in a process-like loop of its own and a real Chromium in front of it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from bot.client import FootnoteBot
from bot.core.domain import Mode
from bot.sandbox.page import SandboxPage
from bot.sandbox.run import open_sandbox
from tests.sandbox_services import open_shipped_services

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 780}


def is_fault(message: ConsoleMessage) -> bool:
    """Tell an error of the page from the browser's note that the server refused something with a sentence."""
    return message.type == "error" and "status of 400" not in message.text


@pytest.fixture
async def sandbox(tmp_path) -> AsyncIterator[SandboxPage]:
    """A running sandbox over an empty folder, with the judge and the notes that are shipped."""
    async with (
        open_shipped_services(tmp_path) as services,
        open_sandbox(FootnoteBot(services), services.store, data_dir=tmp_path, port=0) as page,
    ):
        yield page


@pytest.fixture
async def review_mode(sandbox) -> None:
    """The forum in the mode in which a moderator releases each reply."""
    world, store = sandbox.world, sandbox.world.env.bot.services.store
    forum = await store.forum(int(world.guild.id), int(world.forum.id))
    await store.put_forum(replace(forum, mode=Mode.REVIEW), actor_id=int(world.admin.id))


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of this machine; the test is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def page(sandbox, browser) -> AsyncIterator[Page]:
    """The sandbox's page on a desktop, opened at its address; any fault in the browser's console fails the test."""
    page = await browser.new_page(viewport=DESKTOP)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if is_fault(message) else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(sandbox.url)
    await page.locator("article.channel-message").first.wait_for()
    yield page
    await page.close()
    assert faults == []
