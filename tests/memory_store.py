"""``ports.Store`` in dictionaries: the contract's meaning without SQL, for tests that need no disk."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.domain import Action, Decision, ForumSettings, Mode, Reply, Thresholds
from bot.core.errors import BadInput
from bot.core.ports import OutboxItem, PostRef, ReviewItem, SentReply, StoreStatus, ThresholdRow
from bot.core.ratings import check_reasons
from bot.core.review import CONTESTED, WITHDRAWALS, require_fit
from bot.core.review_ports import ReviewResult
from tests.clocks import FixedClock


@dataclass
class PostRow:
    """What the memory store keeps of a post. ``state``: pending, decided, released or withdrawn."""

    post: PostRef
    text_hash: str
    created_at: datetime
    state: str = "pending"
    decision: Decision | None = None
    excerpt: str | None = None


@dataclass
class OutboxRow:
    """A promised reply and what became of it. ``state``: due, sent, failed or withdrawn."""

    item: OutboxItem
    due_at: datetime
    decision: Decision
    state: str = "due"
    message_id: int | None = None
    is_deleted: bool = False
    reason: str | None = None


@dataclass
class ReviewRow:
    """A review item and how it was closed; None while open."""

    item: ReviewItem
    decision: Decision
    outcome: str | None = None
    actor_id: int | None = None
    at: datetime | None = None


@dataclass
class ContestRow:
    """One member's objection; ``words`` are None once erased, and it is open until moderators decide."""

    post_id: int
    words: str | None
    at: datetime
    is_open: bool = True


@dataclass
class MemoryStore:
    """All of ``ports.Store`` in dictionaries. Tests may look inside; ``thresholds`` is filled by them directly."""

    clock: FixedClock = field(default_factory=FixedClock)
    settings: dict[tuple[int, int], ForumSettings] = field(default_factory=dict)
    thresholds: dict[int, list[ThresholdRow]] = field(default_factory=dict)
    posts: dict[int, PostRow] = field(default_factory=dict)
    outbox: dict[int, OutboxRow] = field(default_factory=dict)
    reviews: dict[int, ReviewRow] = field(default_factory=dict)
    ratings: dict[tuple[int, int], tuple[bool, tuple[str, ...]]] = field(default_factory=dict)
    objections: dict[tuple[int, int], ContestRow] = field(default_factory=dict)
    requests: list[tuple[int, str, datetime]] = field(default_factory=list)
    seen: dict[int, tuple[int, int]] = field(default_factory=dict)
    audit: list[tuple[str, int]] = field(default_factory=list)
    snoozes: dict[tuple[int, int, str], datetime] = field(default_factory=dict)
    opted_out: set[tuple[int, int]] = field(default_factory=set)
    trips: set[tuple[int, tuple[str, str]]] = field(default_factory=set)
    library: None = None  # notes are kept by the real store only
    desk: None = None  # and so is what people decide
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def forum(self, guild_id: int, forum_id: int) -> ForumSettings | None:
        return self.settings.get((guild_id, forum_id))

    async def forums(self, guild_id: int | None = None) -> tuple[ForumSettings, ...]:
        return tuple(one for one in self.settings.values() if guild_id in (None, one.guild_id))

    async def put_forum(self, settings: ForumSettings, *, actor_id: int) -> None:
        self.settings[settings.guild_id, settings.forum_id] = settings
        self.audit.append(("put-forum", actor_id))

    async def threshold_rows(self, guild_id: int) -> tuple[ThresholdRow, ...]:
        return tuple(self.thresholds.get(guild_id, ()))

    def set_thresholds(self, guild_id: int, scope: str, key: str, thresholds: Thresholds) -> None:
        """Add an override, as an admin's command would."""
        self.thresholds.setdefault(guild_id, []).append(ThresholdRow(scope, key, thresholds))

    async def claim_post(self, post: PostRef, text_hash: str, *, author_id: int = 0) -> bool:
        row = self.posts.get(post.post_id)
        if row is not None and row.text_hash == text_hash:
            return False
        created_at = row.created_at if row else self.clock.now()
        self.posts[post.post_id] = PostRow(post, text_hash, created_at)
        return True

    async def is_opted_out(self, guild_id: int, member_id: int) -> bool:
        return (guild_id, member_id) in self.opted_out

    async def release_post(self, post_id: int, reason: str) -> None:
        row = self.posts.get(post_id)
        if row is not None and row.state == "pending":
            row.state = "released"
            self.audit.append((reason, post_id))

    async def unfinished_posts(self, older_than: datetime, limit: int = 100) -> tuple[PostRef, ...]:
        waiting = [row for row in self.posts.values() if row.state == "pending" and row.created_at < older_than]
        return tuple(row.post for row in sorted(waiting, key=lambda row: row.created_at)[:limit])

    async def record(
        self, post: PostRef, decision: Decision, *, mode: Mode, reply: Reply | None, excerpt: str | None
    ) -> OutboxItem | ReviewItem | None:
        row = self.posts.setdefault(post.post_id, PostRow(post, "", self.clock.now()))
        row.decision = decision
        self.audit.append((f"{mode}:{decision.action}", post.post_id))
        if row.state in ("released", "withdrawn"):
            return None
        row.state = "decided"
        if reply is None or decision.action is Action.IGNORE:
            return None
        row.excerpt = excerpt
        if decision.action is Action.REVIEW:
            return self._ask(post, reply, decision, excerpt)
        item = self._promise(post, reply, decision)
        if item is not None:
            self._close_reviews(post.post_id, "superseded")
        return item

    def _ask(self, post: PostRef, reply: Reply, decision: Decision, excerpt: str | None) -> ReviewItem | None:
        if any(row.item.post.post_id == post.post_id for row in self.outbox.values()):
            return None
        earlier = next((row for row in self.reviews.values() if row.item.post.post_id == post.post_id), None)
        if earlier is not None and earlier.actor_id is not None:
            return None
        item_id = earlier.item.id if earlier else next(self._ids)
        card = earlier.item.card_message_id if earlier and earlier.outcome is None else None
        item = ReviewItem(item_id, post, reply, decision.findings, decision.thresholds, excerpt, card, self.clock.now())
        self.reviews[item_id] = ReviewRow(item, decision)
        return item

    def _close_reviews(self, post_id: int, outcome: str) -> None:
        for row in self.reviews.values():
            if row.item.post.post_id == post_id:
                row.outcome = row.outcome or outcome

    def _promise(self, post: PostRef, reply: Reply, decision: Decision) -> OutboxItem | None:
        if any(row.item.post.post_id == post.post_id for row in self.outbox.values()):
            return None
        if self._said(post.thread_id).intersection(reply.claim_ids):
            return None
        item = OutboxItem(next(self._ids), post, reply, 0, self.clock.now())
        self.outbox[item.id] = OutboxRow(item, self.clock.now(), decision)
        return item

    def _said(self, thread_id: int) -> frozenset[str]:
        standing = [
            row for row in self.outbox.values() if row.item.post.thread_id == thread_id and row.state in ("due", "sent")
        ]
        return frozenset(claim for row in standing for claim in row.item.reply.claim_ids)

    async def claims_said(self, thread_id: int) -> frozenset[str]:
        return self._said(thread_id)

    async def outbox_due(self, now: datetime, limit: int = 50) -> tuple[OutboxItem, ...]:
        due = [row for row in self.outbox.values() if row.state == "due" and row.due_at <= now]
        return tuple(row.item for row in sorted(due, key=lambda row: row.item.created_at)[:limit])

    async def mark_sent(self, item_id: int, message_id: int) -> None:
        row = self.outbox[item_id]
        if row.message_id is not None:
            return
        row.message_id = message_id
        if row.state != "withdrawn":
            row.state = "sent"

    async def mark_failed(self, item_id: int, reason: str, retry_at: datetime | None) -> None:
        row = self.outbox[item_id]
        if row.state != "due":
            return
        row.item = replace(row.item, attempts=row.item.attempts + 1)
        row.reason = reason
        if retry_at is None:
            row.state = "failed"
        else:
            row.due_at = retry_at

    async def sent_reply(self, *, post_id: int | None = None, message_id: int | None = None) -> SentReply | None:
        for row in self.outbox.values():
            is_wanted = row.item.post.post_id == post_id if post_id is not None else row.message_id == message_id
            if row.state == "sent" and is_wanted:
                return self._as_sent(row)
        return None

    @staticmethod
    def _as_sent(row: OutboxRow) -> SentReply:
        return SentReply(
            row.item.post, row.message_id or 0, row.item.reply, row.decision.findings, row.decision.thresholds
        )

    async def withdraw(self, post_id: int, reason: str) -> SentReply | None:
        mine = [row for row in self.outbox.values() if row.item.post.post_id == post_id]
        standing = [self._as_sent(row) for row in mine if row.message_id is not None and not row.is_deleted]
        for row in mine:
            row.state, row.reason = "withdrawn", reason
        self._close_reviews(post_id, reason)
        for review in self.reviews.values():
            if review.item.post.post_id == post_id:
                review.item = replace(review.item, excerpt=None)
        self._close_contests(post_id)
        for objection in self.objections.values():
            objection.words = None if objection.post_id == post_id else objection.words
        if post_id in self.posts:
            self.posts[post_id].state, self.posts[post_id].excerpt = "withdrawn", None
        self.audit.append((f"withdraw:{reason}", post_id))
        return standing[0] if standing else None

    async def withdraw_thread(self, thread_id: int, reason: str) -> tuple[int, ...]:
        ids = tuple(post_id for post_id, row in self.posts.items() if row.post.thread_id == thread_id)
        for post_id in ids:
            standing = await self.withdraw(post_id, reason)
            if standing is not None:
                await self.mark_deleted(standing.message_id)
        return ids

    async def replies_to_delete(self, limit: int = 20) -> tuple[SentReply, ...]:
        left = [
            row for row in self.outbox.values() if row.state == "withdrawn" and row.message_id and not row.is_deleted
        ]
        return tuple(self._as_sent(row) for row in left[:limit])

    async def mark_deleted(self, message_id: int) -> None:
        for row in self.outbox.values():
            if row.message_id == message_id and row.state == "withdrawn":
                row.is_deleted = True

    async def rate(self, message_id: int, member_id: int, *, is_helpful: bool, reasons: Sequence[str] = ()) -> None:
        self.ratings[message_id, member_id] = (is_helpful, check_reasons(is_helpful, reasons))

    async def contest(self, message_id: int, member_id: int, words: str) -> bool:
        sent = await self.sent_reply(message_id=message_id)
        if sent is None:
            raise BadInput("That reply does not stand any more, so there is nothing to contest.")
        earlier = self.objections.get((message_id, member_id))
        row = ContestRow(sent.post.post_id, words, self.clock.now(), earlier is None or earlier.is_open)
        self.objections[message_id, member_id] = row
        if row.is_open:
            self._reopen(sent)
        return earlier is None

    def _reopen(self, sent: SentReply) -> None:
        earlier = next((row for row in self.reviews.values() if row.item.post == sent.post), None)
        if earlier is not None and earlier.outcome is None and earlier.item.why == CONTESTED:
            return
        item_id, excerpt = (earlier.item.id, earlier.item.excerpt) if earlier else (next(self._ids), None)
        decision = next(row.decision for row in self.outbox.values() if row.item.post == sent.post)
        now = self.clock.now()
        item = ReviewItem(item_id, sent.post, sent.reply, sent.findings, sent.thresholds, excerpt, None, now, CONTESTED)
        self.reviews[item_id] = ReviewRow(item, decision)

    async def contests(self, post_id: int) -> tuple[str, ...]:
        rows = [row for row in self.objections.values() if row.post_id == post_id and row.is_open]
        return tuple(row.words for row in sorted(rows, key=lambda row: row.at) if row.words is not None)

    def _close_contests(self, post_id: int) -> None:
        for row in self.objections.values():
            row.is_open = row.is_open and row.post_id != post_id

    async def record_request(self, guild_id: int, question: str, *, asker_id: int) -> None:
        self.requests.append((guild_id, question, self.clock.now()))

    async def reviews_without_card(self, limit: int = 20) -> tuple[ReviewItem, ...]:
        waiting = [row.item for row in self.reviews.values() if row.outcome is None]
        return tuple(item for item in waiting if item.card_message_id is None)[:limit]

    async def review(self, item_id: int) -> ReviewItem | None:
        return self.reviews[item_id].item if item_id in self.reviews else None

    async def review_of(self, post_id: int) -> ReviewItem | None:
        return next((row.item for row in self.reviews.values() if row.item.post.post_id == post_id), None)

    async def open_review(self, post_id: int) -> ReviewItem | None:
        rows = [row for row in self.reviews.values() if row.item.post.post_id == post_id and row.outcome is None]
        return rows[0].item if rows else None

    async def mark_card(self, item_id: int, message_id: int | None) -> None:
        row = self.reviews[item_id]
        row.item = replace(row.item, card_message_id=message_id)

    async def resolve_review(
        self, item_id: int, *, actor_id: int, outcome: str, reply: Reply | None = None
    ) -> ReviewItem | None:
        row = self.reviews.get(item_id)
        if row is None or row.outcome is not None:
            return None
        require_fit(outcome, row.item.why)
        row.outcome, row.actor_id, row.at = outcome, actor_id, self.clock.now()
        self._close_contests(row.item.post.post_id)
        self.audit.append((f"review:{outcome}", actor_id))
        if outcome == "posted":
            self._promise(row.item.post, reply or row.item.reply, row.decision)
        if outcome in WITHDRAWALS:
            for sent in self.outbox.values():
                sent.state = "withdrawn" if sent.item.post == row.item.post else sent.state
        return row.item

    async def snooze(
        self, guild_id: int, forum_id: int, claim_ids: Sequence[str], until: datetime, *, actor_id: int
    ) -> None:
        self.snoozes.update({(guild_id, forum_id, claim_id): until for claim_id in claim_ids})

    async def tripped(self, guild_id: int) -> frozenset[tuple[str, str]]:
        return frozenset(key for owner, key in self.trips if owner == guild_id)

    async def snoozed(self, guild_id: int, forum_id: int) -> frozenset[str]:
        now = self.clock.now()
        here = [key for key, until in self.snoozes.items() if key[:2] == (guild_id, forum_id) and until > now]
        return frozenset(claim_id for _, _, claim_id in here)

    async def review_result(self, item_id: int) -> ReviewResult | None:
        row = self.reviews.get(item_id)
        if row is None or row.actor_id is None or row.at is None:
            return None
        return ReviewResult(row.actor_id, row.outcome or "", row.at)

    async def cursor(self, thread_id: int) -> int | None:
        return self.seen[thread_id][1] if thread_id in self.seen else None

    async def cursors(self, forum_id: int, limit: int = 200) -> dict[int, int]:
        threads = [(thread, newest) for thread, (forum, newest) in self.seen.items() if forum == forum_id]
        return dict(sorted(threads, key=lambda one: -one[1])[:limit])

    async def move_cursor(self, forum_id: int, thread_id: int, message_id: int) -> None:
        newest = await self.cursor(thread_id) or 0
        self.seen[thread_id] = (forum_id, max(newest, message_id))

    async def expire(self, before: datetime) -> int:
        unsent = [row for row in self.outbox.values() if row.state == "due" and row.item.created_at < before]
        for row in unsent:
            row.state = "failed"
        worded = [row for row in self.reviews.values() if row.item.excerpt is not None or row.outcome is None]
        old = [row for row in worded if row.item.created_at < before]
        for review in old:
            review.item = replace(review.item, excerpt=None)
            review.outcome = review.outcome or "expired"
        for post in self.posts.values():
            post.excerpt = post.excerpt if post.created_at >= before else None
        kept = [request for request in self.requests if request[2] >= before]
        objections = [row for row in self.objections.values() if row.at < before and row.words is not None]
        for objection in objections:
            objection.words = None
        erased = len(unsent) + len(old) + len(objections) + len(self.requests) - len(kept)
        self.requests = kept
        return erased

    async def status(self) -> StoreStatus:
        return StoreStatus(
            schema_version="memory",
            posts=len(self.posts),
            pending_posts=sum(row.state == "pending" for row in self.posts.values()),
            outbox=sum(row.state == "due" for row in self.outbox.values()),
            open_reviews=sum(row.outcome is None for row in self.reviews.values()),
        )
