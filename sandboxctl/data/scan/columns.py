"""Looks through a block of a column: whole values by kind, then whatever stands inside texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sandboxctl.data.identifiers.texts import matches
from sandboxctl.data.scan import finds, kinds
from sandboxctl.data.scan.cells import Cells
from sandboxctl.data.scan.evidence import FIRST, Count, Evidence, together
from sandboxctl.data.scan.mask import masked
from sandboxctl.data.scan.readable import all_readable
from sandboxctl.data.scan.writing import ANY, surely

SAMPLE = 128

Mask = NDArray[np.bool_]
Weights = NDArray[np.int64]


class Block:
    """The different values of some cells, how often each occurs, and where."""

    def __init__(self, cells: Cells) -> None:
        values: Any = cells.values
        self._rows = cells.rows
        self._codes: NDArray[np.int64] | None = None
        if pa.types.is_dictionary(values.type):
            codes = values.indices.fill_null(-1).to_numpy().astype(np.int64)
            self._codes = codes
            self.values = all_readable(values.dictionary)
            self.weights: Weights = np.bincount(codes[codes >= 0], minlength=len(self.values))
        else:
            self.values = all_readable(values)
            self.weights = np.ones(len(values), np.int64)
        empty = pc.fill_null(pc.equal(pc.binary_length(self.values), 0), True)
        self.weights = np.where(kinds.as_mask(empty), 0, self.weights)

    @property
    def filled(self) -> int:
        return int(self.weights.sum())

    def sample(self) -> pa.Array:
        """Some of the values, from all over the block."""
        filled = np.flatnonzero(self.weights)
        step = max(1, len(filled) // SAMPLE)
        return kinds.plain(self.values.take(pa.array(filled[::step][:SAMPLE])))

    def count(self, places: NDArray[np.int64]) -> int:
        return int(self.weights[places].sum())

    def rows(self, places: NDArray[np.int64]) -> list[tuple[int, int]]:
        """The first rows with any of these values: (line, place of the value)."""
        if self._codes is None:
            first = [int(place) for place in places[:FIRST]]
            return list(zip(self._rows(first), first, strict=True))
        at = np.flatnonzero(np.isin(self._codes, places))[:FIRST]
        codes = self._codes[at].tolist()
        return list(zip(self._rows(at.tolist()), codes, strict=True))


def examine(cells: Cells) -> Evidence:
    """What a block says of its column."""
    block = Block(cells)
    if not block.filled:
        return Evidence()
    found: list[tuple[str, Count]] = []
    left = block.weights > 0
    hints = kinds.hinted(cells.column)
    for kind in kinds.candidates(block.sample(), hints):
        found += _whole(block, kind, left, named=kind in hints)
    found += _inside(block, left)
    return Evidence(block.filled, together(found))


def _whole(block: Block, kind: str, left: Mask, *, named: bool) -> Iterator[tuple[str, Count]]:
    """Values that are nothing but one of this kind; what is settled by it is not ``left``."""
    pattern = kinds.safe_pattern(kind)
    safe = matches(block.values, pattern) if pattern else np.zeros_like(left)
    rest = np.flatnonzero(~safe & (block.weights > 0))
    values = kinds.plain(block.values.take(pa.array(rest)))
    canonical = finds.canonical_of(kind, values, exact=True, named=named)
    right, somebodys = kinds.real(kind, canonical)
    harmless = block.count(rest[right & ~somebodys]) + block.count(np.flatnonzero(safe))
    left &= ~safe
    yield kind, Count(right=harmless, safe=harmless)
    if somebodys.any():
        places = rest[somebodys]
        texts = canonical.filter(pa.array(somebodys))
        sure = surely(kind, values.filter(pa.array(somebodys)))
        left[places if named else places[sure]] = False
        mobile = matches(texts, "07.*") if kind == "phone" else np.zeros(len(places), np.bool_)
        for name, these in (("mobile", mobile), (kind if kind != "phone" else "landline", ~mobile)):
            yield name, _counted(block, places[these & sure], places[these & ~sure])


def _counted(block: Block, sure: NDArray[np.int64], loose: NDArray[np.int64]) -> Count:
    sures, looses = block.count(sure), block.count(loose)
    return Count(sures + looses, 0, sures, looses, _shown(block, sure), _shown(block, loose))


def _shown(block: Block, places: NDArray[np.int64]) -> tuple[tuple[int, str], ...]:
    return tuple((row, masked(block.values[place].as_py())) for row, place in block.rows(places))


def _inside(block: Block, left: Mask) -> Iterator[tuple[str, Count]]:
    """Sure finds, also in the middle of a text."""
    places = np.flatnonzero(left)
    values = block.values if len(places) == len(left) else block.values.take(pa.array(places))
    hits = places[matches_anywhere(values, ANY)]
    if not len(hits):
        return
    some: Any = block.values.take(pa.array(hits)).dictionary_encode()
    texts: Sequence[str] = some.dictionary.to_pylist()
    codes = some.indices.to_numpy()
    by_kind: dict[str, dict[int, str]] = {}
    for find in finds.in_texts(texts):
        name = kinds.told(find.kind, find.canonical)
        by_kind.setdefault(name, {}).setdefault(find.number, find.written)
    for kind, written in by_kind.items():
        at = hits[np.isin(codes, list(written))]
        told = dict(zip(hits.tolist(), codes.tolist(), strict=True))
        rows = tuple((row, masked(written[told[place]])) for row, place in block.rows(at))
        yield kind, Count(sure=block.count(at), sure_rows=rows)


def matches_anywhere(values: pa.Array, pattern: str) -> Mask:
    return kinds.as_mask(pc.fill_null(pc.match_substring_regex(values, pattern), False))
