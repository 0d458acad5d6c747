"""Drawing one of several by weight: as exact as `mix.pick`, and several times as fast.

The first bits of a draw say which, except near a bound: only there the rest of them is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from sandboxctl.data.chance.mix import U64, Index

_HALF = np.uint64(32)
_FEW = 64
_MANY = 16_384
_UNSURE = np.uint16(0xFFFF)


@dataclass(frozen=True, slots=True, eq=False)
class Lots:
    """``bounds`` between them, in 2**32 parts; ``table`` for the first ``width`` bits of a draw."""

    bounds: U64
    width: np.uint64
    table: NDArray[np.uint16] | None


def lots(weights: Iterable[float | Fraction]) -> Lots:
    """Of weights that need not add up to one."""
    parts = list(accumulate(Fraction(weight) for weight in weights))
    bounds = np.array([int(part * 2**32 / parts[-1]) for part in parts[:-1]], np.uint64)
    width = 12 if len(bounds) < _FEW else 16
    table = None if len(bounds) > _MANY else _table(bounds, width)
    return Lots(bounds, np.uint64(64 - width), table)


def _table(bounds: U64, width: int) -> NDArray[np.uint16]:
    edges = np.arange(2**width + 1, dtype=np.uint64) << np.uint64(32 - width)
    first = np.searchsorted(bounds, edges[:-1], side="right")
    last = np.searchsorted(bounds, edges[1:] - np.uint64(1), side="right")
    return np.where(first == last, first.astype(np.uint16), _UNSURE)


def draw(these: Lots, bits: U64) -> Index:
    """For each draw the position of one of the weights."""
    if these.table is None:
        return _search(these, bits)
    found = these.table.take((bits >> these.width).view(np.int64))
    near = np.flatnonzero(found == _UNSURE)
    found[near] = _search(these, bits[near])
    return found.astype(np.int64)


def _search(these: Lots, bits: U64) -> Index:
    return np.searchsorted(these.bounds, bits >> _HALF, side="right")
