"""When to propose that a forum goes one mode further, and with which figures: from shadow to review, then to auto.

Pure: the caller looks, shows the proposal to the admins and keeps that it did. Nothing is switched without a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.core.domain import Mode, Thresholds
from bot.core.policy import thresholds_in_force
from bot.core.ports import ThresholdRow
from bot.core.tuning import Scored, suggest

ENOUGH = 30
"""Posts: fewer say little about a forum, and nothing at all about a target of five per cent."""

TARGET = 0.05
"""The most replies that may be wrong, with the confidence of ``suggest``, before ``auto`` is proposed."""

LOOK_BACK = timedelta(days=90)
ASK_AGAIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The mode to go to, and the figures that speak for it, a line each."""

    mode: Mode
    lines: tuple[str, ...]


def propose(mode: Mode, rows: Sequence[Scored], reply: float) -> Proposal | None:
    """Return what to propose to a forum in this mode, None where nothing is.

    ``rows`` are the forum's posts of LOOK_BACK, ``reply`` the score from which ``auto`` would answer there. In shadow
    nobody decides anything, so posts count that would have led to a card or a reply. From review on only moderators'
    decisions count: ENOUGH of them, and a threshold no higher than ``reply`` that they vouch for. Ask seldom: what
    ``suggest`` promises holds for one look.
    """
    if mode is Mode.SHADOW:
        return _to_review(rows)
    return _to_auto(rows, reply) if mode is Mode.REVIEW else None


def lowest_reply(default: Thresholds, rows: Sequence[ThresholdRow], forum_id: int) -> float:
    """Return the lowest score from which ``auto`` would answer in a forum, whatever the claim."""
    general = thresholds_in_force(default, rows, forum_id=forum_id, claim_id="")
    return min([general.reply, *(row.thresholds.reply for row in rows if row.scope == "claim")])


def _to_review(rows: Iterable[Scored]) -> Proposal | None:
    flagged = [row for row in rows if row.p_asserts >= row.thresholds.review]
    posts = {row.post_id for row in flagged}
    if len(posts) < ENOUGH:
        return None
    sure = {row.post_id for row in flagged if row.is_assertion and row.p_asserts >= row.thresholds.reply}
    return Proposal(
        Mode.REVIEW,
        (
            f"In {LOOK_BACK.days} days {len(posts)} posts came up that seem to state a claim with a note; for "
            f"{len(sure)} of them the bot was sure enough to answer by itself.",
            "In review each such post becomes a card here, and nothing is posted unless a moderator releases it.",
            "Those decisions are what the bot needs to tell how often it would be wrong.",
        ),
    )


def _to_auto(rows: Sequence[Scored], reply: float) -> Proposal | None:
    verdicts: dict[int, bool] = {}
    for row in rows:
        if row.verdict is not None:
            verdicts[row.post_id] = verdicts.get(row.post_id, False) or row.verdict
    if len(verdicts) < ENOUGH:
        return None
    vouched = suggest(rows, TARGET)
    if vouched.threshold is None or vouched.threshold > reply:
        return None
    wrong = sum(verdicts.values())
    return Proposal(
        Mode.AUTO,
        (
            f"Moderators decided {len(verdicts)} posts here: the bot was right about {len(verdicts) - wrong} and wrong "
            f"about {wrong}.",
            vouched.sentence,
            f"In auto the bot answers by itself from a score of {reply:.2f} on (of 100 posts that score like this "
            f"about {round(reply * 100)} state the claim). The others still come here as cards.",
        ),
    )
