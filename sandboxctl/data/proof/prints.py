"""Values as 64-bit numbers: equal values have equal ones, and different values, hardly ever.

A whole number, day or time has one of its own. Texts and UUIDs share one with a chance of 2⁻⁶⁴ for
each pair, so "no two rows are the same" is certain, and "two rows are the same" as good as certain.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from sandboxctl.data.chance.mix import U64, draws, stream
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
    offsets = np.frombuffer(starts, np.int32)[array.offset :][: len(array) + 1]
    lengths, first = np.diff(offsets), int(offsets[0])
    ends = offsets - first
    letters = np.frombuffer(data or b"", np.uint8)[first : int(offsets[-1])]
    index = np.arange(len(letters), dtype=np.int32)
    index -= np.repeat(ends[:-1], lengths)
    index *= 256
    index += letters
    longest = int(lengths.max(initial=1))
    sums = np.zeros(len(letters) + 1, np.uint64)
    np.cumsum(_letters((longest - 1).bit_length()).take(index), out=sums[1:])
    return np.diff(sums[ends]) + draws(_LENGTH, lengths.astype(np.uint64))


@lru_cache(maxsize=16)
def _letters(doublings: int) -> U64:
    """A draw for each byte at each of 2**doublings places."""
    return draws(_LETTER, np.arange(256 << doublings, dtype=np.uint64))
