"""``footnote check``: screens posts without Discord, by the same path as the bot.

Reads and writes JSON Lines; judges nothing itself (``Screening`` does) and prints nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from bot.core.domain import Claim, Decision, Finding, Mode, Note, Post, Source, Status, Thresholds
from bot.core.screening import Screening
from bot.jsonl import read_all, writing

Row = dict[str, object]
Progress = Callable[[int, int], None]
"""Told after each post: how many are done, of how many."""


POSTS_AT_ONCE = 16  # enough to fill the judge's batches; the file's order is kept


@dataclass(frozen=True, slots=True)
class PostLine:
    """One post of a file."""

    id: str
    text: str


def read_posts(source: str) -> list[PostLine]:
    """Return the posts of a JSON Lines file or standard input (``-``). Raises BadInput."""
    return [PostLine(line.id(), line.text("text")) for line in read_all(source, what="posts")]


async def check(screening: Screening, posts: Iterable[PostLine]) -> AsyncIterator[Row]:
    """Yield what the bot would do with each post, in order, each as if it stood alone in mode ``auto``.

    Raises ScreenerBusy or ScreenerUnavailable.
    """
    waiting = iter(posts)
    while group := list(islice(waiting, POSTS_AT_ONCE)):
        decisions = await asyncio.gather(*(screening.judge(Post(post.text), mode=Mode.AUTO) for post in group))
        for post, decision in zip(group, decisions, strict=True):
            yield {"id": post.id, **row(decision)}


async def check_file(
    screening: Screening, posts: list[PostLine], out: str, *, progress: Progress | None = None
) -> dict[str, int]:
    """Screen posts into a JSON Lines file or standard output (``-``); returns how many got which decision.

    The file appears when all posts are screened, or not at all. Raises BadInput, ScreenerBusy, ScreenerUnavailable.
    """
    counts = {"reply": 0, "review": 0, "ignore": 0}
    with writing(out) as write:
        async for result in check(screening, posts):
            write(result)
            counts[str(result["decision"])] += 1
            if progress is not None:
                progress(sum(counts.values()), len(posts))
    return counts


def row(decision: Decision) -> Row:
    """Return a decision as scripts read it."""
    thresholds = decision.thresholds
    return {
        "decision": decision.action.value,
        "reasons": list(decision.reasons),
        "findings": [finding_row(finding) for finding in decision.findings],
        "thresholds": thresholds_row(thresholds) if thresholds else None,
    }


def finding_row(finding: Finding) -> Row:
    """Return a finding as scripts read it; offsets are characters of the text as given."""
    return {
        "claim": finding.claim_id,
        "stance": finding.stance.value,
        "p_asserts": round(finding.p_asserts, 6),
        "similarity": round(finding.similarity, 6),
        "start": finding.start,
        "end": finding.end,
    }


def thresholds_row(thresholds: Thresholds) -> Row:
    """Return thresholds as scripts read them."""
    return {"review": thresholds.review, "reply": thresholds.reply}


def notes_for(claims: Iterable[Claim], today: date) -> Mapping[str, Note]:
    """Return stand-in notes for claims that come from a file without any, so that they count as having one.

    They are only ever judged by, never shown.
    """
    return {claim.id: _bare_note(claim, today) for claim in claims}


def _bare_note(claim: Claim, today: date) -> Note:
    return Note(
        claim=claim,
        status=Status.UNSUPPORTED,
        documented=(),
        disputed=(),
        would_change="",
        sources=(Source("claims file", claim.id, "none"),),
        tags=(),
        flatters=(),
        reviewed_on=today,
        review_due=today + timedelta(days=1),
    )
