"""The judge behind the ``Screener`` port: an async queue in front of one worker thread that judges in small batches.

The event loop never waits for a model: a full queue or a late answer is ScreenerBusy, and the caller tries again
later. One thread, because the models are not safe for two and more threads than cores gain nothing.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from bot.core.domain import Claim, Finding, Reading
from bot.core.errors import ScreenerBusy, ScreenerUnavailable
from bot.core.text import CleanText
from models.screener import AssessRequest, Examined

Findings = tuple[Finding, ...]
_Asked = tuple[str, int, frozenset[str] | None]
_log = logging.getLogger(__name__)


class SyncScreener(Protocol):
    """What is batched; ``screener.PairScreener`` is the real one."""

    def load_claims(self, claims: Sequence[Claim]) -> None:
        """Replace the claims, all or none."""
        ...

    def assess_batch(self, requests: Sequence[AssessRequest]) -> list[Findings]:
        """Return findings for each request."""
        ...

    def examine_batch(self, requests: Sequence[AssessRequest]) -> Sequence[Sequence[Examined]]:
        """Return what led to each request's findings."""
        ...

    def assess_with(self, claims: Sequence[Claim], request: AssessRequest) -> Findings:
        """Return findings as if these were the claims, and keep the loaded ones."""
        ...

    def suggest(self, question: str, top: int = 3, among: frozenset[str] | None = None) -> Findings:
        """Return the claims nearest to a question."""
        ...


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How posts are gathered.

    ``max_posts``: posts judged in one go. ``max_wait_ms``: how long the first waits for company.
    ``queue_size``: posts waiting before new ones are refused. ``deadline_s``: seconds until a waiting post gives up.
    """

    max_posts: int = 8
    max_wait_ms: float = 5.0
    queue_size: int = 256
    deadline_s: float = 30.0

    def __post_init__(self) -> None:
        """Refuse values with which no post could pass."""
        if self.max_posts < 1 or self.queue_size < 1 or self.deadline_s <= 0 or self.max_wait_ms < 0:
            raise ValueError("max_posts and queue_size start at 1, deadline_s above 0, max_wait_ms at 0.")


@dataclass(frozen=True, slots=True)
class _Job:
    """One waiting call: a post to assess, or a question with how many suggestions it wants, and among which claims."""

    request: AssessRequest | _Asked
    answer: asyncio.Future[Findings] = field(compare=False)


class BatchedScreener:
    """Implements the ``Screener`` port over a synchronous screener. Use as ``async with``, or ``close`` it."""

    def __init__(self, screener: SyncScreener, options: BatchOptions | None = None) -> None:
        """Take a screener that nobody else calls; the worker starts with ``async with``, else with the first call."""
        self._screener = screener
        self._options = options or BatchOptions()
        self._queue: asyncio.Queue[_Job] = asyncio.Queue(self._options.queue_size)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="screener")
        self._gatherer: asyncio.Task[None] | None = None
        self._problem: str | None = None
        self._is_closed = False

    async def __aenter__(self) -> Self:
        """Start the worker here, so that it is the opener's task and not that of whoever calls first."""
        self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.close()

    @property
    def problem(self) -> str | None:
        """Why the judge is not available: closed, or the last posts all failed; None while it works."""
        return self._problem

    @property
    def waiting(self) -> int:
        """How many calls wait in the queue."""
        return self._queue.qsize()

    async def load_claims(self, claims: Sequence[Claim]) -> None:
        """Encode the claims in the worker thread and swap them in whole; posts before keep the old ones.

        Raises ScreenerUnavailable when they cannot be encoded; then the old ones stay.
        """
        self._require_open()
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._screener.load_claims, tuple(claims))
        except Exception as error:
            _log_failure("the claims could not be loaded", error)
            raise ScreenerUnavailable(f"The claims could not be loaded ({type(error).__name__}).") from error

    async def assess(
        self,
        text: CleanText,
        *,
        title: str | None = None,
        parent: str | None = None,
        among: frozenset[str] | None = None,
    ) -> Findings:
        """Return one post's findings; () for an empty text.

        Raises ScreenerBusy when the queue is full or the deadline passes, ScreenerUnavailable when judging fails.
        """
        self._require_open()
        if not text.text.strip() or among == frozenset():
            return ()
        return await self._submit(AssessRequest(text, title, parent, among))

    async def examine(
        self,
        text: CleanText,
        *,
        title: str | None = None,
        parent: str | None = None,
        among: frozenset[str] | None = None,
    ) -> tuple[Reading, ...]:
        """Return what led to one post's findings, judged by itself between two batches. Raises as ``assess``."""
        found = await self._alone(self._screener.examine_batch, [AssessRequest(text, title, parent, among)])
        return tuple(each.reading() for each in found[0])

    async def assess_with(self, claims: Sequence[Claim], text: CleanText) -> Findings:
        """Return what ``assess`` would find were these the claims, judged by itself between two batches.

        The loaded claims stay in use. Raises as ``assess``.
        """
        found: Findings = await self._alone(self._screener.assess_with, tuple(claims), AssessRequest(text))
        return found

    async def suggest(self, question: str, top: int = 3, *, among: frozenset[str] | None = None) -> Findings:
        """Return the claims nearest to a question, nearest first. Raises as ``assess``."""
        self._require_open()
        return await self._submit((question, top, among))

    async def close(self) -> None:
        """Refuse new calls, fail the waiting ones with ScreenerUnavailable, and let a running batch end."""
        self._is_closed, self._problem = True, "The judge was closed."
        if self._gatherer is not None:
            self._gatherer.cancel()
            await asyncio.gather(self._gatherer, return_exceptions=True)
        while not self._queue.empty():
            _fail(self._queue.get_nowait(), ScreenerUnavailable(self._problem))
        await asyncio.to_thread(self._thread.shutdown, wait=True, cancel_futures=True)

    def _start(self) -> None:
        if self._gatherer is None:
            self._gatherer = asyncio.create_task(self._gather(), name="screener-gather")

    def _require_open(self) -> None:
        if self._is_closed:
            raise ScreenerUnavailable("The judge was closed.")

    async def _submit(self, request: AssessRequest | _Asked) -> Findings:
        job = _Job(request, asyncio.get_running_loop().create_future())
        try:
            self._queue.put_nowait(job)
        except asyncio.QueueFull:
            raise ScreenerBusy("The judge has too many posts waiting; try again later.") from None
        self._start()
        try:
            # leaving by deadline or cancellation cancels the future, by which the gatherer knows to drop the job
            return await asyncio.wait_for(job.answer, self._options.deadline_s)
        except TimeoutError:
            raise ScreenerBusy("The judge did not answer in time; try again later.") from None

    async def _alone(self, call: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - returns what it calls
        """Run one call in the worker thread, after the batch at hand and before the next."""
        self._require_open()
        work = asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)
        try:
            return await asyncio.wait_for(work, self._options.deadline_s)
        except TimeoutError:
            raise ScreenerBusy("The judge did not answer in time; try again later.") from None
        except Exception as error:
            _log_failure("a post could not be explained or tried out", error)
            raise ScreenerUnavailable(_sentence(error)) from error

    async def _gather(self) -> None:
        """Take waiting jobs in batches for as long as the screener is open."""
        batch: list[_Job] = []
        try:
            while True:
                batch = [await self._queue.get()]
                await self._fill(batch)
                batch = [job for job in batch if not job.answer.done()]
                if batch:
                    await self._answer(batch)
        finally:
            for job in batch:
                _fail(job, ScreenerUnavailable("The judge was closed."))

    async def _fill(self, batch: list[_Job]) -> None:
        """Add what comes within the waiting time, up to a full batch."""
        try:
            async with asyncio.timeout(self._options.max_wait_ms / 1000):
                while len(batch) < self._options.max_posts:
                    batch.append(await self._queue.get())
        except TimeoutError:
            return

    async def _answer(self, batch: list[_Job]) -> None:
        results = await asyncio.get_running_loop().run_in_executor(self._thread, self._run, batch)
        failures = [result for result in results if isinstance(result, Exception)]
        self._problem = _sentence(failures[0]) if len(failures) == len(batch) else None
        for job, result in zip(batch, results, strict=True):
            if isinstance(result, Exception):
                _fail(job, ScreenerUnavailable(_sentence(result)))
            elif not job.answer.done():
                job.answer.set_result(result)

    def _run(self, batch: Sequence[_Job]) -> list[Findings | Exception]:
        """Judge a batch in the worker thread: posts together, questions one by one."""
        posts = [job.request for job in batch if isinstance(job.request, AssessRequest)]
        assessed = iter(self._assess(posts))
        return [
            next(assessed)
            if isinstance(job.request, AssessRequest)
            else self._guarded(self._screener.suggest, *job.request)
            for job in batch
        ]

    def _assess(self, posts: list[AssessRequest]) -> list[Findings | Exception]:
        """Judge posts together; where that fails, one by one, so that one bad post does not take others with it."""
        together = self._guarded(self._screener.assess_batch, posts) if posts else []
        if not isinstance(together, Exception):
            return [*together, *[RuntimeError("no answer")] * (len(posts) - len(together))]
        if len(posts) == 1:
            return [together]
        return [result for post in posts for result in self._assess([post])]

    def _guarded(self, call: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - returns what it calls
        try:
            return call(*arguments)
        except Exception as error:  # noqa: BLE001 - whatever a model raises, the worker lives on
            _log_failure("the judge failed", error)
            return error


def _fail(job: _Job, error: Exception) -> None:
    if not job.answer.done():
        job.answer.set_exception(error)


def _sentence(error: Exception) -> str:
    """Name the failure by its type: its text could quote a post."""
    return f"The judge failed on a post ({type(error).__name__}); the log says more."


def _log_failure(what: str, error: Exception) -> None:
    """Log where it failed, without the error's own text for the same reason."""
    _log.error("%s: %s\n%s", what, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
