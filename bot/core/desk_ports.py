"""What moderators, admins and members ask of the store beyond single posts: ``Desk``, and the rows that cross it.

No behaviour lives here. Nothing counts by member: a member's digest serves opting out, exporting and erasing alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.core.domain import Finding, Mode, Thresholds
from bot.core.ports import PostRef, ReviewItem, ThresholdRow
from bot.core.review import Outcome
from bot.core.tuning import Scored
from bot.core.tuning_report import Handled


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which open review items to list; None means any. ``why`` is ``screened``, ``contested`` or ``edited``."""

    forum_id: int | None = None
    claim_id: str | None = None
    why: str | None = None
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class QueueState:
    """How full a server's queue is; ``by_forum`` and ``by_claim`` count open items, most first."""

    open: int
    oldest: datetime | None
    by_forum: tuple[tuple[int, int], ...]
    by_claim: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What an admin chose for a whole server.

    ``moderator_role_id`` None means whoever may manage messages. ``posts_report`` sends the weekly report by itself.
    ``is_set_up`` is True once ``/setup`` was finished.
    """

    guild_id: int
    moderators_channel_id: int | None = None
    moderator_role_id: int | None = None
    posts_report: bool = False
    is_set_up: bool = False


@dataclass(frozen=True, slots=True)
class ThresholdChange:
    """One change of a threshold override; a side of None means that the default was in force."""

    id: int
    at: datetime
    actor_id: int
    scope: str
    key: str
    before: Thresholds | None
    after: Thresholds | None


@dataclass(frozen=True, slots=True)
class Trip:
    """A tripped breaker: ``scope`` is ``claim`` or ``forum``, ``key`` its id."""

    guild_id: int
    scope: str
    key: str
    at: datetime
    sentence: str


class ScanState(StrEnum):
    """Where a dry run over a forum's history stands."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ScanHit:
    """One post of a scan that would have led to something; ids and numbers only.

    ``author_id`` is kept as a digest, so that the hit can be erased on its author's wish; it is 0 when read back.
    """

    post: PostRef
    action: str
    finding: Finding
    author_id: int = 0


@dataclass(frozen=True, slots=True)
class Scan:
    """A dry run over a forum's history. ``threads_done`` are finished; ``cursor``: (thread, message) reached."""

    id: int
    guild_id: int
    forum_id: int
    started_by: int
    started_at: datetime
    state: ScanState
    threads_done: frozenset[int]
    cursor: tuple[int, int] | None
    seen: int
    would_reply: int
    would_review: int


class Desk(Protocol):
    """What the people of a server ask about and decide. Each method is one transaction; raises StoreUnavailable."""

    async def server(self, guild_id: int) -> ServerSettings:
        """Return a server's settings, the defaults where nothing was chosen."""
        ...

    async def put_server(self, settings: ServerSettings, *, actor_id: int) -> None:
        """Insert or replace a server's settings, with an audit row."""
        ...

    async def queue(
        self, guild_id: int, chosen: QueueFilter, *, offset: int = 0, limit: int = 10
    ) -> tuple[ReviewItem, ...]:
        """Return a page of open review items, oldest first unless asked otherwise; fast at 10,000 open items."""
        ...

    async def queue_state(self, guild_id: int) -> QueueState:
        """Return how full the queue is."""
        ...

    async def scored(self, guild_id: int, since: datetime, forum_id: int | None = None) -> tuple[Scored, ...]:
        """Return every screened (post, claim) since then with its score and the moderators' verdict, if any."""
        ...

    async def handled(self, guild_id: int, since: datetime) -> tuple[Handled, ...]:
        """Return what became of every post seen since then, for the report."""
        ...

    async def reports_due(self, before: datetime) -> tuple[ServerSettings, ...]:
        """Return the servers that wish for the weekly report and had none marked since ``before``."""
        ...

    async def mark_reported(self, guild_id: int, at: datetime) -> None:
        """Keep when a server's weekly report was posted; ``put_server`` leaves that mark as it is."""
        ...

    async def examples(
        self, guild_id: int, scores: tuple[float, float], *, forum_id: int | None = None, limit: int = 5
    ) -> tuple[tuple[PostRef, Finding], ...]:
        """Return the newest posts whose best finding lies between two scores; for jump links around a threshold."""
        ...

    async def change_threshold(
        self, guild_id: int, row: ThresholdRow | None, *, scope: str, key: str, actor_id: int
    ) -> ThresholdChange:
        """Set one override, or remove it with None, and keep the change in the history.

        Where that is in force already nothing is kept, and the change returned has the id 0.
        """
        ...

    async def threshold_changes(self, guild_id: int, limit: int = 25) -> tuple[ThresholdChange, ...]:
        """Return the changes, newest first."""
        ...

    async def undo_threshold(self, guild_id: int, change_id: int, *, actor_id: int) -> ThresholdChange | None:
        """Put back what stood before a change; None where a later change of the same override stands in the way."""
        ...

    async def outcomes(self, guild_id: int, scope: str, key: str, limit: int) -> tuple[Outcome, ...]:
        """Return the decisions on posts at or above ``reply`` since the breaker's last reset, newest first."""
        ...

    async def trips(self, guild_id: int) -> tuple[Trip, ...]:
        """Return the breakers that are tripped now."""
        ...

    async def trip(self, trip: Trip) -> bool:
        """Keep that a breaker tripped; False when it was tripped already."""
        ...

    async def reset_trip(self, guild_id: int, scope: str, key: str, *, actor_id: int) -> bool:
        """Switch a breaker back on; False when somebody was faster."""
        ...

    async def decided(
        self, guild_id: int, scope: str, key: str, limit: int = 10
    ) -> tuple[tuple[PostRef, Outcome], ...]:
        """Return the last decided posts of a claim or forum, newest first, in whatever way they were decided."""
        ...

    async def is_proposal_due(self, guild_id: int, forum_id: int, mode: Mode) -> bool:
        """Tell whether a mode was never proposed to this forum, or was put off until a moment that has come."""
        ...

    async def keep_proposal(self, guild_id: int, forum_id: int, mode: Mode, *, until: datetime | None) -> None:
        """Keep that a mode was proposed, for good or, where it was put off, until then."""
        ...

    async def start_scan(self, guild_id: int, forum_id: int, *, actor_id: int) -> Scan:
        """Begin a scan, or return the one that runs in this forum already."""
        ...

    async def keep_scan(self, scan: Scan, hits: Sequence[ScanHit]) -> bool:
        """Keep how far a scan came, with new hits; False once it was cancelled."""
        ...

    async def scans(self, guild_id: int | None = None, state: ScanState | None = None) -> tuple[Scan, ...]:
        """Return scans, newest first; those running are taken up again after a restart."""
        ...

    async def scan_hits(self, scan_id: int, limit: int = 20) -> tuple[ScanHit, ...]:
        """Return a scan's hits, the likeliest assertions first."""
        ...

    async def end_scan(self, scan_id: int, state: ScanState, *, actor_id: int) -> bool:
        """Finish or cancel a running scan; False when it had ended."""
        ...

    async def opt_out(self, guild_id: int, member_id: int) -> None:
        """Keep that the bot never replies to this member here by itself, from now on.

        Replies on their way and cards of the bot's own asking are cancelled; what stands stays.
        """
        ...

    async def opt_in(self, guild_id: int, member_id: int) -> None:
        """Take an opt-out back."""
        ...

    async def is_opted_out(self, guild_id: int, member_id: int) -> bool:
        """Tell whether the member opted out here."""
        ...

    async def member_data(self, guild_id: int, member_id: int) -> dict[str, object]:
        """Return everything stored that is of this member, as plain values for an export."""
        ...

    async def forget(self, guild_id: int, member_id: int) -> tuple[PostRef, ...]:
        """Erase everything that is of this member in every table; return posts whose replies or cards still stand.

        Upkeep deletes the replies, as after ``withdraw``; cards that show the member's words must be closed by the
        caller. The opt-out alone stays, where there is one: without it the bot would start again. Of their posts the
        ids stay, so that no post is taken on again. Posts from before authors were kept (schema 0004) are not found.
        """
        ...
