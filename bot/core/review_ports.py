"""What the core needs of the place where the moderators' queue is kept: ``Reviews``, a part of ``ports.Store``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.core.domain import Reply

if TYPE_CHECKING:
    from bot.core.ports import ReviewItem


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """Who closed a review item, how and when; ``outcome`` is a code of ``review.Outcome``."""

    actor_id: int
    outcome: str
    at: datetime


class Reviews(Protocol):
    """Review items, members' objections and snoozed claims. Each method is one transaction; raises StoreUnavailable."""

    async def contest(self, message_id: int, member_id: int, words: str) -> bool:
        """Store, encrypted, a member's objection to a standing reply; its post's review item opens, ``contested``.

        False when that member contested it already: the words then replace the earlier ones, and moderators are not
        asked again where they decided on those. Raises BadInput where the reply does not stand.
        """
        ...

    async def contests(self, post_id: int) -> tuple[str, ...]:
        """Return the words of the objections that wait for a moderator, oldest first; never who wrote them."""
        ...

    async def reviews_without_card(self, limit: int = 20) -> tuple[ReviewItem, ...]:
        """Return open review items whose card was not sent yet, oldest first."""
        ...

    async def review(self, item_id: int) -> ReviewItem | None:
        """Return one review item, in whatever state."""
        ...

    async def review_of(self, post_id: int) -> ReviewItem | None:
        """Return the post's review item, in whatever state."""
        ...

    async def open_review(self, post_id: int) -> ReviewItem | None:
        """Return the post's review item while it waits for a moderator."""
        ...

    async def mark_card(self, item_id: int, message_id: int | None) -> None:
        """Note the message that shows a review item; None where no message shows it as it is now."""
        ...

    async def resolve_review(
        self, item_id: int, *, actor_id: int, outcome: str, reply: Reply | None = None
    ) -> ReviewItem | None:
        """Close an open item; None when somebody was faster. Outcome ``posted`` writes the outbox row as well.

        ``reply`` is promised in place of the item's own. A withdrawal takes back a contested reply, whose message waits
        for deletion, as after ``withdraw``. Raises BadInput for an outcome that does not fit why the item is open.
        """
        ...

    async def snooze(
        self, guild_id: int, forum_id: int, claim_ids: Sequence[str], until: datetime, *, actor_id: int
    ) -> None:
        """Keep that these claims lead to no card and no reply in the forum until then, with an audit row each."""
        ...

    async def snoozed(self, guild_id: int, forum_id: int) -> frozenset[str]:
        """Return the claims that are snoozed in the forum now."""
        ...

    async def tripped(self, guild_id: int) -> frozenset[tuple[str, str]]:
        """Return what has a tripped breaker now, as (scope, key): see ``desk_ports.Trip``."""
        ...

    async def review_result(self, item_id: int) -> ReviewResult | None:
        """Return who closed a review item, how and when; None while it is open."""
        ...
