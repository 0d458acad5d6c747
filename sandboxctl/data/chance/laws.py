"""How often which number comes: distributions in whole units, without a row and without numpy.

Plain Python floats only: a table made from them (`curves`) is rounded before rows are made from it,
so that the last bit of a logarithm, which differs between processors, decides nothing.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import Literal, Protocol

Shape = Literal["uniform", "normal", "lognormal", "exponential", "poisson", "zipf", "empirical"]
Knots = tuple[tuple[float, float], ...]

_STANDARD = NormalDist()
_RAREST = 2.0**-34
"""Chances below this are never drawn: 32 bits have none."""


@dataclass(frozen=True, slots=True)
class Law:
    """``low`` and ``high`` are the first and last whole unit that may come.

    ``center`` is the mean; of a lognormal the logarithm of the median; of zipf the exponent.
    ``spread`` is the standard deviation; of a lognormal that of the logarithm.
    ``knots`` are (share at or below, unit) of an empirical one.
    """

    shape: Shape
    low: int | None = None
    high: int | None = None
    center: float = 0
    spread: float = 0
    knots: Knots = ()

    @property
    def is_counted(self) -> bool:
        """Whether each value has a weight of its own, rather than a place on a curve."""
        return self.shape in ("poisson", "zipf")


class Continuous(Protocol):
    """``below`` and ``above`` are shares that add up to one; both, as one near 1 says too little"""

    def shares(self, point: float) -> tuple[float, float]:
        """(below, above) of a point."""

    def point(self, below: float, above: float) -> float:
        """Where that share of the values is below, and that above."""


@dataclass(frozen=True, slots=True)
class Normal:
    mean: float
    sd: float

    def shares(self, point: float) -> tuple[float, float]:
        scaled = (point - self.mean) / (self.sd * math.sqrt(2))
        return math.erfc(-scaled) / 2, math.erfc(scaled) / 2

    def point(self, below: float, above: float) -> float:
        if below < above:
            return self.mean + self.sd * _STANDARD.inv_cdf(max(below, _RAREST))
        return self.mean - self.sd * _STANDARD.inv_cdf(max(above, _RAREST))


@dataclass(frozen=True, slots=True)
class Lognormal:
    logarithm: Normal

    def shares(self, point: float) -> tuple[float, float]:
        return self.logarithm.shares(math.log(point)) if point > 0 else (0.0, 1.0)

    def point(self, below: float, above: float) -> float:
        return math.exp(min(self.logarithm.point(below, above), 100.0))


@dataclass(frozen=True, slots=True)
class Exponential:
    mean: float

    def shares(self, point: float) -> tuple[float, float]:
        scaled = max(point, 0.0) / self.mean
        return -math.expm1(-scaled), math.exp(-scaled)

    def point(self, below: float, above: float) -> float:
        return -self.mean * (math.log1p(-below) if below < above else math.log(max(above, _RAREST)))


@dataclass(frozen=True)
class Straight:
    """A straight line between knots."""

    knots: Knots

    @cached_property
    def _columns(self) -> tuple[list[float], list[float]]:
        return [share for share, _ in self.knots], [point for _, point in self.knots]

    def shares(self, point: float) -> tuple[float, float]:
        ups, acrosses = self._columns
        below = _along(acrosses, ups, point)
        return below, 1 - below

    def point(self, below: float, above: float) -> float:  # noqa: ARG002 - its shares are exact
        return _along(*self._columns, below)


def _along(xs: list[float], ys: list[float], x: float) -> float:
    if x >= xs[-1]:
        return ys[-1]
    after = bisect_right(xs, x)
    if not after:
        return ys[0]
    (left, right), (low, high) = xs[after - 1 : after + 1], ys[after - 1 : after + 1]
    return low + (high - low) * (x - left) / (right - left)


def continuous(law: Law) -> Continuous:
    """The law as a curve, before it is cut to its bounds."""
    match law.shape:
        case "normal":
            return Normal(law.center, law.spread)
        case "lognormal":
            return Lognormal(Normal(law.center, law.spread))
        case "exponential":
            return Exponential(law.center)
        case _:
            return Straight(law.knots)


def within(law: Law) -> float:
    """The share of a continuous law that lies between its bounds."""
    below, above = cut(law)
    return 1 - below - above


def cut(law: Law) -> tuple[float, float]:
    """The shares that the bounds cut off below and above; half a unit beyond each rounds to it."""
    whole = continuous(law)
    below = 0.0 if law.low is None else whole.shares(law.low - 0.5)[0]
    return below, 0.0 if law.high is None else whole.shares(law.high + 0.5)[1]
