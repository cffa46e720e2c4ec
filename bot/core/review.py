"""How a moderator may close a review item, and what each way says about the screening.

The queue itself, and who was first, is the store's business.
"""

from __future__ import annotations

from enum import StrEnum

from bot.core.errors import BadInput


class Outcome(StrEnum):
    """What a moderator decided; stable codes that stored rows and tuning rely on."""

    POSTED = "posted"
    FALSE_MATCH = "dismissed-false-match"
    NOT_ASSERTED = "dismissed-not-asserted"
    NOTE_UNFIT = "dismissed-note-unfit"
    NOT_WORTH = "dismissed-not-worth"


LABELS: dict[Outcome, str] = {
    Outcome.POSTED: "Posted",
    Outcome.FALSE_MATCH: "False match",
    Outcome.NOT_ASSERTED: "Not asserted",
    Outcome.NOTE_UNFIT: "Note does not fit",
    Outcome.NOT_WORTH: "Not worth it",
}
"""Button and card wording; fewer than 80 characters each, Discord's limit."""

DISMISSALS: tuple[Outcome, ...] = (Outcome.FALSE_MATCH, Outcome.NOT_ASSERTED, Outcome.NOTE_UNFIT, Outcome.NOT_WORTH)


def parse_outcome(code: str) -> Outcome:
    """Return the outcome behind a stored or clicked code. Raises BadInput for an unknown one."""
    try:
        return Outcome(code)
    except ValueError:
        raise BadInput("That is not a way to close a review item.") from None


def was_wrong(outcome: Outcome) -> bool | None:
    """Tell whether the screening was wrong about the post: True, False, or None where the outcome says neither.

    An unfit note or a post not worth answering is no mistake of the screening, so threshold tuning leaves it out.
    """
    if outcome is Outcome.POSTED:
        return False
    return True if outcome in (Outcome.FALSE_MATCH, Outcome.NOT_ASSERTED) else None
