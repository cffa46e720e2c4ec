"""Written stand-ins for the core's ports: a scripted judge, a store in memory, a clock that is set by hand.

They keep the contracts of ``bot.core.ports`` and nothing more; no test needs weights, a disk or a wait.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.domain import Claim, Finding, Reading, Stance, StanceScores
from bot.core.text import CleanText
from tests.clocks import NOON, FixedClock
from tests.memory_store import MemoryStore

__all__ = ["NOON", "FakeScreener", "FixedClock", "FixedLanguage", "MemoryStore", "finding"]


class FixedLanguage:
    """Guesses the same language for every text; None stands for "too short to tell"."""

    def __init__(self, code: str | None = "en") -> None:
        self.code = code
        self.asked: list[str] = []

    def guess(self, text: str) -> str | None:
        self.asked.append(text)
        return self.code


def finding(
    claim_id: str = "c1",
    p_asserts: float = 0.9,
    stance: Stance = Stance.ASSERTS,
    *,
    span: tuple[int, int] = (0, 40),
    similarity: float = 0.7,
) -> Finding:
    """Return a finding whose raw scores agree with its stance."""
    rest = {one.value: 0.05 for one in Stance} | {stance.value: 0.85}
    return Finding(claim_id, stance, p_asserts, similarity, *span, StanceScores(**rest))


class FakeScreener:
    """Answers by script: phrase in the post -> findings. ``error`` is raised instead when set."""

    def __init__(self, script: Mapping[str, Sequence[Finding]] | None = None) -> None:
        self.script = dict(script or {})
        self.error: Exception | None = None
        self.problem: str | None = None
        self.claims: tuple[Claim, ...] = ()
        self.assessed: list[str] = []

    async def load_claims(self, claims: Sequence[Claim]) -> None:
        self.claims = tuple(claims)

    async def assess(
        self,
        text: CleanText,
        *,
        title: str | None = None,
        parent: str | None = None,
        among: frozenset[str] | None = None,
    ) -> tuple[Finding, ...]:
        if self.error is not None:
            raise self.error
        self.assessed.append(text.raw)
        return self._scripted(f"{title or ''}\n{text.raw}", among)

    async def examine(
        self,
        text: CleanText,
        *,
        title: str | None = None,
        parent: str | None = None,
        among: frozenset[str] | None = None,
    ) -> tuple[Reading, ...]:
        found = await self.assess(text, title=title, parent=parent, among=among)
        claims = {claim.id: claim.text for claim in self.claims}
        return tuple(
            Reading(one, claims.get(one.claim_id, ""), text.raw, f"{title or ''}\n{text.raw}", {"claim": 1.0})
            for one in found
        )

    async def assess_with(self, claims: Sequence[Claim], text: CleanText) -> tuple[Finding, ...]:
        known = {claim.id for claim in claims}
        return tuple(one for one in await self.assess(text) if one.claim_id in known)

    async def suggest(self, question: str, top: int = 3, *, among: frozenset[str] | None = None) -> tuple[Finding, ...]:
        if self.error is not None:
            raise self.error
        return self._scripted(question, among)[:top]

    def _scripted(self, text: str, among: frozenset[str] | None) -> tuple[Finding, ...]:
        found = [one for phrase, findings in self.script.items() if phrase.lower() in text.lower() for one in findings]
        best: dict[str, Finding] = {}
        for one in sorted(found, key=lambda one: -one.p_asserts):
            if among is not None and one.claim_id not in among:
                continue
            best.setdefault(one.claim_id, one)
        return tuple(best.values())
