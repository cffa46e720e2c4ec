"""``SqlDesk``: the core's Desk port over the store's database. Holds no queries; see ``SqlStore.desk``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.core.desk_ports import QueueFilter, QueueState, Scan, ScanHit, ScanState, ServerSettings, ThresholdChange, Trip
from bot.core.domain import Finding, Mode
from bot.core.ports import PostRef, ReviewItem, ThresholdRow
from bot.core.review import Outcome
from bot.core.tuning import Scored
from bot.core.tuning_report import Handled
from bot.store import (
    desk_breakers,
    desk_figures,
    desk_forget,
    desk_members,
    desk_queue,
    desk_scans,
    desk_servers,
    desk_thresholds,
    proposals,
)
from bot.store.transacting import Transacting


class SqlDesk(Transacting):
    """Implements ``desk_ports.Desk``, whose docstrings hold; what goes beyond the port says so."""

    async def server(self, guild_id: int) -> ServerSettings:
        """Return a server's settings, the defaults where nothing was chosen."""
        return await self._read(desk_servers.find, guild_id)

    async def put_server(self, settings: ServerSettings, *, actor_id: int) -> None:
        """Insert or replace a server's settings, with an audit row."""
        await self._write(desk_servers.put, settings, actor_id)

    async def reports_due(self, before: datetime) -> tuple[ServerSettings, ...]:
        """Return the servers that wish for the weekly report and had none marked since ``before``."""
        return await self._read(desk_servers.reports_due, before)

    async def mark_reported(self, guild_id: int, at: datetime) -> None:
        """Keep when a server's weekly report was posted."""
        await self._write(desk_servers.mark_reported, guild_id, at)

    async def queue(
        self, guild_id: int, chosen: QueueFilter, *, offset: int = 0, limit: int = 10
    ) -> tuple[ReviewItem, ...]:
        """Return a page of open review items, oldest first unless asked otherwise."""
        return await self._read(desk_queue.page, guild_id, chosen, offset=offset, limit=limit)

    async def queue_state(self, guild_id: int) -> QueueState:
        """Return how full the queue is."""
        return await self._read(desk_queue.state, guild_id)

    async def scored(self, guild_id: int, since: datetime, forum_id: int | None = None) -> tuple[Scored, ...]:
        """Return every screened (post, claim) since then with its score and the moderators' verdict, if any."""
        return await self._read(desk_figures.scored, guild_id, since, forum_id)

    async def handled(self, guild_id: int, since: datetime) -> tuple[Handled, ...]:
        """Return what became of every post seen since then."""
        return await self._read(desk_figures.handled, guild_id, since)

    async def examples(
        self, guild_id: int, scores: tuple[float, float], *, forum_id: int | None = None, limit: int = 5
    ) -> tuple[tuple[PostRef, Finding], ...]:
        """Return the newest posts whose best finding lies between two scores, both included."""
        return await self._read(desk_figures.examples, guild_id, scores, forum_id=forum_id, limit=limit)

    async def change_threshold(
        self, guild_id: int, row: ThresholdRow | None, *, scope: str, key: str, actor_id: int
    ) -> ThresholdChange:
        """Set one override, or remove it with None, and keep the change in the history."""
        after = None if row is None else row.thresholds
        return await self._write(desk_thresholds.change, (guild_id, scope, key), after, actor_id)

    async def threshold_changes(self, guild_id: int, limit: int = 25) -> tuple[ThresholdChange, ...]:
        """Return the changes, newest first."""
        return await self._read(desk_thresholds.changes, guild_id, limit)

    async def undo_threshold(self, guild_id: int, change_id: int, *, actor_id: int) -> ThresholdChange | None:
        """Put back what stood before a change; None where a later change of the same override stands in the way."""
        return await self._write(desk_thresholds.undo, guild_id, change_id, actor_id)

    async def outcomes(self, guild_id: int, scope: str, key: str, limit: int) -> tuple[Outcome, ...]:
        """Return the decisions on posts at or above ``reply`` since the breaker's last reset, newest first."""
        return await self._read(desk_queue.outcomes, guild_id, scope, key, limit)

    async def decided(
        self, guild_id: int, scope: str, key: str, limit: int = 10
    ) -> tuple[tuple[PostRef, Outcome], ...]:
        """Return the last decided posts of a claim or forum, newest first, in whatever way they were decided."""
        return await self._read(desk_queue.decided, guild_id, scope, key, limit)

    async def trips(self, guild_id: int) -> tuple[Trip, ...]:
        """Return the breakers that are tripped now."""
        return await self._read(desk_breakers.tripped, guild_id)

    async def trip(self, trip: Trip) -> bool:
        """Keep that a breaker tripped; False when it was tripped already."""
        return await self._write(desk_breakers.trip, trip)

    async def reset_trip(self, guild_id: int, scope: str, key: str, *, actor_id: int) -> bool:
        """Switch a breaker back on; False when somebody was faster."""
        return await self._write(desk_breakers.reset, guild_id, scope, key, actor_id)

    async def is_proposal_due(self, guild_id: int, forum_id: int, mode: Mode) -> bool:
        """Tell whether a mode was never proposed to this forum, or was put off until a moment that has come."""
        return await self._read(proposals.is_due, guild_id, forum_id, mode)

    async def keep_proposal(self, guild_id: int, forum_id: int, mode: Mode, *, until: datetime | None) -> None:
        """Keep that a mode was proposed, for good or, where it was put off, until then."""
        await self._write(proposals.keep, guild_id, forum_id, mode, until)

    async def start_scan(self, guild_id: int, forum_id: int, *, actor_id: int) -> Scan:
        """Begin a scan, or return the one that runs in this forum already."""
        return await self._write(desk_scans.start, guild_id, forum_id, actor_id)

    async def keep_scan(self, scan: Scan, hits: Sequence[ScanHit]) -> bool:
        """Keep how far a scan came, with new hits; False once it was cancelled."""
        return await self._write(desk_scans.keep, scan, hits)

    async def scans(self, guild_id: int | None = None, state: ScanState | None = None) -> tuple[Scan, ...]:
        """Return scans, newest first."""
        return await self._read(desk_scans.find, guild_id, state)

    async def scan_hits(self, scan_id: int, limit: int = 20) -> tuple[ScanHit, ...]:
        """Return a scan's hits, the likeliest assertions first."""
        return await self._read(desk_scans.hits, scan_id, limit)

    async def end_scan(self, scan_id: int, state: ScanState, *, actor_id: int) -> bool:
        """Finish or cancel a running scan; False when it had ended. Raises ValueError for ``RUNNING``."""
        return await self._write(desk_scans.end, scan_id, state, actor_id)

    async def opt_out(self, guild_id: int, member_id: int) -> None:
        """Keep that the bot never replies to this member here by itself, and cancel what it was about to."""
        await self._write(desk_members.opt_out, guild_id, member_id)

    async def opt_in(self, guild_id: int, member_id: int) -> None:
        """Take an opt-out back."""
        await self._write(desk_members.opt_in, guild_id, member_id)

    async def is_opted_out(self, guild_id: int, member_id: int) -> bool:
        """Tell whether the member opted out here."""
        return await self._read(desk_members.is_opted_out, guild_id, member_id)

    async def member_data(self, guild_id: int, member_id: int) -> dict[str, object]:
        """Return everything stored that is of this member, as plain values for an export."""
        return await self._read(desk_members.data, guild_id, member_id)

    async def forget(self, guild_id: int, member_id: int) -> tuple[PostRef, ...]:
        """Erase everything that is of this member, on the disk too; return posts whose replies or cards still stand.

        On Postgres the server's own vacuum frees the bytes, and its older log and backups are the operator's.
        """
        shown = await self._write(desk_forget.forget, guild_id, member_id)
        await self._database.scrub()
        return shown
