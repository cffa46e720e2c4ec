"""``footnote replay``: a written discussion through the real bot, in a sandbox without the page.

Every line is posted as a person's forum message and reaches the bot through the gateway. Give it services whose store
is empty and may be thrown away: the replay writes to it as any discussion does.
"""

from __future__ import annotations

import textwrap
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from bot.check import row
from bot.core import policy
from bot.core.compose import as_text
from bot.core.domain import Action, Decision, ForumSettings, Mode, Note, Post
from bot.core.errors import BadInput
from bot.core.screening import Screened, Screening
from bot.jsonl import Line, read_lines, read_text
from bot.sandbox.limits import NAME_LIMIT, POST_LIMIT, TITLE_LIMIT

if TYPE_CHECKING:
    from bot.client import Services
    from bot.sandbox.world import World

TEXT_FILE_AUTHOR = "author"
NOT_SCREENED = "not-screened"
WIDTH = 100  # characters of a line for people


@dataclass(frozen=True, slots=True)
class ReplayLine:
    """One post of a written discussion."""

    author: str
    thread: str
    text: str


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What the bot did with one post. ``reply`` is the text as a reader sees it, None where it did not speak."""

    line: ReplayLine
    decision: Decision
    reply: str | None


class RecordingScreening(Screening):
    """The bot's own screening that also keeps what it decided, by post id."""

    def __init__(self, inner: Screening) -> None:
        """Do as ``inner`` does, with its collaborators."""
        self.__dict__.update(inner.__dict__)
        self.decisions: dict[int, Decision] = {}

    async def screen(self, post: Post, settings: ForumSettings, *, is_edit: bool = False) -> Screened | None:
        """Screen, and keep the decision."""
        return self._kept(post, await super().screen(post, settings, is_edit=is_edit))

    async def retry(self, post: Post, settings: ForumSettings) -> Screened:
        """Screen again, and keep the decision."""
        screened = await super().retry(post, settings)
        self._kept(post, screened)
        return screened

    def _kept(self, post: Post, screened: Screened | None) -> Screened | None:
        if screened is not None:
            self.decisions[post.id] = screened.decision
        return screened


def read_replay(source: str) -> list[ReplayLine]:
    """Return the discussion of a JSON Lines file, of standard input (``-``), or of a ``.txt`` file.

    A text file is one thread named after it, each paragraph a post. Raises BadInput with the line of the fault.
    """
    is_text = source.lower().endswith(".txt")
    lines = _read_paragraphs(source) if is_text else [_replay_line(line) for line in read_lines(source, what="replay")]
    if not lines:
        raise BadInput(f"{'Standard input' if source == '-' else source} holds no post to replay.")
    return lines


async def replay(lines: Sequence[ReplayLine], services: Services, mode: Mode) -> AsyncIterator[ReplayResult]:
    """Post each line, wait until the bot has dealt with it, and yield what it did.

    Raises StoreUnavailable, and TimeoutError when the bot does not come to rest.
    """
    screening = RecordingScreening(services.screening)
    threads: dict[str, int] = {}
    async with _world(replace(services, screening=screening), mode) as world:
        for line in lines:
            post_id = await _post(world, line, threads)
            decision = screening.decisions.get(post_id, Decision(Action.IGNORE, (NOT_SCREENED,)))
            sent = await services.store.sent_reply(post_id=post_id)
            is_standing = sent is not None and world.answers_to(post_id, threads[line.thread])
            yield ReplayResult(line, decision, as_text(sent.reply) if sent and is_standing else None)


def result_row(result: ReplayResult) -> dict[str, object]:
    """Return a result as scripts read it."""
    decided = row(result.decision)
    return {
        "text": result.line.text,
        "decision": decided["decision"],
        "reasons": decided["reasons"],
        "findings": decided["findings"],
        "reply": result.reply,
    }


def result_text(result: ReplayResult, notes: Mapping[str, Note]) -> str:
    """Return a result for people: the post, then the reply or why there was none."""
    head = f"{result.line.author} in “{result.line.thread}”:"
    return "\n".join([head, _indented(result.line.text), _outcome(result, notes), ""])


def _outcome(result: ReplayResult, notes: Mapping[str, Note]) -> str:
    if result.reply is not None:
        return "  -> Footnote replied:\n" + _indented(result.reply, "     | ")
    if result.decision.reasons == (NOT_SCREENED,):
        return "  -> silent: The bot failed on this post; the log says why."
    lead = {Action.REPLY: "reply not sent", Action.REVIEW: "asked a moderator", Action.IGNORE: "silent"}
    why = " ".join(policy.explain(reason) for reason in result.decision.reasons)
    return f"  -> {lead[result.decision.action]}: {why}{_nearest(result.decision, notes)}"


def _nearest(decision: Decision, notes: Mapping[str, Note]) -> str:
    if not decision.findings:
        return ""
    nearest = decision.findings[0]
    note = notes.get(nearest.claim_id)
    claim = note.claim.text if note else nearest.claim_id
    limits = decision.thresholds
    scale = f"; review from {limits.review:.2f}, reply from {limits.reply:.2f}" if limits else ""
    return f"\n     Nearest claim: “{claim}” (asserted with probability {nearest.p_asserts:.2f}{scale})"


def _indented(text: str, indent: str = "  ") -> str:
    """Return a text indented and wrapped for a terminal; addresses stay whole."""
    wrapped = (
        part
        for line in text.splitlines()
        for part in textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
    )
    return "\n".join((indent + part).rstrip() for part in wrapped)


@asynccontextmanager
async def _world(services: Services, mode: Mode) -> AsyncIterator[World]:
    from bot.client import FootnoteBot
    from bot.sandbox.run import take_own_pack, warm_up
    from bot.sandbox.world import World

    await warm_up(services.screener)
    bot = FootnoteBot(services, sync_commands=False)
    world = World(bot)
    await take_own_pack(bot, world)
    settings = ForumSettings(int(world.guild.id), int(world.forum.id), mode, int(world.moderators.id))
    await services.store.put_forum(settings, actor_id=int(world.admin.id))
    try:
        await world.start()
        yield world
    finally:
        await world.stop()


async def _post(world: World, line: ReplayLine, threads: dict[str, int]) -> int:
    """Post one line, opening its thread the first time; returns the post's id."""
    author = world.person(line.author)
    if line.thread not in threads:
        threads[line.thread] = await world.open_thread(author, line.thread, line.text)
        return threads[line.thread]
    return await world.reply(author, threads[line.thread], line.text)


def _replay_line(line: Line) -> ReplayLine:
    read = ReplayLine(
        author=line.text("author", limit=NAME_LIMIT),
        thread=line.text("thread", limit=TITLE_LIMIT),
        text=line.text("text", limit=POST_LIMIT),
    )
    for key in ("author", "thread", "text"):
        if not getattr(read, key).strip():
            line.refuse(f'"{key}" is empty')
    return read


def _read_paragraphs(source: str) -> list[ReplayLine]:
    thread = PurePath(source).stem[:TITLE_LIMIT].strip() or "text"
    found: list[ReplayLine] = []
    for number, paragraph in _paragraphs(read_text(source, what="text")):
        if len(paragraph) > POST_LIMIT:
            raise BadInput(
                f"{source}, line {number}: a paragraph of {len(paragraph):,} characters; "
                f"Discord allows {POST_LIMIT:,} in a post."
            )
        found.append(ReplayLine(TEXT_FILE_AUTHOR, thread, paragraph))
    return found


def _paragraphs(text: str) -> list[tuple[int, str]]:
    """Return each paragraph with the number of its first line; blank lines separate them."""
    found: list[tuple[int, list[str]]] = []
    is_inside = False
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not line.strip():
            is_inside = False
        elif is_inside:
            found[-1][1].append(line)
        else:
            found.append((number, [line]))
            is_inside = True
    return [(number, "\n".join(lines).strip()) for number, lines in found]
