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
    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    WITHDRAWN_UNFIT = "withdrawn-note-unfit"


LABELS: dict[Outcome, str] = {
    Outcome.POSTED: "Posted",
    Outcome.FALSE_MATCH: "False match",
    Outcome.NOT_ASSERTED: "Not asserted",
    Outcome.NOTE_UNFIT: "Note does not fit",
    Outcome.NOT_WORTH: "Not worth it",
    Outcome.KEPT: "Keep the reply",
    Outcome.WITHDRAWN: "Withdraw the reply",
    Outcome.WITHDRAWN_UNFIT: "Note does not fit",
}
"""Button and card wording; fewer than 80 characters each, Discord's limit."""

DISMISSALS: tuple[Outcome, ...] = (Outcome.FALSE_MATCH, Outcome.NOT_ASSERTED, Outcome.NOTE_UNFIT, Outcome.NOT_WORTH)

WITHDRAWALS: tuple[Outcome, ...] = (Outcome.WITHDRAWN, Outcome.WITHDRAWN_UNFIT)
"""A contested reply is taken back: the objection is right, or the note does not answer what the post says."""

CONTEST_OUTCOMES: tuple[Outcome, ...] = (Outcome.KEPT, *WITHDRAWALS)
"""The ways to close an item whose reply stands and was contested, and the only ones for it."""

SCREENED = "screened"
CONTESTED = "contested"
"""Why a review item is open: the screening asked, or a member objects to the reply."""


def parse_outcome(code: str) -> Outcome:
    """Return the outcome behind a stored or clicked code. Raises BadInput for an unknown one."""
    try:
        return Outcome(code)
    except ValueError:
        raise BadInput("That is not a way to close a review item.") from None


def require_fit(outcome: str, why: str) -> None:
    """Raise BadInput where an outcome does not belong to an item: buttons of an old card outlive its reopening."""
    if (outcome in CONTEST_OUTCOMES) == (why == CONTESTED):
        return
    if why == CONTESTED:
        raise BadInput("This reply stands and was contested; keep it or withdraw it on the newer card.")
    raise BadInput("No reply to this post stands yet; post it or dismiss it.")


def was_wrong(outcome: Outcome) -> bool | None:
    """Tell whether the screening was wrong about the post: True, False, or None where the outcome says neither.

    An unfit note or a post not worth answering is no mistake of the screening, so threshold tuning leaves it out.
    """
    if outcome in (Outcome.POSTED, Outcome.KEPT):
        return False
    return True if outcome in (Outcome.FALSE_MATCH, Outcome.NOT_ASSERTED, Outcome.WITHDRAWN) else None
