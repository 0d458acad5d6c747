"""Counts that grow batch by batch, and what they come to beside what was expected."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from sandboxctl.data.chance.mix import Index
from sandboxctl.data.expectations import Curve, Each, Expectation, Shares
from sandboxctl.data.proof import limits
from sandboxctl.data.proof.reading import units
from sandboxctl.data.proof.result import Result
from sandboxctl.data.proof.rows import positions

Array: TypeAlias = pa.Array

FINEST = 4_096
"""A curve of few points is compared at so many numbers, which share the rows evenly, or at every
number that can come. One of more points is taken to be bent between them, and compared at those."""

FEW = 100


class SharesTally:
    """How often each declared value came, and anything else."""

    def __init__(self, expected: Shares) -> None:
        whole = math.fsum(expected.shares.values())
        self.shares = [share / whole for share in expected.shares.values()] + [0.0]
        self._cells = {name: n for n, name in enumerate(expected.shares)}
        self._counts = np.zeros(len(self.shares), np.int64)

    def see(self, array: Array) -> None:
        found = positions(array, self._cells, len(self._cells))
        self._counts += np.bincount(found, minlength=len(self.shares))

    def result(self, where: str, alarm: float) -> Result:
        counts = self._counts.tolist()
        possible = sum(share > 0 for share in self.shares)
        found = limits.divergence(counts, self.shares)
        limit = limits.most_divergence(possible, alarm)
        far = limits.variation(counts, self.shares)
        declared = f"shares of {possible:,} value{'s' if possible > 1 else ''}"
        observed = f"{far:.3%} of {sum(counts):,} rows apart"
        return Result("chi-square", where, declared, observed, found, limit, found <= limit, alarm)


class CurveTally:
    """How many values came at or below each of some points."""

    def __init__(self, expected: Curve) -> None:
        self._edges = edges(expected)
        self._every = int(self._edges[-1] - self._edges[0]) == len(self._edges) - 1
        self._declared = np.interp(
            self._edges.astype(np.float64),
            np.array(expected.points, np.float64),
            np.array(expected.shares, np.float64),
            left=0.0,
        )
        self._counts = np.zeros(len(self._edges) + 1, np.int64)

    def see(self, array: Array) -> None:
        values = units(array)
        if self._every:
            found = np.clip(values - self._edges[0], 0, len(self._edges))
        else:
            found = np.searchsorted(self._edges, values, side="left")
        self._counts += np.bincount(found, minlength=len(self._counts))

    def result(self, where: str, alarm: float) -> Result:
        rows = int(self._counts.sum())
        if not rows:
            return _nothing(where, alarm)
        observed = np.cumsum(self._counts[:-1]) / rows
        far = float(np.abs(observed - self._declared).max())
        limit = limits.most_distance(rows, alarm)
        declared = f"a curve, at {len(self._edges):,} points"
        text = f"{far:.3%} of {rows:,} rows apart"
        return Result("Kolmogorov–Smirnov", where, declared, text, far, limit, far <= limit, alarm)


class EachTally:
    """A tally for each value of another column."""

    def __init__(self, expected: Each) -> None:
        self.by = expected.by
        self._cells = {name: n for n, name in enumerate(expected.of)}
        self.groups = {name: tally(one) for name, one in expected.of.items()}

    def see(self, array: Array, groups: Array) -> None:
        """``groups`` is the other column in the same rows, nowhere missing."""
        found = positions(groups, self._cells, len(self._cells))
        order = np.argsort(found, kind="stable")
        ends = np.cumsum(np.bincount(found, minlength=len(self._cells)))
        for n, one in enumerate(self.groups.values()):
            first = int(ends[n - 1]) if n else 0
            if first < ends[n]:
                one.see(array.take(pa.array(order[first : ends[n]])))

    def results(self, where: str, alarm: float) -> list[Result]:
        return [
            one.result(f"{where} where {self.by} is {name}", alarm)
            for name, one in self.groups.items()
        ]


Plain = SharesTally | CurveTally


def tally(expected: Shares | Curve) -> Plain:
    """What counts for an expectation without groups."""
    return SharesTally(expected) if isinstance(expected, Shares) else CurveTally(expected)


def tally_any(expected: Expectation) -> Plain | EachTally:
    """What counts for an expectation."""
    return EachTally(expected) if isinstance(expected, Each) else tally(expected)


def edges(curve: Curve) -> Index:
    """The numbers at which a curve is compared, ascending."""
    low, high = curve.points[0], curve.points[-1]
    if len(curve.points) > FEW:
        return np.array(curve.points, np.int64)
    if high - low < FINEST:
        return np.arange(low, high + 1, dtype=np.int64)
    even = np.interp(np.arange(1, FINEST) / FINEST, curve.shares, curve.points)
    inner = np.clip(np.rint(even), low, high).astype(np.int64)
    return np.unique(np.concatenate([inner, np.array([low, high], np.int64)]))


def _nothing(where: str, alarm: float) -> Result:
    declared, observed = "a curve", "no rows to compare"
    return Result("Kolmogorov–Smirnov", where, declared, observed, 0, math.inf, True, alarm)
