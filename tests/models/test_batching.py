"""The batcher: posts share batches, nobody waits for ever, and no failure outlives its batch."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence

import pytest

from bot.core.domain import Claim, Finding, Stance, StanceScores
from bot.core.errors import ScreenerBusy, ScreenerUnavailable
from bot.core.text import CleanText, clean
from models.batching import BatchedScreener, BatchOptions
from models.evidence import Evidence
from models.screener import AssessRequest, Examined


class SlowScreener:
    """Answers with the post's own words as claim id; waits for ``gate``; "boom" makes it fail."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.began = threading.Event()
        self.batches: list[list[str]] = []
        self.threads: set[str] = set()
        self.claims: tuple[str, ...] = ("first",)

    def load_claims(self, claims: Sequence[Claim]) -> None:
        self._wait()
        if any(claim.text == "boom" for claim in claims):
            raise RuntimeError("cannot encode")
        self.claims = tuple(claim.id for claim in claims)

    def assess_batch(self, requests: Sequence[AssessRequest]) -> list[tuple[Finding, ...]]:
        self._wait()
        self.batches.append([request.text.text for request in requests])
        return [(self._answer(request.text.text),) for request in requests]

    def examine_batch(self, requests: Sequence[AssessRequest]) -> list[list[Examined]]:
        self._wait()
        claim, evidence = Claim("c", "the claim"), Evidence(2.0, 1.0, 1.0, 0.5)
        texts = [request.text.text for request in requests]
        return [[Examined(self._answer(text), claim, text, text, evidence)] for text in texts]

    def suggest(self, question: str, top: int = 3, among: frozenset[str] | None = None) -> tuple[Finding, ...]:
        self._wait()
        return (self._answer(question),) * top

    def _wait(self) -> None:
        self.threads.add(threading.current_thread().name)
        self.began.set()
        self.gate.wait(10)

    def _answer(self, text: str) -> Finding:
        if "boom" in text:
            raise RuntimeError(f"cannot read {text}")
        return Finding(text, Stance.ASSERTS, 0.9, 0.5, 0, len(text), StanceScores(0.9, 0.1, 0.0, 0.0))


@pytest.fixture
def slow() -> SlowScreener:
    return SlowScreener()


@pytest.fixture
async def batched(slow: SlowScreener) -> AsyncIterator[BatchedScreener]:
    options = BatchOptions(max_posts=4, max_wait_ms=20, queue_size=6, deadline_s=5)
    async with BatchedScreener(slow, options) as screener:
        yield screener
        slow.gate.set()


def post(text: str) -> CleanText:
    return clean(text)


async def ids(screener: BatchedScreener, text: str) -> list[str]:
    return [finding.claim_id for finding in await screener.assess(post(text))]


async def hold(slow: SlowScreener, screener: BatchedScreener) -> asyncio.Task[list[str]]:
    """Start one post and return once the worker is busy with it."""
    slow.gate.clear()
    slow.began.clear()
    task = asyncio.create_task(ids(screener, "held"))
    await asyncio.to_thread(slow.began.wait, 5)
    return task


async def test_assess_posts_at_once_share_batches_and_get_their_own_answers(
    slow: SlowScreener, batched: BatchedScreener
) -> None:
    answers = await asyncio.gather(*(ids(batched, f"post {i}") for i in range(6)))
    assert answers == [[f"post {i}"] for i in range(6)]
    assert [len(batch) for batch in slow.batches] == [4, 2]
    assert len(slow.threads) == 1
    assert batched.problem is None


async def test_assess_empty_text_answers_without_the_judge(slow: SlowScreener, batched: BatchedScreener) -> None:
    assert await batched.assess(post(" \n ")) == ()
    assert slow.batches == []


async def test_assess_full_queue_refuses_at_once(slow: SlowScreener, batched: BatchedScreener) -> None:
    held = await hold(slow, batched)
    waiting = [asyncio.create_task(ids(batched, f"post {i}")) for i in range(6)]
    await asyncio.sleep(0)
    assert batched.waiting == 6
    with pytest.raises(ScreenerBusy, match="waiting"):
        await asyncio.wait_for(batched.assess(post("one too many")), 0.5)
    slow.gate.set()
    assert await asyncio.gather(held, *waiting) == [["held"], *([f"post {i}"] for i in range(6))]


async def test_assess_late_answer_is_busy_and_never_judged(slow: SlowScreener) -> None:
    options = BatchOptions(max_posts=1, max_wait_ms=0, deadline_s=0.05)
    async with BatchedScreener(slow, options) as batched:
        held = await hold(slow, batched)
        with pytest.raises(ScreenerBusy, match="in time"):
            await batched.assess(post("late"))
        with pytest.raises(ScreenerBusy):
            await held
        slow.gate.set()
        assert await ids(batched, "next") == ["next"]
    assert ["late"] not in slow.batches


async def test_assess_cancelled_post_is_dropped(slow: SlowScreener, batched: BatchedScreener) -> None:
    held = await hold(slow, batched)
    cancelled = asyncio.create_task(ids(batched, "deleted post"))
    kept = asyncio.create_task(ids(batched, "kept post"))
    await asyncio.sleep(0)
    cancelled.cancel()
    slow.gate.set()
    assert (await held, await kept) == (["held"], ["kept post"])
    assert not any("deleted post" in batch for batch in slow.batches)


async def test_assess_one_bad_post_fails_alone_and_the_worker_lives(batched: BatchedScreener) -> None:
    texts = ["good", "boom", "also good"]
    answers = await asyncio.gather(*(ids(batched, text) for text in texts), return_exceptions=True)
    assert (answers[0], answers[2]) == (["good"], ["also good"])
    assert isinstance(answers[1], ScreenerUnavailable)
    assert batched.problem is None
    assert await ids(batched, "after") == ["after"]


async def test_problem_when_all_fail_names_the_failure_until_one_works(
    batched: BatchedScreener, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the sentence nor the log may quote the post."""
    with pytest.raises(ScreenerUnavailable, match="RuntimeError"):
        await batched.assess(post("boom secret"))
    assert batched.problem is not None
    assert "secret" not in batched.problem + caplog.text
    assert "_answer" in caplog.text
    await batched.assess(post("fine"))
    assert batched.problem is None


async def test_suggest_question_passes_through_the_same_worker(slow: SlowScreener, batched: BatchedScreener) -> None:
    question, answer = await asyncio.gather(batched.suggest("who did it?", top=2), ids(batched, "a post"))
    assert [finding.claim_id for finding in question] == ["who did it?"] * 2
    assert answer == ["a post"]
    assert len(slow.threads) == 1
    with pytest.raises(ScreenerUnavailable):
        await batched.suggest("boom")


async def test_examine_tells_what_led_to_a_finding_in_the_same_worker(
    slow: SlowScreener, batched: BatchedScreener
) -> None:
    (reading,) = await batched.examine(post("they did it"))
    assert (reading.claim, reading.sentence, reading.evidence["paraphrases"]) == ("the claim", "they did it", 1.0)
    assert len(slow.threads) == 1


async def test_examine_failure_or_late_answer_is_said_in_one_sentence(slow: SlowScreener) -> None:
    async with BatchedScreener(slow, BatchOptions(deadline_s=0.05)) as batched:
        with pytest.raises(ScreenerUnavailable, match="RuntimeError"):
            await batched.examine(post("boom"))
        slow.gate.clear()
        with pytest.raises(ScreenerBusy):
            await batched.examine(post("late"))
        slow.gate.set()


async def test_load_claims_swaps_off_the_loop_and_keeps_the_old_on_failure(
    slow: SlowScreener, batched: BatchedScreener
) -> None:
    await batched.load_claims([Claim("second", "text")])
    assert slow.claims == ("second",)
    with pytest.raises(ScreenerUnavailable, match="RuntimeError"):
        await batched.load_claims([Claim("third", "boom")])
    assert slow.claims == ("second",)
    assert threading.current_thread().name not in slow.threads


async def test_loop_stays_free_while_the_judge_works(slow: SlowScreener, batched: BatchedScreener) -> None:
    held = await hold(slow, batched)
    turns = 0
    for _ in range(100):
        await asyncio.sleep(0)
        turns += 1
    assert (turns, held.done()) == (100, False)
    slow.gate.set()
    await held


async def test_close_fails_the_waiting_and_refuses_new_calls(slow: SlowScreener) -> None:
    batched = BatchedScreener(slow, BatchOptions(max_posts=1, max_wait_ms=0))
    held = await hold(slow, batched)
    waiting = asyncio.create_task(ids(batched, "waiting"))
    await asyncio.sleep(0)
    closing = asyncio.create_task(batched.close())
    for task in (held, waiting):
        with pytest.raises(ScreenerUnavailable, match="closed"):
            await asyncio.wait_for(task, 2)
    slow.gate.set()
    await asyncio.wait_for(closing, 5)
    for call in (batched.assess(post("new")), batched.suggest("new"), batched.load_claims([])):
        with pytest.raises(ScreenerUnavailable, match="closed"):
            await call
    assert batched.problem == "The judge was closed."
    await batched.close()


@pytest.mark.parametrize("values", [{"max_posts": 0}, {"queue_size": 0}, {"deadline_s": 0}, {"max_wait_ms": -1}])
def test_options_that_let_nothing_pass_are_refused(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="start at"):
        BatchOptions(**values)
