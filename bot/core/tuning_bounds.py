"""What a count of mistakes says about the rate behind it: exact binomial bounds and shares with their intervals.

Knows neither posts nor thresholds. Clopper and Pearson 1934 (Biometrika 26) for the bounds, Wilson 1927 for the shares.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

CONFIDENCE = 0.95
Z_95 = 1.959963984540054
_HALVINGS = 40  # of an interval no longer than 1: 1e-12
_TERMS = 20_000  # of the continued fraction, which needs about the root of the trials
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the 95 % Wilson interval; of nothing, the share is 0 and may be anything."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share itself."""
        return self.hits / self.of if self.of else 0.0

    @property
    def low(self) -> float:
        """The interval's lower end."""
        return max(0.0, self._middle - self._spread) if self.hits else 0.0

    @property
    def high(self) -> float:
        """The interval's upper end."""
        return min(1.0, self._middle + self._spread) if self.hits < self.of else 1.0

    def holds(self, value: float) -> bool:
        """Tell whether a value lies in the interval."""
        return self.low <= value <= self.high

    @property
    def _middle(self) -> float:
        return (self.value + Z_95**2 / (2 * self.of)) / (1 + Z_95**2 / self.of)

    @property
    def _spread(self) -> float:
        root = math.sqrt(self.value * (1 - self.value) / self.of + Z_95**2 / (4 * self.of**2))
        return Z_95 * root / (1 + Z_95**2 / self.of)


def at_most(hits: int, trials: int, rate: float) -> float:
    """Return the chance of ``hits`` or fewer in so many independent trials at this rate; exact to about 1e-12.

    >>> round(at_most(1, 2, 0.5), 12)
    0.75
    """
    if hits < 0:
        return 0.0
    if hits >= trials:
        return 1.0
    return _beta_share(trials - hits, hits + 1, 1.0 - rate)


def upper_bound(hits: int, trials: int, confidence: float = CONFIDENCE) -> float:
    """Return the rate that the true one stays under with this confidence: the one-sided Clopper-Pearson bound.

    Exact to 1e-9 and never rounded down; 1.0 where nothing was tried or every trial was a hit.

    >>> round(upper_bound(0, 59), 6)
    0.049508
    """
    if hits >= trials:
        return 1.0
    low, high = hits / trials, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if at_most(hits, trials, middle) > 1.0 - confidence:
            low = middle
        else:
            high = middle
    return high


@lru_cache(maxsize=4096)
def fewest_trials(hits: int, rate: float, confidence: float = CONFIDENCE) -> int:
    """Return how many trials it takes until so many hits still leave the bound at or under ``rate``.

    A count passes a test of the rate exactly when it has at least so many trials.

    >>> [fewest_trials(hits, 0.05) for hits in range(3)]
    [59, 93, 124]
    """
    enough = hits + 1
    while at_most(hits, enough, rate) > 1.0 - confidence:
        enough *= 2
    too_few = hits
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if at_most(hits, middle, rate) > 1.0 - confidence:
            too_few = middle
        else:
            enough = middle
    return enough


def _beta_share(a: int, b: int, x: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b)."""
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    front = math.exp(log_front)
    # Either side of the mean has its own fraction that ends quickly.
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1.0 - front * _fraction(b, a, 1.0 - x) / b


def _fraction(a: int, b: int, x: float) -> float:
    """Return the continued fraction of I_x(a, b) by Lentz's method (DLMF 8.17.22)."""
    c, d = 1.0, 1.0 / _off_zero(1.0 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1.0 / _off_zero(1.0 + term * d)
            c = _off_zero(1.0 + term / c)
            value *= c * d
        if abs(c * d - 1.0) < 1e-15:
            break
    return value


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
