"""Simulated servers whose true false-reply rates are known, to see whether ``tuning.suggest`` keeps its promise.

The figures of every family, and of what is not promised:
``.venv/bin/python -m tests.bot.core.simulated_servers --servers 2000``
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import accumulate

from bot.core.domain import Thresholds
from bot.core.tuning import GRID, Scored, suggest
from bot.core.tuning_bounds import fewest_trials, upper_bound

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SCORES = tuple((number + 0.5) / 200 for number in range(200))
"""Scores that simulated posts have: between the hundredths of the grid, so that none sits on a threshold."""

TARGETS = (0.02, 0.05, 0.1)
SIZES = (60, 150, 400)
REVIEWS = (0.05, 0.2, 0.4)
SHAPES = ((1.0, 1.0), (0.7, 0.7), (2.0, 1.0), (0.5, 0.3))
"""Beta distributions that scores are drawn from: even, more at both ends, more at the top, nearly all at the ends."""

STRICTER_REVIEW, AUTO_REPLY = 0.6, 0.82
CONTESTED = {True: 0.3, False: 0.05}
"""Wrong? -> how many of the replies that ``auto`` gave are contested, and so decided."""

Curve = Callable[[float, float], float]
"""Score and target -> chance that the screening was wrong."""

RISING: dict[str, Curve] = {
    "calibrated": lambda score, target: 1 - score,
    "better than it says": lambda score, target: (1 - score) ** 2,
    "overconfident": lambda score, target: min(1.0, 3 * (1 - score) + 0.01),
    "a step at 0.7": lambda score, target: target / 3 if score > 0.7 else 0.6,
    "just over the target everywhere": lambda score, target: target * 1.001,
    "just over it below a better top": lambda score, target: target * (0.8 if score > 0.9 else 1.02),
    "just under the target everywhere": lambda score, target: target * 0.95,
}
"""A higher score is no worse: what ``suggest`` assumes for replies that nobody decided."""

CROOKED: dict[str, Curve] = {
    "worse at the very top": lambda score, target: target * (1.1 if score > 0.9 else 0.8),
    "all wrong in a thin top": lambda score, target: 1.0 if score > 1 - target / 2 else target / 2,
    "upside down": lambda score, target: target * (0.6 + 0.7 * score),
}
CURVES = RISING | CROOKED


def seeded(seed: int) -> random.Random:
    """Return a source of chance that gives the same every time."""
    return random.Random(seed)  # noqa: S311 - simulation, no secret


def crooked_top(target: float) -> tuple[float, ...]:
    """Return a judge's mistakes that are nearly all where ``auto`` leaves them undecided."""
    return tuple(min(1.0, 5 * target) if score >= AUTO_REPLY else target / 4 for score in SCORES)


@dataclass(frozen=True, slots=True)
class Server:
    """One simulated server: how often each score comes, how often the screening is wrong there, and who decides what.

    ``stricter``: for half of its time only posts from ``STRICTER_REVIEW`` up became cards. ``is_auto``: from
    ``AUTO_REPLY`` up only contested posts are decided.
    """

    family: str
    target: float
    size: int
    review: float
    weights: tuple[float, ...]
    wrong: tuple[float, ...]
    is_stricter: bool = False
    is_auto: bool = False

    def true_rate(self, threshold: float) -> float:
        """Return the share of wrong ones among all posts at or above a threshold."""
        above = [(w, e) for score, w, e in zip(SCORES, self.weights, self.wrong, strict=True) if score >= threshold]
        return sum(w * e for w, e in above) / sum(w for w, _ in above)

    def rows(self, rng: random.Random) -> list[Scored]:
        """Return what was put to moderators, drawn independently."""
        if self.is_stricter:
            halves = (replace(self, size=self.size // 2, review=at, is_stricter=False) for at in self.reviews)
            first, second = (half.rows(rng) for half in halves)
            return first + [replace(row, post_id=row.post_id + self.size) for row in second]
        shown = [place for place, score in enumerate(SCORES) if score >= self.review]
        bars = list(accumulate(self.weights[place] for place in shown))
        places = rng.choices(shown, cum_weights=bars, k=self.size)
        verdicts = (rng.random() < self.wrong[place] for place in places)
        thresholds = Thresholds(self.review, max(self.review, AUTO_REPLY))
        return [
            Scored(number, "c", 1, NOW, SCORES[place], True, self._decided(place, is_wrong, rng), thresholds)
            for number, (place, is_wrong) in enumerate(zip(places, verdicts, strict=True))
        ]

    @property
    def reviews(self) -> tuple[float, float]:
        """The review thresholds of the two halves of its time."""
        return self.review, max(self.review, STRICTER_REVIEW)

    def _decided(self, place: int, is_wrong: bool, rng: random.Random) -> bool | None:
        is_silent = self.is_auto and SCORES[place] >= AUTO_REPLY and rng.random() >= CONTESTED[is_wrong]
        return None if is_silent else is_wrong


def servers(number: int, rng: random.Random) -> Iterator[Server]:
    """Yield servers of all families in turn, of all sizes, targets, distributions of scores and habits of deciding."""
    for index in range(number):
        family = list(CURVES)[index % len(CURVES)]
        target, (low, high) = rng.choice(TARGETS), rng.choice(SHAPES)
        yield Server(
            family,
            target,
            rng.choice(SIZES),
            rng.choice(REVIEWS),
            tuple(score ** (low - 1) * (1 - score) ** (high - 1) for score in SCORES),
            tuple(CURVES[family](score, target) for score in SCORES),
            is_stricter=rng.random() < 0.3,
            is_auto=family in RISING and rng.random() < 0.3,
        )


Chooser = Callable[[Sequence[Scored], float], float | None]
"""Decisions and a target -> a threshold, or none."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a way of choosing kept its promise: servers, those that got a threshold, those where it was too low."""

    servers: int
    answered: int
    broken: int

    def __str__(self) -> str:
        bound = upper_bound(self.broken, self.servers)
        kept = 100 * (1 - self.broken / self.servers)
        return (
            f"kept in {kept:.2f} % of {self.servers} (broken in {self.broken}, at most {100 * bound:.2f} % with 95 % "
            f"confidence), threshold for {self.answered}"
        )


def suggested(rows: Sequence[Scored], target: float) -> float | None:
    """Choose as the product does."""
    return suggest(rows, target).threshold


def hoped(rows: Sequence[Scored], target: float) -> float | None:
    """Choose the lowest threshold whose plain share of mistakes is under the target: what a hasty admin would do."""
    for threshold in GRID:
        above = [row.verdict for row in rows if row.p_asserts >= threshold and row.verdict is not None]
        if len(above) >= fewest_trials(0, target) and sum(above) <= target * len(above):
            return threshold
    return None


def until_it_passes(rows: Sequence[Scored], target: float, step: int = 25) -> float | None:
    """Ask again after every 25 decisions and take the first answer."""
    answers = (suggested(rows[:end], target) for end in range(step, len(rows) + 1, step))
    return next((answer for answer in answers if answer is not None), None)


def in_fives(rows: Sequence[Scored], target: float) -> float | None:
    """Choose from decisions that come in fives with one verdict, like copies of one text."""
    fifth = len(rows) // 5
    copied = [replace(row, post_id=row.post_id + 10_000 * n) for row in rows[:fifth] for n in range(5)]
    return suggested(copied, target)


def play(found: Sequence[Server], rng: random.Random, choose: Chooser = suggested) -> dict[str, Tally]:
    """Let every server choose a threshold and return, by family, how often the true rate there is over the target."""
    tally: Counter[tuple[str, str]] = Counter()
    for server in found:
        threshold = choose(server.rows(rng), server.target)
        tally[server.family, "servers"] += 1
        if threshold is not None:
            tally[server.family, "answered"] += 1
            tally[server.family, "broken"] += server.true_rate(threshold) > server.target
    return {
        family: Tally(*(tally[family, part] for part in ("servers", "answered", "broken")))
        for family in CURVES
        if tally[family, "servers"]
    }


def total(tallies: dict[str, Tally]) -> Tally:
    """Return all families together."""
    return Tally(*(sum(getattr(each, part) for each in tallies.values()) for part in Tally.__slots__))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="How often tuning.suggest keeps its promise.")
    parser.add_argument("--servers", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    found = list(servers(options.servers, seeded(options.seed)))
    by_family = play(found, seeded(options.seed))
    lines = [f"{'promised: 95 %':36}{total(by_family)}", *(f"  {name:34}{each}" for name, each in by_family.items())]
    lines.append("not promised")
    crooked = [replace(each, is_auto=True, wrong=crooked_top(each.target)) for each in found]
    for name, choose, group in (
        ("the plain share of mistakes", hoped, found),
        ("asked after every 25 decisions", until_it_passes, found),
        ("decisions in fives of one verdict", in_fives, found),
        ("auto, and the top is worse", suggested, crooked),
    ):
        lines.append(f"  {name:34}{total(play(group, seeded(options.seed), choose))}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
