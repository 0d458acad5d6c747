"""A counted law as a table: a weight for each whole number."""

from __future__ import annotations

import math
from functools import lru_cache

from sandboxctl.data.chance.laws import Law

MOST = 100_000
"""Weights that a table may have."""

_FAR = 10


@lru_cache(maxsize=64)
def weights(law: Law) -> tuple[int, tuple[float, ...]]:
    """The first number, and the weights of it and those after it."""
    low, high = ends(law)
    return low, tuple(float(f"{_weight(law, number):.9g}") for number in range(low, high + 1))


def ends(law: Law) -> tuple[int, int]:
    """The first and the last number that may come."""
    if law.shape == "zipf":
        return law.low or 0, law.high or 0
    reach = _FAR * math.sqrt(law.center) + _FAR
    low, high = max(0, math.floor(law.center - reach)), math.ceil(law.center + reach)
    return max(low, law.low or 0), high if law.high is None else min(high, law.high)


def _weight(law: Law, number: int) -> float:
    """Of zipf the first number is the most frequent, the second 1/2 ** exponent as frequent."""
    if law.shape == "zipf":
        return float((number - (law.low or 0) + 1) ** -law.center)
    return math.exp(number * math.log(law.center) - law.center - math.lgamma(number + 1))
