"""Why a member rates a reply as they do: fixed tags, after Community Notes. Knows no member and counts nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.core.errors import BadInput


class RatingReason(StrEnum):
    """Stable codes that stored ratings rely on."""

    CITES_SOURCES = "cites-sources"
    CLEAR = "clear"
    ADDRESSES_CLAIM = "addresses-claim"
    CONTEXT = "context"
    NEUTRAL = "neutral"
    WEAK_SOURCES = "weak-sources"
    UNCLEAR = "unclear"
    MISSES_CLAIM = "misses-claim"
    LACKS_CONTEXT = "lacks-context"
    NOT_NEUTRAL = "not-neutral"
    NOT_NEEDED_HERE = "not-needed-here"


HELPFUL_REASONS: tuple[RatingReason, ...] = (
    RatingReason.CITES_SOURCES,
    RatingReason.CLEAR,
    RatingReason.ADDRESSES_CLAIM,
    RatingReason.CONTEXT,
    RatingReason.NEUTRAL,
)
UNHELPFUL_REASONS: tuple[RatingReason, ...] = (
    RatingReason.WEAK_SOURCES,
    RatingReason.UNCLEAR,
    RatingReason.MISSES_CLAIM,
    RatingReason.LACKS_CONTEXT,
    RatingReason.NOT_NEUTRAL,
    RatingReason.NOT_NEEDED_HERE,
)
"""Each helpful reason's opposite, in the same order, and one that has none."""

REASON_LABELS: dict[RatingReason, str] = {
    RatingReason.CITES_SOURCES: "Cites good sources",
    RatingReason.CLEAR: "Easy to understand",
    RatingReason.ADDRESSES_CLAIM: "Addresses the claim",
    RatingReason.CONTEXT: "Gives context that matters",
    RatingReason.NEUTRAL: "Neutral in tone",
    RatingReason.WEAK_SOURCES: "Sources missing or weak",
    RatingReason.UNCLEAR: "Hard to understand",
    RatingReason.MISSES_CLAIM: "Misses the claim",
    RatingReason.LACKS_CONTEXT: "Lacks context that matters",
    RatingReason.NOT_NEUTRAL: "Not neutral in tone",
    RatingReason.NOT_NEEDED_HERE: "Not needed here",
}
"""What a member chooses from; fewer than 100 characters each, Discord's limit."""


@dataclass(frozen=True, slots=True)
class RatingSummary:
    """How replies were rated, in counts only. ``reasons`` holds the tags that were given at least once."""

    helpful: int
    not_helpful: int
    reasons: Mapping[RatingReason, int]


def reasons_for(is_helpful: bool) -> tuple[RatingReason, ...]:
    """Return the reasons that one side of the rating may give, in the order shown."""
    return HELPFUL_REASONS if is_helpful else UNHELPFUL_REASONS


def check_reasons(is_helpful: bool, reasons: Iterable[str]) -> tuple[RatingReason, ...]:
    """Return the reasons once each, in the order shown. Raises BadInput for one that is not of this side."""
    given = set(reasons)
    if not given <= set(reasons_for(is_helpful)):
        raise BadInput("That reason does not belong to this rating; choose from the list again.")
    return tuple(reason for reason in reasons_for(is_helpful) if reason in given)
