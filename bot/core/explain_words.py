"""What "Explain screening" says of one post: every step and number of a dry run, in words for a moderator.

Whatever comes from the post or a note is escaped here. Draws nothing.
"""

from __future__ import annotations

from bot.core import policy
from bot.core.domain import Action, Stance, StanceScores
from bot.core.escape import clip, plain
from bot.core.explanation import Explanation, Step, weighed
from bot.core.threshold_change import Standing
from bot.core.threshold_words import meaning, origin_line, pair

SHOWN_STEPS = 4  # the likeliest claims; more would not fit one message
DRY_RUN = "This is a dry run: nothing was stored or posted."
NOT_WATCHED = "This channel is not watched, so I do not read it by myself; below is what I would do in auto."
OPTED_OUT = "The author opted out, so I pass this post over; below is what I would do otherwise."
NO_STEPS = "So it was not compared with any claim."

_ACTIONS = {
    Action.IGNORE: "nothing: I keep quiet",
    Action.REVIEW: "a card for the moderators",
    Action.REPLY: "a reply by the bot itself",
}
_STANCES = {
    Stance.ASSERTS: "states it as true",
    Stance.DENIES: "denies it",
    Stance.REPORTS: "quotes or asks about it",
    Stance.UNRELATED: "is about something else",
}


def explain_lines(told: Explanation, standing: Standing, forum_id: int) -> list[str]:
    """Return what comes of the post and why, then each candidate claim with its numbers, the likeliest first."""
    lines = [f"**What comes of it**: {_ACTIONS[told.decision.action]}."]
    lines += [f"- {policy.explain(reason)}" for reason in told.decision.reasons]
    if not told.steps:
        lines.append(NO_STEPS)
    for step in told.steps[:SHOWN_STEPS]:
        lines += _step_lines(step, standing, forum_id)
    if len(told.steps) > SHOWN_STEPS:
        lines.append(f"{len(told.steps) - SHOWN_STEPS} more claims scored lower.")
    return [*lines, f"-# {DRY_RUN}"]


def _step_lines(step: Step, standing: Standing, forum_id: int) -> list[str]:
    reading, finding = step.reading, step.reading.finding
    return [
        f"**Claim `{finding.claim_id}`**: “{plain(clip(reading.claim, 160))}”",
        f"- Compared with: “{plain(clip(reading.sentence, 200))}”",
        f"- What the post does with it, as the judge reads it: {_shares(finding.scores)}.",
        *([f"- What counted for and against: {weighed(reading)}."] if reading.evidence else []),
        f"- Score {finding.p_asserts:.2f}. {meaning(finding.p_asserts)}",
        f"- In force: {pair(step.thresholds)}. {origin_line(standing, forum_id, finding.claim_id)}",
        *(f"- So: {policy.explain(reason)}" for reason in step.reasons),
    ]


def _shares(scores: StanceScores) -> str:
    ranked = sorted(Stance, key=lambda stance: -getattr(scores, stance.value))
    return ", ".join(f"{_STANCES[stance]} {getattr(scores, stance.value):.2f}" for stance in ranked)
