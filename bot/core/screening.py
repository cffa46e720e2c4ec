"""One post end to end: claim it, clean it, scope it, judge it, word the reply, record the decision.

Sends nothing: what must be sent or taken back is in the result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.core import policy
from bot.core.breaker import mode_in_force, tripped_claims
from bot.core.compose import compose_reply
from bot.core.domain import (
    Action,
    Decision,
    Finding,
    ForumSettings,
    Mode,
    Note,
    Post,
    Reading,
    Reply,
    Stance,
    Thresholds,
)
from bot.core.errors import ScreenerBusy, ScreenerUnavailable
from bot.core.explanation import Explanation, Step
from bot.core.notebook import NoteBook
from bot.core.policy import Reason
from bot.core.ports import (
    Clock,
    LanguageGuesser,
    OutboxItem,
    PostRef,
    ReviewItem,
    Screener,
    SentReply,
    Store,
    ThresholdRow,
)
from bot.core.text import CleanText, clean

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Screened:
    """What came of one post. ``item`` is the promise or the review item that was stored, if any.

    ``withdraw`` is a reply that stands and must be deleted, because an edit took its claims out of the post.
    """

    decision: Decision
    item: OutboxItem | ReviewItem | None = None
    withdraw: SentReply | None = None


class Screening:
    """Runs posts through the judge and the policy. One instance serves every server."""

    def __init__(
        self,
        *,
        screener: Screener,
        store: Store,
        language: LanguageGuesser,
        defaults: Thresholds,
        clock: Clock,
        notes: NoteBook,
    ) -> None:
        """Keep the collaborators; ``notes`` is read anew for each post."""
        self._screener = screener
        self._store = store
        self._language = language
        self._defaults = defaults
        self._clock = clock
        self._notes = notes

    @property
    def notes(self) -> NoteBook:
        """The notes in use, of every server."""
        return self._notes

    @property
    def defaults(self) -> Thresholds:
        """The thresholds of a server that set none."""
        return self._defaults

    async def judge(
        self,
        post: Post,
        *,
        mode: Mode,
        said: frozenset[str] = frozenset(),
        snoozed: frozenset[str] = frozenset(),
        tripped: frozenset[tuple[str, str]] = frozenset(),
        rows: Sequence[ThresholdRow] = (),
    ) -> Decision:
        """Return the decision on a post without storing or sending anything: the dry run.

        ``tripped`` holds (scope, key) of the server's tripped breakers, which leave the last word to a moderator.
        Raises ScreenerBusy or ScreenerUnavailable.
        """
        cleaned = clean(post.text)
        reason = policy.out_of_scope(post, cleaned, self._language.guess(_own_words(post, cleaned)))
        if reason is not None:
            return Decision(Action.IGNORE, (reason,), thresholds=self._thresholds_for(post, rows)(""))
        found = await self._assess(post, cleaned)
        usable = tuple(_as_reported(each, cleaned) for each in self._usable(post.guild_id, found))
        if found and not usable:
            return Decision(Action.IGNORE, (Reason.NO_ACTIVE_NOTE,), thresholds=self._thresholds_for(post, rows)(""))
        in_force = mode_in_force(mode, is_tripped=("forum", str(post.forum_id)) in tripped)
        decision = policy.decide(
            usable,
            thresholds_for=self._thresholds_for(post, rows),
            mode=in_force,
            said=said,
            snoozed=snoozed,
            tripped=tripped_claims(tripped),
        )
        return decision if in_force is mode else _fallen_back(decision)

    async def explain(
        self,
        post: Post,
        *,
        mode: Mode,
        tripped: frozenset[tuple[str, str]] = frozenset(),
        rows: Sequence[ThresholdRow] = (),
    ) -> Explanation:
        """Return what ``judge`` would decide on a post, with every step and number. Raises as ``judge``."""
        cleaned = clean(post.text)
        decision = await self.judge(post, mode=mode, tripped=tripped, rows=rows)
        if policy.out_of_scope(post, cleaned, self._language.guess(_own_words(post, cleaned))) is not None:
            return Explanation(decision)
        readings = {each.finding.claim_id: each for each in await self._examine(post, cleaned)}
        thresholds_for = self._thresholds_for(post, rows)
        ranked = sorted((each.finding for each in readings.values()), key=lambda finding: -finding.p_asserts)
        return Explanation(
            decision,
            tuple(
                Step(readings[finding.claim_id], thresholds_for(finding.claim_id), reasons)
                for finding, reasons in policy.verdicts(ranked, thresholds_for, tripped=tripped_claims(tripped))
            ),
        )

    async def screen(self, post: Post, settings: ForumSettings, *, is_edit: bool = False) -> Screened | None:
        """Judge a post and store what is to be done; None when the same text was handled before.

        Never raises for a busy or missing judge: the decision says so and the post stays pending for ``retry``.
        Raises StoreUnavailable.
        """
        if settings.mode is Mode.OFF:
            return Screened(Decision(Action.IGNORE, (Reason.MODE_OFF,)))
        if not await self._store.claim_post(ref(post), text_hash(post), author_id=post.author_id):
            return None
        return await self._finish(post, settings, is_edit=is_edit)

    async def retry(self, post: Post, settings: ForumSettings) -> Screened:
        """Judge a post that was claimed earlier and never decided (busy judge, restart)."""
        return await self._finish(post, settings, is_edit=False)

    async def _finish(self, post: Post, settings: ForumSettings, *, is_edit: bool) -> Screened:
        if await self._is_left_alone(post) and await self._store.sent_reply(post_id=post.id) is None:
            return await self._leave_alone(post, settings, is_edit=is_edit)
        rows = await self._store.threshold_rows(post.guild_id)
        said = await self._store.claims_said(post.thread_id)
        snoozed = await self._store.snoozed(post.guild_id, post.forum_id)
        tripped = await self._store.tripped(post.guild_id)
        try:
            decision = await self.judge(
                post, mode=settings.mode, said=said, snoozed=snoozed, tripped=tripped, rows=rows
            )
        except ScreenerBusy:
            return Screened(Decision(Action.IGNORE, (Reason.SCREENER_BUSY,)))
        except ScreenerUnavailable:
            return Screened(Decision(Action.IGNORE, (Reason.SCREENER_UNAVAILABLE,)))
        reply, excerpt = self._compose(post, decision)  # before the next await: the notes may be replaced during it
        withdrawn = await self._take_back(post, decision, rows, is_edit=is_edit)
        item = await self._store.record(ref(post), decision, mode=settings.mode, reply=reply, excerpt=excerpt)
        if item is not None and await self._is_left_alone(post):  # opted out while the judge was at work
            item, withdrawn = None, await self._store.withdraw(post.id, Reason.OPTED_OUT)
        return Screened(decision, item, withdrawn)

    async def _is_left_alone(self, post: Post) -> bool:
        return await self._store.is_opted_out(post.guild_id, post.author_id)

    async def _leave_alone(self, post: Post, settings: ForumSettings, *, is_edit: bool) -> Screened:
        """Record that nothing is judged or asked, and let go of what a moderator began about an earlier wording."""
        if is_edit:
            await self._store.withdraw(post.id, "edited")
        decision = Decision(Action.IGNORE, (Reason.OPTED_OUT,), thresholds=self._defaults)
        await self._store.record(ref(post), decision, mode=settings.mode, reply=None, excerpt=None)
        return Screened(decision)

    async def _take_back(
        self, post: Post, decision: Decision, rows: Sequence[ThresholdRow], *, is_edit: bool
    ) -> SentReply | None:
        """Withdraw what an earlier wording of the post led to, where this wording does not assert it any more."""
        standing = await self._store.sent_reply(post_id=post.id)
        if standing is None and not is_edit:
            return None
        asserted = policy.asserted_claims(decision.findings, self._thresholds_for(post, rows))
        still_said = asserted.intersection(standing.reply.claim_ids) if standing else asserted
        return None if still_said else await self._store.withdraw(post.id, "edited")

    async def nearest(self, question: str, guild_id: int) -> tuple[Note, ...]:
        """Return up to three of the server's notes that come near to a question. Raises as ``judge``."""
        found = await self._ask(guild_id, lambda among: self._screener.suggest(question, among=among))
        return tuple(self._notes.of(guild_id)[finding.claim_id] for finding in self._usable(guild_id, found))

    async def _assess(self, post: Post, cleaned: CleanText) -> tuple[Finding, ...]:
        return await self._ask(
            post.guild_id,
            lambda among: self._screener.assess(cleaned, title=post.title, parent=post.parent_text, among=among),
        )

    async def _examine(self, post: Post, cleaned: CleanText) -> tuple[Reading, ...]:
        found = await self._ask(
            post.guild_id,
            lambda among: self._screener.examine(cleaned, title=post.title, parent=post.parent_text, among=among),
        )
        return tuple(
            replace(each, finding=_as_reported(finding, cleaned))
            for each in found
            for finding in self._usable(post.guild_id, [each.finding])
        )

    async def _ask(self, guild_id: int, judge: Callable[[frozenset[str] | None], Awaitable[T]]) -> T:
        """Return the judge's answer on a server's claims, asked again where the notes were replaced meanwhile."""
        while True:
            edition = self._notes.edition
            answer = await judge(self._notes.among(guild_id))
            if edition == self._notes.edition:
                return answer

    def _usable(self, guild_id: int, found: Sequence[Finding]) -> tuple[Finding, ...]:
        """Return the findings whose claims the server has a note for in force, named by the notes' ids."""
        keys, notes = self._notes.keys(guild_id), self._notes.of(guild_id)
        named = (replace(each, claim_id=keys[each.claim_id]) for each in found if each.claim_id in keys)
        return tuple(finding for finding in named if policy.is_in_force(notes[finding.claim_id]))

    def _compose(self, post: Post, decision: Decision) -> tuple[Reply | None, str | None]:
        if decision.action is Action.IGNORE:
            return None, None
        notes = self._notes.of(post.guild_id)
        by_claim = {finding.claim_id: finding for finding in decision.findings}
        matched = [(notes[claim], matched_words(post, by_claim[claim])) for claim in decision.claim_ids]
        is_overdue = any(policy.is_overdue(note, self._clock.now().date()) for note, _ in matched)
        return compose_reply(post.id, matched, is_overdue=is_overdue), " … ".join(words for _, words in matched)

    def _thresholds_for(self, post: Post, rows: Sequence[ThresholdRow]) -> Callable[[str], Thresholds]:
        def of_claim(claim_id: str) -> Thresholds:
            return policy.thresholds_in_force(self._defaults, rows, forum_id=post.forum_id, claim_id=claim_id)

        return of_claim


def ref(post: Post) -> PostRef:
    """Return where a post is, without its text."""
    return PostRef(post.id, post.guild_id, post.forum_id, post.thread_id)


def text_hash(post: Post) -> str:
    """Return a hash that changes when the words of a post change, to tell a real edit from a loaded preview."""
    return hashlib.sha256(f"{post.title or ''}\n{post.text}".encode("utf-8", "replace")).hexdigest()


def matched_words(post: Post, finding: Finding) -> str:
    """Return the words of the post that a finding is about, without markup; the title where the span is empty."""
    whole = clean(post.text)  # not the span alone: cut-off markup would read as text
    inside = (char for char, at in zip(whole.text, whole.offsets, strict=False) if finding.start <= at < finding.end)
    return "".join(inside).strip() or (post.title or "").strip()


def _fallen_back(decision: Decision) -> Decision:
    """Say that a tripped breaker, and no admin, holds the reply back."""
    reasons = (Reason.BREAKER_TRIPPED if reason == Reason.MODE_REVIEW else reason for reason in decision.reasons)
    return replace(decision, reasons=tuple(reasons))


def _as_reported(finding: Finding, cleaned: CleanText) -> Finding:
    """Return a finding on quoted words as a report: whether the poster adopts them is a moderator's to say."""
    is_quoted = any(
        each.is_quoted and each.start < finding.end and finding.start < each.end for each in cleaned.sentences
    )
    return replace(finding, stance=Stance.REPORTS) if is_quoted and finding.stance is Stance.ASSERTS else finding


def _own_words(post: Post, cleaned: CleanText) -> str:
    own = " ".join(sentence.text for sentence in cleaned.sentences if not sentence.is_quoted)
    return f"{post.title}. {own}" if post.title else own
