"""Whole units of a law from bits: the same on every processor, as only + - * / are used on rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sandboxctl.data.chance import counts, curves
from sandboxctl.data.chance.curves import CELLS
from sandboxctl.data.chance.laws import Law
from sandboxctl.data.chance.lots import draw, lots
from sandboxctl.data.chance.mix import U64, Index

Floats: TypeAlias = NDArray[np.float64]
Sampler: TypeAlias = Callable[[U64], Index]
"""Bits → whole units; the higher the bits, the higher the unit."""

_HALF = np.uint64(32)
_LOW = np.uint64(2**32 - 1)
_CELL = np.uint64(64 - CELLS.bit_length() + 1)
_REST = np.uint64(2**52 - 1)


@lru_cache(maxsize=512)
def sampler(law: Law) -> Sampler:
    """What draws from a sound law."""
    if law.shape == "uniform":
        low, high = law.low or 0, law.high or 0
        return lambda bits: even(bits, low, high)
    if law.is_counted:
        first, weights = counts.weights(law)
        lot = lots(weights)
        return lambda bits: draw(lot, bits) + first
    line = Line.of(curves.table(law))
    return line.units


def even(bits: U64, low: int, high: int) -> Index:
    """Whole numbers from low to high, both included."""
    size = high - low + 1
    if size <= 2**32:
        found = bits >> _HALF
        found *= np.uint64(size)
        found >>= _HALF
    else:
        found = _product(bits, size)
    units = found.view(np.int64)
    units += low
    return units


def _product(bits: U64, size: int) -> U64:
    """The high half of a product of 64 by 64 bits."""
    high, low = bits >> _HALF, bits & _LOW
    above, below = np.uint64(size >> 32), np.uint64(size & (2**32 - 1))
    middle = high * below + ((low * below) >> _HALF)
    other = low * above + (middle & _LOW)
    product: U64 = high * above + (middle >> _HALF) + (other >> _HALF)
    return product


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A table of a curve, laid out for speed: where each even step begins, and how far it goes."""

    shares: Floats
    points: Floats
    starts: Floats
    rises: Floats
    broken: NDArray[np.bool_]
    low: int
    high: int

    @classmethod
    def of(cls, table: curves.Table) -> Line:
        shares, points = np.array(table.shares), np.array(table.points)
        at = np.searchsorted(shares, np.arange(CELLS + 1) / CELLS)
        edges = points[at]
        return cls(
            shares, points, edges[:-1], np.diff(edges), np.diff(at) > 1, table.low, table.high
        )

    def units(self, bits: U64) -> Index:
        """Rounded to whole units, inside the bounds."""
        units = np.rint(self.at(bits)).astype(np.int64)
        np.maximum(units, self.low, out=units)
        np.minimum(units, self.high, out=units)
        return units

    def at(self, bits: U64) -> Floats:
        """Points along the lines, not whole."""
        cell = (bits >> _CELL).view(np.int64)
        found = (bits & _REST).view(np.int64).astype(np.float64)
        found *= 2.0**-52
        found *= self.rises.take(cell)
        found += self.starts.take(cell)
        bent = np.flatnonzero(self.broken.take(cell))
        if len(bent):
            found[bent] = self._exact(bits[bent])
        return found

    def _exact(self, bits: U64) -> Floats:
        share = (bits >> np.uint64(11)).view(np.int64).astype(np.float64) * 2.0**-53
        left = np.searchsorted(self.shares, share, side="right") - 1
        low, high = self.shares[left], self.shares[left + 1]
        rise = self.points[left + 1] - self.points[left]
        return self.points[left] + rise * ((share - low) / (high - low))
