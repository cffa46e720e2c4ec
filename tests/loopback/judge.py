"""A judge that goes by words, for tests of the wire: sure, and the same in every process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.core.domain import Claim, Finding, Stance
from bot.core.text import CleanText
from tests.fakes import finding

CLAIM = "us-created-daesh"
ASSERTED = "The United States created Daesh in Afghanistan, everybody knows that."
DENIED = "The United States never created Daesh in Afghanistan, whatever people say."
HARMLESS = "Let us talk about the weather in the mountains instead, please."


class WordScreener:
    """Finds the claim where a post says so, and a denial where it says "never" as well.

    A test may clear ``gate`` to hold every judgement until it sets it again; ``asked`` counts them.
    """

    problem: str | None = None

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = 0

    async def load_claims(self, claims: Sequence[Claim]) -> None:
        """There is one claim."""

    async def assess(
        self,
        text: CleanText,
        *,
        title: str | None = None,
        parent: str | None = None,
        among: frozenset[str] | None = None,
    ) -> tuple[Finding, ...]:
        """Judge by two words."""
        self.asked += 1
        await self.gate.wait()
        return self._found(text.raw)

    async def assess_with(self, claims: Sequence[Claim], text: CleanText) -> tuple[Finding, ...]:
        """Judge as ever: there is one claim."""
        return await self.assess(text)

    async def suggest(self, question: str, top: int = 3, *, among: frozenset[str] | None = None) -> tuple[Finding, ...]:
        """Offer the claim to who asks about it."""
        return self._found(question)

    def _found(self, text: str) -> tuple[Finding, ...]:
        if "created Daesh" not in text:
            return ()
        if "never" in text:
            return (finding(CLAIM, 0.02, Stance.DENIES, span=(0, 40)),)
        return (finding(CLAIM, 0.95, span=(0, 44)),)
