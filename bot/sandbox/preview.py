"""Replies as pictures: in a sandbox of its own a post states each claim, and a browser draws what the bot answers.

The real bot answers, so the picture has its layout and buttons; only the judge is a stand-in that knows each claim by
its sample post. Needs playwright and a Chromium; nothing else in the program does.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.domain import Claim, Finding, Note, NoteState, Reading, Stance, StanceScores, Thresholds
from bot.core.errors import BadInput
from bot.core.text import CleanText
from bot.sandbox.preview_text import sample_post

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from bot.client import Services
    from bot.sandbox.page import SandboxPage

PIXELS = {"phone": 390, "desktop": 1280}
TALL = 3_000  # pixels; a full reply on a phone takes some 1,900, and what lies below the window would be cut off
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
INSTALL = "Install it with `pip install playwright` and `playwright install chromium`."
TITLE = "A post that states the claim"
_QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_SURE = StanceScores(asserts=1.0, denies=0.0, reports=0.0, unrelated=0.0)


async def draw_replies(pictures: Mapping[Path, Note], *, width: int) -> None:
    """Save the reply made of each note as a PNG of this many CSS pixels in width.

    Raises BadInput where there is no playwright or no browser, where the browser shows no reply, where a file cannot be
    written, or where two notes have one id.
    """
    notes = tuple(pictures.values())
    if len({note.id for note in notes}) < len(notes):
        raise BadInput("Two of the notes have one id: draw them one after the other.")
    async with (
        _browser() as browser,
        _services(notes) as services,
        _sandbox(services) as page,
    ):
        for path, note in pictures.items():
            await _draw(browser, page, note, path, width)


async def _draw(browser: Browser, page: SandboxPage, note: Note, path: Path, width: int) -> None:
    from playwright.async_api import Error

    thread_id = await page.world.open_thread(page.world.person("ann"), TITLE, sample_post(note.claim))
    address, _, capability = page.url.partition("#")
    tab = await browser.new_page(viewport={"width": width, "height": TALL}, device_scale_factor=2)
    try:
        await tab.goto(f"{address}?channel={thread_id}#{capability}")
        answer = tab.locator("article.channel-message").nth(1)
        await answer.wait_for()
        await answer.screenshot(path=path, type="png")
    except Error as error:
        raise BadInput(f"The browser shows no reply for {note.id}. Try again; look at it in the sandbox.") from error
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written ({error.strerror}): name a file in a folder that is there."
        ) from error
    finally:
        await tab.close()


@contextlib.asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    """Start a headless Chromium of this machine, or the one that playwright installed."""
    try:
        from playwright.async_api import Error, async_playwright
    except ImportError as error:
        raise BadInput(f"Drawing needs playwright, which is not installed. {INSTALL}") from error
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=program, args=list(_QUIET))
        except Error as error:
            raise BadInput(f"Drawing needs a Chromium, and none can be started. {INSTALL}") from error
        try:
            yield browser
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def _sandbox(services: Services) -> AsyncIterator[SandboxPage]:
    from bot.client import FootnoteBot
    from bot.sandbox.run import open_sandbox

    with tempfile.TemporaryDirectory(prefix="footnote-preview-") as folder:
        async with open_sandbox(FootnoteBot(services), services.store, data_dir=Path(folder), port=0) as page:
            yield page


@contextlib.asynccontextmanager
async def _services(notes: Sequence[Note]) -> AsyncIterator[Services]:
    """Open services over a store in memory whose starter pack is these notes."""
    from bot.app import lint_words, pictures
    from bot.client import Services
    from bot.core.clock import SystemClock
    from bot.core.notebook import NoteBook
    from bot.core.screening import Screening
    from bot.store import open_store

    pack = tuple(replace(note, state=NoteState.ACTIVE) for note in notes)
    judge, book, clock = _ByWords(), NoteBook(), SystemClock()
    async with open_store("sqlite://", upgrade=True) as store:
        screening = Screening(
            screener=judge,
            store=store,
            language=_English(),
            defaults=Thresholds(review=0.5, reply=0.5),
            clock=clock,
            notes=book,
        )
        library, drawn = store.library, pictures()
        words, desk = lint_words(), store.desk
        yield Services(screening, judge, store, library, book, clock, words, pack=pack, desk=desk, pictures=drawn)


class _English:
    """Takes every post for English."""

    def guess(self, text: str) -> str:
        """Return "en"."""
        return "en"


class _ByWords:
    """The judge of the preview: a post asserts the claim whose sample it is, and nothing else."""

    problem: str | None = None

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    async def load_claims(self, claims: Sequence[Claim]) -> None:
        """Know these claims by their sample posts."""
        self._ids = {sample_post(claim): claim.id for claim in claims}

    async def assess(
        self,
        text: CleanText,
        *,
        title: str | None = None,
        parent: str | None = None,
        among: frozenset[str] | None = None,
    ) -> tuple[Finding, ...]:
        """Return the claim of which this is the sample post, if there is one."""
        claim_id = self._ids.get(text.raw)
        if claim_id is None:
            return ()
        return (Finding(claim_id, Stance.ASSERTS, 1.0, 1.0, 0, len(text.raw), _SURE),)

    async def examine(
        self,
        text: CleanText,
        *,
        title: str | None = None,
        parent: str | None = None,
        among: frozenset[str] | None = None,
    ) -> tuple[Reading, ...]:
        """Explain nothing."""
        return ()

    async def assess_with(self, claims: Sequence[Claim], text: CleanText) -> tuple[Finding, ...]:
        """Try nothing out."""
        return ()

    async def suggest(self, question: str, top: int = 3, *, among: frozenset[str] | None = None) -> tuple[Finding, ...]:
        """Suggest nothing."""
        return ()
