"""Why a post was answered, carded or passed over: a dry run with every step and number, as data.

For moderators (Explain screening, review cards) and for ``footnote check --why``. Stores and sends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core import policy
from bot.core.domain import Decision, Reading, Thresholds


@dataclass(frozen=True, slots=True)
class Step:
    """One candidate claim: what was read, the thresholds in force for it, and what it came to."""

    reading: Reading
    thresholds: Thresholds
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision and its steps, the likeliest claim first. ``steps`` is empty for a post that is not judged."""

    decision: Decision
    steps: tuple[Step, ...] = ()

    def lines(self) -> list[str]:
        """Return it in plain words, a line each."""
        told = [policy.explain(reason) for reason in self.decision.reasons]
        return told + [line for step in self.steps for line in _told(step)]


def weighed(reading: Reading) -> str:
    """Return the numbers that counted for and against, by name."""
    return ", ".join(f"{name.replace('_', ' ')} {value:+.2f}" for name, value in reading.evidence.items())


def _told(step: Step) -> list[str]:
    reading, finding = step.reading, step.reading.finding
    scores = finding.scores
    numbers = {"p": finding.p_asserts, "review": step.thresholds.review, "reply": step.thresholds.reply}
    return [
        f"Claim: {reading.claim}",
        f"  sentence: {reading.sentence}",
        f"  read with: {reading.window}",
        f"  judge: asserts {scores.asserts:.2f}, denies {scores.denies:.2f}, reports {scores.reports:.2f}, "
        f"unrelated {scores.unrelated:.2f}",
        f"  evidence: {weighed(reading)}",
        *(f"  {policy.explain(reason, **numbers)}" for reason in step.reasons),
    ]
