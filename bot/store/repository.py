"""``SqlStore``: the core's Store port over one database. Holds no queries; each method runs one in a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.core.domain import Decision, ForumSettings, Mode, Reply
from bot.core.ports import Clock, OutboxItem, PostRef, ReviewItem, SentReply, StoreStatus, ThresholdRow
from bot.core.ratings import RatingSummary
from bot.core.review_ports import ReviewResult
from bot.store import configuration, contests, demands, outbox, posts, ratings, reviews, snoozes, upkeep
from bot.store.desk import SqlDesk
from bot.store.encryption import Vault
from bot.store.engine import Database
from bot.store.library import SqlLibrary
from bot.store.transacting import Transacting


class SqlStore(Transacting):
    """Implements ``ports.Store``, whose docstrings hold; what goes beyond the port says so. See ``open_store``."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, schema_version: str) -> None:
        """Take an open database of the newest schema and the keys that fit it."""
        super().__init__(database, vault, clock)
        self._schema_version = schema_version
        self._library = SqlLibrary(database, vault, clock)
        self._desk = SqlDesk(database, vault, clock)

    @property
    def desk(self) -> SqlDesk:
        """What the people of the servers ask and decide, in the same database."""
        return self._desk

    @property
    def library(self) -> SqlLibrary:
        """The servers' notes, in the same database."""
        return self._library

    async def forum(self, guild_id: int, forum_id: int) -> ForumSettings | None:
        """Return one channel's settings, None when it was never watched."""
        return await self._read(configuration.find_forum, guild_id, forum_id)

    async def forums(self, guild_id: int | None = None) -> tuple[ForumSettings, ...]:
        """Return the watched channels of one server, or of all."""
        return await self._read(configuration.list_forums, guild_id)

    async def put_forum(self, settings: ForumSettings, *, actor_id: int) -> None:
        """Insert or replace one channel's settings, with an audit row."""
        await self._write(configuration.put_forum, settings, actor_id)

    async def threshold_rows(self, guild_id: int) -> tuple[ThresholdRow, ...]:
        """Return the server's threshold overrides."""
        return await self._read(configuration.list_thresholds, guild_id)

    async def put_threshold(self, guild_id: int, row: ThresholdRow, *, actor_id: int) -> None:
        """Insert or replace one override, with its history and an audit row. Beyond the port."""
        await self.desk.change_threshold(guild_id, row, scope=row.scope, key=row.key, actor_id=actor_id)

    async def remove_threshold(self, guild_id: int, scope: str, key: str, *, actor_id: int) -> bool:
        """Remove one override, with its history and an audit row; False when there was none. Beyond the port."""
        change = await self.desk.change_threshold(guild_id, None, scope=scope, key=key, actor_id=actor_id)
        return change.before is not None

    async def claim_post(self, post: PostRef, text_hash: str, *, author_id: int = 0) -> bool:
        """Insert the post's row; False when the same text of it is or was handled already, or it was forgotten."""
        return await self._write(posts.claim, post, text_hash, author_id)

    async def is_opted_out(self, guild_id: int, member_id: int) -> bool:
        """Tell whether the bot may not reply to this member here by itself."""
        return await self.desk.is_opted_out(guild_id, member_id)

    async def release_post(self, post_id: int, reason: str) -> None:
        """Mark a pending post as given up so that it is not retried."""
        await self._write(posts.release, post_id, reason)

    async def unfinished_posts(self, older_than: datetime, limit: int = 100) -> tuple[PostRef, ...]:
        """Return posts that were claimed and never decided, oldest first."""
        return await self._read(posts.unfinished, older_than, limit)

    async def record(
        self, post: PostRef, decision: Decision, *, mode: Mode, reply: Reply | None, excerpt: str | None
    ) -> OutboxItem | ReviewItem | None:
        """Store a decision with its outbox row or review item and its audit row, in one transaction."""
        return await self._write(posts.record, post, decision, mode, reply, excerpt)

    async def claims_said(self, thread_id: int) -> frozenset[str]:
        """Return the claims already answered, or promised an answer, in this thread."""
        return await self._read(outbox.said, thread_id)

    async def outbox_due(self, now: datetime, limit: int = 50) -> tuple[OutboxItem, ...]:
        """Return promised replies whose time to be tried has come, oldest first."""
        return await self._read(outbox.due, now, limit)

    async def mark_sent(self, item_id: int, message_id: int) -> None:
        """Note that a promised reply stands as this message."""
        await self._write(outbox.mark_sent, item_id, message_id)

    async def mark_failed(self, item_id: int, reason: str, retry_at: datetime | None) -> None:
        """Note a failed sending; None for ``retry_at`` gives it up for good and frees its claims."""
        await self._write(outbox.mark_failed, item_id, reason, retry_at)

    async def sent_reply(self, *, post_id: int | None = None, message_id: int | None = None) -> SentReply | None:
        """Return the reply to a post, or behind one of our messages; exactly one of the two is given."""
        if (post_id is None) == (message_id is None):
            raise ValueError("sent_reply takes either post_id or message_id.")
        return await self._read(outbox.find_sent, post_id, message_id)

    async def withdraw(self, post_id: int, reason: str) -> SentReply | None:
        """Cancel what is pending for a post, erase its stored text, and return a reply that must be deleted.

        Returns it again, without its text, until ``mark_deleted`` is called.
        """
        return await self._write(posts.withdraw, post_id, reason)

    async def withdraw_thread(self, thread_id: int, reason: str) -> tuple[int, ...]:
        """Withdraw every post of a deleted thread in one transaction; return their ids."""
        return await self._write(posts.withdraw_thread, thread_id, reason)

    async def replies_to_delete(self, limit: int = 20) -> tuple[SentReply, ...]:
        """Return withdrawn replies whose messages are not known to be gone: what a crash left."""
        return await self._read(outbox.to_delete, limit)

    async def mark_deleted(self, message_id: int) -> None:
        """Note that a withdrawn reply's message is gone."""
        await self._write(outbox.mark_deleted, message_id)

    async def rate(self, message_id: int, member_id: int, *, is_helpful: bool, reasons: Sequence[str] = ()) -> None:
        """Store one member's rating of one reply with its reasons; a second one replaces the first.

        Raises BadInput for a reason that is not one of its side's.
        """
        await self._write(ratings.rate, message_id, member_id, is_helpful, reasons)

    async def rating_counts(self, message_id: int) -> tuple[int, int]:
        """Return how many found the reply helpful, and how many not. Beyond the port."""
        return await self._read(ratings.counts, message_id)

    async def rating_summary(self, guild_id: int, note_id: str) -> RatingSummary:
        """Return how the standing replies with one of the server's notes were rated. Beyond the port."""
        return await self._read(ratings.summary, guild_id, note_id)

    async def contest(self, message_id: int, member_id: int, words: str) -> bool:
        """Keep a member's objection to a standing reply, encrypted, and bring the reply back to the moderators.

        False when that member contested it already; the words then replace the earlier ones, and moderators are not
        asked again where they decided on those. Raises BadInput where no such reply stands.
        """
        return await self._write(contests.contest, message_id, member_id, words)

    async def contests(self, post_id: int) -> tuple[str, ...]:
        """Return the words of the open objections to the post's reply, oldest first, without names."""
        return await self._read(contests.words_of, post_id)

    async def record_request(self, guild_id: int, question: str, *, asker_id: int) -> None:
        """Store, encrypted, a question nobody had a note for; of who asked only a digest bound to the server."""
        await self._write(demands.record, guild_id, question, asker_id)

    async def requests(self, guild_id: int, limit: int = 100) -> tuple[str, ...]:
        """Return the server's open questions, newest first. Beyond the port."""
        return tuple(demand.question for demand in await self._read(demands.list_open, guild_id, limit))

    async def reviews_without_card(self, limit: int = 20) -> tuple[ReviewItem, ...]:
        """Return open review items whose card was not sent yet, oldest first."""
        return await self._read(reviews.without_card, limit)

    async def mark_card(self, item_id: int, message_id: int | None) -> None:
        """Note the message that shows a review item; None asks for a new one."""
        await self._write(reviews.mark_card, item_id, message_id)

    async def resolve_review(
        self, item_id: int, *, actor_id: int, outcome: str, reply: Reply | None = None
    ) -> ReviewItem | None:
        """Close an open item; None when somebody was faster. Outcome ``posted`` writes the outbox row as well.

        ``reply`` replaces the item's own where the moderator added to it. A withdrawal takes back the contested reply,
        whose message waits for deletion. Raises BadInput for an outcome that does not fit why the item is open.
        """
        return await self._write(reviews.resolve, item_id, actor_id, outcome, reply)

    async def review(self, item_id: int) -> ReviewItem | None:
        """Return one review item in whatever state."""
        return await self._read(reviews.find, item_id)

    async def review_of(self, post_id: int) -> ReviewItem | None:
        """Return the post's review item, in whatever state."""
        return await self._read(reviews.find, post_id=post_id)

    async def open_review(self, post_id: int) -> ReviewItem | None:
        """Return the post's review item while it waits for a moderator."""
        return await self._read(reviews.find_open, post_id)

    async def snooze(
        self, guild_id: int, forum_id: int, claim_ids: Sequence[str], until: datetime, *, actor_id: int
    ) -> None:
        """Keep that the claims lead to no card and no reply in the forum until then, in place of an earlier snooze."""
        await self._write(snoozes.snooze, guild_id, forum_id, claim_ids, until, actor_id)

    async def snoozed(self, guild_id: int, forum_id: int) -> frozenset[str]:
        """Return the claims that are snoozed in the forum now."""
        return await self._read(snoozes.snoozed, guild_id, forum_id)

    async def tripped(self, guild_id: int) -> frozenset[tuple[str, str]]:
        """Return what has a tripped breaker now, as (scope, key)."""
        return frozenset((trip.scope, trip.key) for trip in await self.desk.trips(guild_id))

    async def review_result(self, item_id: int) -> ReviewResult | None:
        """Return who resolved an item, how and when; None while it is open."""
        return await self._read(reviews.result, item_id)

    async def cursor(self, thread_id: int) -> int | None:
        """Return the newest message id seen in a thread."""
        return await self._read(upkeep.find_cursor, thread_id)

    async def cursors(self, forum_id: int, limit: int = 200) -> dict[int, int]:
        """Return thread id -> newest message id seen, most recent threads first."""
        return await self._read(upkeep.list_cursors, forum_id, limit)

    async def move_cursor(self, forum_id: int, thread_id: int, message_id: int) -> None:
        """Advance a thread's cursor; it never goes back."""
        await self._write(upkeep.move_cursor, forum_id, thread_id, message_id)

    async def expire(self, before: datetime) -> int:
        """Erase stored excerpts, replies and questions older than ``before``; return how many rows lost text."""
        return await self._write(upkeep.expire, before)

    async def status(self) -> StoreStatus:
        """Return the store's figures."""
        return await self._read(upkeep.status, self._schema_version)
