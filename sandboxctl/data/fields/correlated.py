"""Bits that are correlated with those of other columns: a Gaussian copula.

Each column's own bits become a normal number; those of the columns before it are mixed in; what
comes out is made even again. So a column keeps its distribution, and the first of a group its rows.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sandboxctl.data.chance import curves
from sandboxctl.data.chance.correlations import Correlation, factors
from sandboxctl.data.chance.laws import Law, Normal
from sandboxctl.data.chance.mix import U64
from sandboxctl.data.fields.draws import Floats, Line
from sandboxctl.data.scope import Scope

_EDGE, _STEPS = 8, 512
_LOW = np.uint64(2**32 - 1)
_HALF = np.uint64(32)
_SCALE = 10**9


def bits_of(scope: Scope, name: str) -> U64:
    """The bits that a number is made of: its own, correlated with others where that is declared."""
    group = next((g for g in scope.content.correlations if name in g.of), None)
    if group is None or group.of[0] == name:
        return scope.bits(name)
    return _even(_mixed(scope, name, group), scope.bits(name))


def _mixed(scope: Scope, name: str, group: Correlation) -> Floats:
    position = group.of.index(name)
    row = factors(group.matrix)[position]
    mixed = _normal(scope, group.of[0]) * row[0]
    for other, factor in zip(group.of[1 : position + 1], row[1:], strict=False):
        mixed += _normal(scope, other) * factor
    return mixed


def _normal(scope: Scope, name: str) -> Floats:
    return scope.once(("normal", name), lambda: _bell().at(scope.bits(name)))


@lru_cache(maxsize=1)
def _bell() -> Line:
    """The standard normal distribution; in billionths, so that nothing is cut off."""
    table = curves.table(Law("normal", None, None, 0, _SCALE))
    line = Line.of(table)
    return Line(
        line.shares,
        line.points / _SCALE,
        line.starts / _SCALE,
        line.rises / _SCALE,
        line.broken,
        table.low,
        table.high,
    )


@lru_cache(maxsize=1)
def _shares() -> tuple[Floats, Floats]:
    """The share below each of many even steps of a normal number, in 2**32 parts, and its rise."""
    normal = Normal(0, 1)
    steps = range(-_EDGE * _STEPS, _EDGE * _STEPS + 2)
    below = np.array([float(f"{normal.shares(step / _STEPS)[0]:.9g}") for step in steps])
    below *= 2.0**32
    return below[:-1], np.diff(below)


def _even(normal: Floats, own: U64) -> U64:
    """32 even bits from a normal number, and 32 of its own."""
    starts, rises = _shares()
    normal += _EDGE
    normal *= _STEPS
    np.maximum(normal, 0, out=normal)
    np.minimum(normal, 2 * _EDGE * _STEPS, out=normal)
    cell = normal.astype(np.int64)
    normal -= cell
    normal *= rises.take(cell)
    normal += starts.take(cell)
    np.minimum(normal, 2.0**32 - 1, out=normal)
    return (normal.astype(np.int64).view(np.uint64) << _HALF) | (own & _LOW)
