"""A continuous law as a table of where each share of the rows ends; rows lie on its lines."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sandboxctl.data.chance.laws import Law, continuous, cut
from sandboxctl.data.expectations import Curve

CELLS = 4096
"""Even steps from 0 to 1; the first and the last are cut finer, octave by octave."""

_OCTAVES, _STEPS = 20, 16


@dataclass(frozen=True)
class Table:
    """``shares`` ascend from 0 to 1 and hold every even step; ``points`` are in units, not whole.

    ``low`` and ``high`` are the first and last whole unit.
    """

    shares: tuple[float, ...]
    points: tuple[float, ...]
    low: int
    high: int

    @cached_property
    def curve(self) -> Curve:
        """What many whole units drawn from it look like."""
        spots = {round(point) for point in self.points}
        units = sorted({min(max(spot, self.low), self.high) for spot in (*spots, self.high)})
        return Curve(tuple(units), (*map(self.at_or_below, units[:-1]), 1.0))

    def at_or_below(self, unit: int) -> float:
        """The share of rows that are rounded to this unit or a lower one."""
        point = unit + 0.5
        after = bisect_right(self.points, point)
        if unit >= self.high or after == len(self.points):
            return 1.0
        if not after:
            return 0.0
        left, right = self.points[after - 1 : after + 1]
        low, high = self.shares[after - 1 : after + 1]
        return low + (high - low) * (point - left) / (right - left)


@lru_cache(maxsize=256)
def table(law: Law) -> Table:
    """Of a continuous law, cut to its bounds."""
    whole, (below, above) = continuous(law), cut(law)
    inside = 1 - below - above
    corners = ((share - below) / inside for share, _ in law.knots)
    shares = _shares({corner for corner in corners if 0 < corner < 1})
    points = [whole.point(below + share * inside, above + (1 - share) * inside) for share in shares]
    points = [float(f"{point:.9g}") for point in points]
    low = round(points[0]) if law.low is None else law.low
    high = round(points[-1]) if law.high is None else law.high
    kept = tuple(min(max(point, low - 0.5), high + 0.5) for point in points)
    return Table(shares, kept, low, high)


def _shares(corners: set[float]) -> tuple[float, ...]:
    tails = {
        (1 + step / _STEPS) / (CELLS << octave)
        for octave in range(1, _OCTAVES + 1)
        for step in range(_STEPS)
    }
    even = {cell / CELLS for cell in range(CELLS + 1)}
    return tuple(sorted(even | corners | tails | {1 - share for share in tails}))
