"""Arrow arrays read back into values, so that rules see what stands there, not what was meant."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from sandboxctl.data.chance.mix import Index
from sandboxctl.data.values import (
    Cells,
    Codes,
    Days,
    Flags,
    Mask,
    Numbers,
    Seconds,
    Spans,
    Texts,
    Uuids,
    Values,
)

Array: TypeAlias = pa.Array


def mask(truth: Array) -> Mask:
    """A BooleanArray without nulls, as numpy has it."""
    return np.asarray(truth.to_numpy(zero_copy_only=False), np.bool_)


def units(array: Array) -> Index:
    """Numbers, days and times as whole numbers in the units of `values`."""
    if pa.types.is_decimal(array.type):
        words = np.frombuffer(array.buffers()[1], np.int64)
        return words[array.offset * 2 : (array.offset + len(array)) * 2 : 2]
    if pa.types.is_date32(array.type):
        array = array.view(pa.int32())
    elif pa.types.is_temporal(array.type):
        array = array.view(pa.int64())
    made: Any = array.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return np.asarray(made, np.int64)


def read(array: Array) -> Cells:
    """A column; where it has no value, any value and a mark."""
    values = _values(array)
    return Cells(values, ~mask(array.is_valid()) if array.null_count else None)


def _values(array: Array) -> Values:
    kind = array.type
    if pa.types.is_dictionary(kind):
        indices = array.indices.fill_null(0) if array.null_count else array.indices
        entries = tuple(array.dictionary.to_pylist())
        return Codes(entries or ("",), units(indices))
    if pa.types.is_string(kind):
        return Texts(array.fill_null(""))
    if isinstance(array, pa.ExtensionArray):
        return _uuids(array.storage)
    if pa.types.is_boolean(kind):
        return Flags(mask(array.fill_null(False)))
    numbers = _whole(array)
    if pa.types.is_date32(kind):
        return Days(numbers)
    if pa.types.is_timestamp(kind):
        return Seconds(numbers)
    if pa.types.is_duration(kind):
        return Spans(numbers)
    return Numbers(numbers, places=kind.scale if pa.types.is_decimal(kind) else 0)


def _whole(array: Array) -> Index:
    """In units, 0 where there is no value."""
    if not array.null_count:
        return units(array)
    present = mask(array.is_valid())
    found = np.zeros(len(array), np.int64)
    found[present] = units(array.drop_null())
    return found


def _uuids(storage: Array) -> Uuids:
    whole = storage.fill_null(bytes(16))
    raw = np.frombuffer(whole.buffers()[1], np.uint8)[whole.offset * 16 :][: len(whole) * 16]
    both = raw.view(">u8").reshape(-1, 2).astype(np.uint64)
    return Uuids(np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1]))
