"""Judges simple enough to foretell, and the claims that they are asked about."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.core.domain import Claim
from models.evidence import Floats
from models.layout import Question

DAM = Claim(
    "dam", "Ukraine blew up the Kakhovka dam itself.", ("Kyiv destroyed its own dam.",), ("Who blew up the dam?",)
)
DAESH = Claim("daesh", "The US created Daesh in Afghanistan.", ("ISIS-K is an American creation.",))
VACCINE = Claim("vaccine", "The flu vaccine contains tracking chips.")


class WordJudge:
    """Judges by a few words, and keeps what it was shown: "not" denies, "?" reports, else it asserts.

    ``says`` overrides the chance of an assertion by statement, for posts that assert.
    """

    def __init__(self, says: Mapping[str, float] | None = None) -> None:
        self.says = says or {}
        self.asked: list[Question] = []

    @property
    def seen(self) -> list[tuple[str, str]]:
        """Every post side with every statement."""
        return [(question.post, statement) for question in self.asked for statement in question.statements]

    def probabilities(self, questions: Sequence[Question], batch_size: int = 8) -> list[NDArray[np.float32]]:
        self.asked += questions
        return [
            np.array([self._row(question.post.lower(), each) for each in question.statements], dtype=np.float32)
            for question in questions
        ]

    def _row(self, post: str, statement: str) -> list[float]:
        if "?" in post:
            return [0.1, 0.1, 0.7, 0.1]
        if " not " in post:
            return [0.1, 0.7, 0.1, 0.1]
        chance = self.says.get(statement, 0.7)
        return [chance, *[(1 - chance) / 3] * 3]


class FixedJudge:
    """Gives every statement the same four probabilities."""

    def __init__(self, row: Sequence[float]) -> None:
        self.row = row

    def probabilities(self, questions: Sequence[Question], batch_size: int = 8) -> list[NDArray[np.float32]]:
        return [np.array([self.row] * len(question.statements), dtype=np.float32) for question in questions]


class FixedCalibration:
    """Gives every finding the same chance."""

    def __init__(self, chance: float) -> None:
        self.chance = chance

    def p_asserts(self, evidence: Floats) -> Floats:
        return np.full(len(evidence), self.chance)
