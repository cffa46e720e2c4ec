"""What the core needs from the outside, as Protocols; ``models`` and ``bot/store`` implement them.

Also the small frozen rows that cross those borders. No behaviour lives here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.domain import Claim, Decision, Finding, ForumSettings, Mode, Reading, Reply, Thresholds
from bot.core.review_ports import Reviews
from bot.core.text import CleanText


class Clock(Protocol):
    """The time, injectable so that tests need not wait."""

    def now(self) -> datetime:
        """Return the current time, timezone-aware UTC."""
        ...


class LanguageGuesser(Protocol):
    """Tells a text's language; does not translate."""

    def guess(self, text: str) -> str | None:
        """Return an ISO 639-1 code, or None where the text is too short to tell."""
        ...


class Screener(Protocol):
    """The judge: finds what a post does with the stored claims. Never touches Discord or the store."""

    @property
    def problem(self) -> str | None:
        """One sentence on why the judge is not available, or None while it works."""
        ...

    async def load_claims(self, claims: Sequence[Claim]) -> None:
        """Replace the claims that are matched; takes effect for the next post."""
        ...

    async def assess(
        self,
        text: CleanText,
        *,
        title: str | None = None,
        parent: str | None = None,
        among: frozenset[str] | None = None,
    ) -> tuple[Finding, ...]:
        """Return findings sorted by ``p_asserts`` descending, at most one a claim; () for an empty text.

        ``among`` holds the ids of the claims that count for this text, None for all that are loaded.
        Raises ScreenerBusy when the queue is full or late, ScreenerUnavailable when there is no judge.
        """
        ...

    async def examine(
        self,
        text: CleanText,
        *,
        title: str | None = None,
        parent: str | None = None,
        among: frozenset[str] | None = None,
    ) -> tuple[Reading, ...]:
        """Return what ``assess`` saw of every candidate claim, with what led to each finding. Raises as ``assess``."""
        ...

    async def assess_with(self, claims: Sequence[Claim], text: CleanText) -> tuple[Finding, ...]:
        """Return what ``assess`` would find were these the claims; the loaded ones stay in use. Raises as ``assess``.

        For trying a note out. Texts that are loaded, or were in the last call, are not encoded again.
        """
        ...

    async def suggest(self, question: str, top: int = 3, *, among: frozenset[str] | None = None) -> tuple[Finding, ...]:
        """Return the claims nearest in meaning to a member's question, whatever its stance, best first.

        Only claims of ``among`` that are near enough to be worth showing; () otherwise. Raises as ``assess``.
        """
        ...


@dataclass(frozen=True, slots=True)
class PostRef:
    """Where a post is, without its text."""

    post_id: int
    guild_id: int
    forum_id: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A reply that was promised and is not known to have been sent."""

    id: int
    post: PostRef
    reply: Reply
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SentReply:
    """A reply that stands in a thread."""

    post: PostRef
    message_id: int
    reply: Reply
    findings: tuple[Finding, ...]
    thresholds: Thresholds | None


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A post that waits for a moderator. ``card_message_id`` is None until its card was sent.

    ``excerpt`` is the matched words only, decrypted; None once erased. ``why`` is ``screened``, or ``contested`` where
    ``reply`` stands already and a member objects to it; an item reopened for that keeps its id.
    """

    id: int
    post: PostRef
    reply: Reply
    findings: tuple[Finding, ...]
    thresholds: Thresholds | None
    excerpt: str | None
    card_message_id: int | None
    created_at: datetime
    why: str = "screened"


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """One stored override: ``scope`` is ``guild``, ``forum`` or ``claim``; ``key`` its id (empty for guild)."""

    scope: str
    key: str
    thresholds: Thresholds


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """Figures for ``/status`` and ``footnote doctor``; counts of rows, never of members."""

    schema_version: str
    posts: int
    pending_posts: int
    outbox: int
    open_reviews: int


class Store(Reviews, Protocol):
    """Everything that must survive a restart; the moderators' queue is in ``Reviews``.

    Each method is one transaction; raises StoreUnavailable.
    """

    async def forum(self, guild_id: int, forum_id: int) -> ForumSettings | None:
        """Return one channel's settings, None when it was never watched."""
        ...

    async def forums(self, guild_id: int | None = None) -> tuple[ForumSettings, ...]:
        """Return the watched channels of one server, or of all."""
        ...

    async def put_forum(self, settings: ForumSettings, *, actor_id: int) -> None:
        """Insert or replace one channel's settings, with an audit row."""
        ...

    async def threshold_rows(self, guild_id: int) -> tuple[ThresholdRow, ...]:
        """Return the server's threshold overrides; ``policy.thresholds_in_force`` resolves them."""
        ...

    async def claim_post(self, post: PostRef, text_hash: str, *, author_id: int = 0) -> bool:
        """Insert the post's row; False when the same text of it is or was handled already.

        A changed ``text_hash`` (an edit) takes the row back to pending and returns True, except for a post that was
        forgotten. The author is kept as a digest, 0 as nobody: without it the post is not erased on their wish.
        """
        ...

    async def is_opted_out(self, guild_id: int, member_id: int) -> bool:
        """Tell whether the bot may not reply to this member here by itself."""
        ...

    async def release_post(self, post_id: int, reason: str) -> None:
        """Mark a pending post as given up (deleted, unreachable) so that it is not retried."""
        ...

    async def unfinished_posts(self, older_than: datetime, limit: int = 100) -> tuple[PostRef, ...]:
        """Return posts that were claimed and never decided (crash, busy judge), oldest first."""
        ...

    async def record(
        self, post: PostRef, decision: Decision, *, mode: Mode, reply: Reply | None, excerpt: str | None
    ) -> OutboxItem | ReviewItem | None:
        """Store a decision, with its outbox row (REPLY) or review item (REVIEW) and audit row, in one transaction.

        At most one outbox row a post ever and one per claim and thread: a second one is dropped and None returned.
        """
        ...

    async def claims_said(self, thread_id: int) -> frozenset[str]:
        """Return the claims already answered, or promised an answer, in this thread."""
        ...

    async def outbox_due(self, now: datetime, limit: int = 50) -> tuple[OutboxItem, ...]:
        """Return promised replies whose time to be tried has come, oldest first."""
        ...

    async def mark_sent(self, item_id: int, message_id: int) -> None:
        """Note that a promised reply stands as this message."""
        ...

    async def mark_failed(self, item_id: int, reason: str, retry_at: datetime | None) -> None:
        """Note a failed sending; None for ``retry_at`` gives it up for good."""
        ...

    async def sent_reply(self, *, post_id: int | None = None, message_id: int | None = None) -> SentReply | None:
        """Return the reply to a post, or behind one of our messages."""
        ...

    async def withdraw(self, post_id: int, reason: str) -> SentReply | None:
        """Cancel what is pending for a post, erase its stored text, and return a reply that must be deleted."""
        ...

    async def withdraw_thread(self, thread_id: int, reason: str) -> tuple[int, ...]:
        """Withdraw every post of a deleted thread, as ``withdraw`` does; return their ids."""
        ...

    async def replies_to_delete(self, limit: int = 20) -> tuple[SentReply, ...]:
        """Return withdrawn replies whose messages are not known to be gone: what a crash or an outage left."""
        ...

    async def mark_deleted(self, message_id: int) -> None:
        """Note that a withdrawn reply's message is gone."""
        ...

    async def rate(self, message_id: int, member_id: int, *, is_helpful: bool, reasons: Sequence[str] = ()) -> None:
        """Store one member's rating of one reply; a second one replaces the first, reasons included.

        ``reasons`` are tags of ``ratings.reasons_for``; raises BadInput for another.
        """
        ...

    async def record_request(self, guild_id: int, question: str, *, asker_id: int) -> None:
        """Store, encrypted, a question nobody had a note for; of the asker only a digest bound to the server."""
        ...

    async def cursor(self, thread_id: int) -> int | None:
        """Return the newest message id seen in a thread."""
        ...

    async def cursors(self, forum_id: int, limit: int = 200) -> dict[int, int]:
        """Return thread id -> newest message id seen, most recent threads first."""
        ...

    async def move_cursor(self, forum_id: int, thread_id: int, message_id: int) -> None:
        """Advance a thread's cursor; it never goes back."""
        ...

    async def expire(self, before: datetime) -> int:
        """Erase stored excerpts, questions and objections older than ``before``; return how many."""
        ...

    async def status(self) -> StoreStatus:
        """Return the store's figures."""
        ...
