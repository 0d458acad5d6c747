"""How far chance alone may take an observation from what was declared.

Each limit is a proven bound, for any number of rows and any shares: no table of a distribution
that holds in the long run only, no merging of rare values. It is a little wider than the
approximations of the textbooks; with as many rows as are made here that costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable

ALARM = 1e-6
"""The chance of any false alarm at all, over everything that is checked in one run."""


def most_divergence(cells: int, alarm: float) -> float:
    """The highest G (likelihood-ratio chi-square) that chance gives to shares of so many values.

    Source  Agrawal: Finite-sample concentration of the multinomial in relative entropy (IEEE
            Transactions on Information Theory, 2020): G/2 is bounded as a gamma of shape k − 1.
    """
    shape = cells - 1
    if shape < 1:
        return 0.0
    wanted = math.log(1 / alarm)
    return 2 * _edge(lambda half: half - shape - shape * math.log(half / shape) <= wanted, shape)


def most_distance(rows: int, alarm: float) -> float:
    """The largest distance (Kolmogorov–Smirnov) between a declared and an observed curve.

    Source  Massart: The tight constant in the Dvoretzky–Kiefer–Wolfowitz inequality (Annals of
            Probability, 1990); it holds for steps as well.
    """
    return math.sqrt(math.log(2 / alarm) / (2 * rows))


def likely(rate: float, rows: int, alarm: float) -> tuple[int, int]:
    """The fewest and the most of so many rows that something of this rate happens in.

    Source  Chernoff's bound on the binomial distribution (Hoeffding 1963, theorem 1).
    """
    farthest = math.log(2 / alarm)
    below = _edge(lambda by: rows * _divergence(rate - by, rate) <= farthest, 0, rate)
    above = _edge(lambda by: rows * _divergence(rate + by, rate) <= farthest, 0, 1 - rate)
    return math.ceil((rate - below) * rows - 1e-6), math.floor((rate + above) * rows + 1e-6)


def divergence(counts: list[int], shares: list[float]) -> float:
    """G: twice the sum of observed · log(observed / declared); infinite if the impossible came."""
    rows, total = sum(counts), 0.0
    for count, share in zip(counts, shares, strict=True):
        if count and not share:
            return math.inf
        if count:
            total += count * math.log(count / (share * rows))
    return max(2 * total, 0.0)


def variation(counts: list[int], shares: list[float]) -> float:
    """Total variation: the share of rows that would have to change."""
    rows = sum(counts)
    pairs = zip(counts, shares, strict=True)
    return sum(abs(count / rows - share) for count, share in pairs) / 2 if rows else 0.0


def _divergence(seen: float, rate: float) -> float:
    parts = ((seen, rate), (1 - seen, 1 - rate))
    return sum(
        part * math.log(part / whole) if whole > 0 else math.inf
        for part, whole in parts
        if part > 0
    )


def _edge(fits: Callable[[float], bool], low: float, high: float = math.inf) -> float:
    """The highest number that fits, between one that does and one that need not."""
    if high == math.inf:
        high = 2 * low
        while fits(high):
            high *= 2
    elif fits(high):
        return high
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low
