"""Values as 64-bit numbers: equal values have equal ones, and different values, hardly ever.

A whole number, day or time has one of its own. Texts and UUIDs share one with a chance of 2⁻⁶⁴ for
each pair, so "no two rows are the same" is certain, and "two rows are the same" as good as certain.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pyarrow as pa

from sandboxctl.data.mix import U64, draws, stream
from sandboxctl.data.proof.reading import units

Array: TypeAlias = pa.Array

_NUMBER, _LETTER, _LENGTH = (stream(0, "proof", name) for name in ("number", "letter", "length"))


def prints(array: Array) -> U64:
    """One for each value of an array without nulls."""
    if pa.types.is_dictionary(array.type):
        return prints(array.dictionary)[units(array.indices)]
    if isinstance(array, pa.ExtensionArray):
        return _halves(array.storage)
    if pa.types.is_string(array.type):
        return _texts(array)
    return draws(_NUMBER, units(array).view(np.uint64))


def joined(parts: list[U64]) -> U64:
    """One for each row, of several columns together."""
    total = np.zeros_like(parts[0])
    for part in parts:
        total = draws(_NUMBER, total) + part
    return draws(_NUMBER, total)


def _halves(storage: Array) -> U64:
    raw = np.frombuffer(storage.buffers()[1], np.uint8)[storage.offset * 16 :]
    both = raw[: len(storage) * 16].view(np.uint64).reshape(-1, 2)
    return joined([np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])])


def _texts(array: Array) -> U64:
    """The sum over a text's bytes of a draw for byte and place."""
    _, starts, data = array.buffers()
    offsets = np.frombuffer(starts, np.int32)[array.offset :][: len(array) + 1].astype(np.int64)
    lengths = np.diff(offsets)
    first = int(offsets[0])
    letters = np.frombuffer(data or b"", np.uint8)[first : int(offsets[-1])]
    places = np.arange(len(letters)) - np.repeat(offsets[:-1] - first, lengths)
    drawn = draws(_LETTER, (places * 256 + letters).view(np.uint64))
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(drawn, dtype=np.uint64)])
    ends = offsets - first
    return np.diff(sums[ends]) + draws(_LENGTH, lengths.view(np.uint64))
