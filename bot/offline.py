"""The commands that need no Discord, put together: check, match, stance, replay and bench over the real models.

Each opens what it needs, calls one function and closes it again; formats and judgement live elsewhere.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core import policy
from bot.core.domain import Decision, Mode, Note, Post, Thresholds
from bot.core.errors import BadInput, ScreenerUnavailable
from bot.core.screening import matched_words

if TYPE_CHECKING:
    from bot.client import Services
    from bot.core.screening import Screening
    from config.settings import Settings

Echo = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What ``footnote check`` may be told beside the posts: other claims, other thresholds."""

    claims: Path | None = None
    review: float | None = None
    reply: float | None = None

    def thresholds(self, default: Thresholds) -> Thresholds:
        """Return the thresholds to use. Raises BadInput when they are out of order."""
        try:
            return Thresholds(
                default.review if self.review is None else self.review,
                default.reply if self.reply is None else self.reply,
            )
        except ValueError as error:
            raise BadInput("--review must be above 0 and not above --reply, and --reply at most 1.") from error


@contextlib.asynccontextmanager
async def opened(settings: Settings, request: CheckRequest) -> AsyncIterator[Screening]:
    """Open the judge as a request asks: over the active notes or a claims file, with its thresholds."""
    from bot.app import active_notes, open_screening
    from bot.check import notes_for
    from bot.core.clock import SystemClock
    from bot.jsonl import read_claims

    chosen = settings.with_thresholds(request.thresholds(settings.default_thresholds))
    notes: Mapping[str, Note]
    if request.claims:
        notes = notes_for(read_claims(str(request.claims)), SystemClock().now().date())
    else:
        notes = active_notes(settings)
    async with open_screening(chosen, notes) as screening:
        yield screening


async def check_posts(settings: Settings, posts: str, out: str, request: CheckRequest) -> None:
    """Screen a file of posts into a file of findings, with progress on standard error."""
    from bot.check import check_file, read_posts

    lines = read_posts(posts)
    async with opened(settings, request) as screening:
        with progress("screening") as advance:
            counts = await check_file(screening, lines, out, progress=advance)
    typed = ", ".join(f"{count} {action}" for action, count in counts.items())
    print(f"{len(lines)} posts: {typed}.", file=sys.stderr)  # noqa: T201  # standard output may carry the findings


async def check_text(settings: Settings, text: str, request: CheckRequest, *, why: bool = False, echo: Echo) -> None:
    """Screen one post and print the decision for people, with every step that led to it where ``why`` is asked."""
    async with opened(settings, request) as screening:
        post = Post(text)
        if why:
            explanation = await screening.explain(post, mode=Mode.AUTO)
            echo("\n".join([f"{explanation.decision.action.value}:", *explanation.lines()]))
            return
        echo(decision_text(post, await screening.judge(post, mode=Mode.AUTO), screening.notes.of(post.guild_id)))


def decision_text(post: Post, decision: Decision, notes: Mapping[str, Note]) -> str:
    """Return a decision in plain words with each candidate claim and its numbers."""
    lines = [f"{decision.action.value}: " + " ".join(policy.explain(reason) for reason in decision.reasons)]
    if decision.thresholds:
        lines.append(f"thresholds: review {decision.thresholds.review:.2f}, reply {decision.thresholds.reply:.2f}")
    for finding in decision.findings:
        numbers = f"p(asserts) {finding.p_asserts:.2f}  similarity {finding.similarity:.2f}  {finding.stance.value}"
        lines += [f"  {numbers}  {notes[finding.claim_id].claim.text}", f"    at: {matched_words(post, finding)}"]
    return "\n".join(lines)


def match_queries(settings: Settings, claims: str, queries: str, top: int, out: str) -> None:
    """Rank a file of claims for a file of queries into a TREC run."""
    from bot.app import model_options
    from bot.jsonl import read_claims
    from bot.measure import match_file, read_queries
    from models.loading import load_encoder
    from models.pipelines import match

    known, asked = read_claims(claims), read_queries(queries)
    encoder = load_encoder(model_options(settings))
    match_file(lambda c, q, k: match(encoder, c, q, k), known, asked, out, top=top)


def stance_pairs(settings: Settings, pairs: str, out: str) -> None:
    """Judge a file of (text, claim) pairs."""
    from bot.app import model_options
    from bot.measure import read_pairs, stance_file
    from models.loading import load_models
    from models.pipelines import StancePair, stance

    read = read_pairs(pairs)
    judge = load_models(model_options(settings)).judge
    with progress("judging") as advance:
        stance_file(
            lambda batch: stance(judge, [StancePair(pair.text, pair.claim, pair.context) for pair in batch]),
            read,
            out,
            progress=advance,
        )


async def replay_file(settings: Settings, discussion: str, *, mode: Mode, as_json: bool, echo: Echo) -> None:
    """Replay a discussion in a world and a database of its own, gone afterwards."""
    from bot.app import open_services
    from bot.replay import read_replay, replay, result_row, result_text

    lines = read_replay(discussion)
    with tempfile.TemporaryDirectory(prefix="footnote-replay-") as folder:
        async with open_services(settings.in_folder(Path(folder))) as services:
            require_judge(services)
            notes = {note.id: note for note in services.pack}
            async for result in replay(lines, services, mode):
                shown = json.dumps(result_row(result), ensure_ascii=False) if as_json else None
                echo(shown or result_text(result, notes))


def require_judge(services: Services) -> None:
    """Raise ScreenerUnavailable where there is no judge: a replay without one would show nothing but silence."""
    if services.screener.problem:
        raise ScreenerUnavailable(services.screener.problem)


def bench_posts(settings: Settings, posts: str) -> dict[str, object]:
    """Measure the judge on a file of posts."""
    from bot.app import active_notes, model_options
    from bot.check import read_posts
    from models.bench import bench
    from models.loading import load_pair_screener

    texts = [post.text for post in read_posts(posts)]
    screener = load_pair_screener(model_options(settings))
    screener.load_claims([note.claim for note in active_notes(settings).values()])
    return bench(screener, texts).to_dict()


@contextlib.contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar with the time left on standard error; give a function that takes how many of how many are done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
