"""Arrays written as text, as they stand in a CSV file; and the two ways of making one of numpy's
own memory."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Array: TypeAlias = pa.Array

_FEW = 1_000
_CALENDAR = 4_096
_MOST_CALENDARS = 25
"""Days that are written at once, and how many times that pays."""


def written(made: Array) -> Array:
    """Any array as text, as it stands in a CSV file."""
    if pa.types.is_dictionary(made.type):
        return made.dictionary_decode()
    if pa.types.is_date32(made.type) and len(made) > _FEW:
        return _days(made)
    if pa.types.is_timestamp(made.type):
        return pc.binary_join_element_wise(pc.strftime(made, "%Y-%m-%dT%H:%M:%S"), "Z", "")
    if pa.types.is_duration(made.type):
        return pc.binary_join_element_wise("PT", made.cast(pa.int64()).cast(pa.string()), "S", "")
    if isinstance(made, pa.ExtensionArray):
        return _uuid_text(made.storage)
    return made if pa.types.is_string(made.type) else made.cast(pa.string())


def _days(made: Array) -> Array:
    """A calendar that is written once, and taken from."""
    ends = pc.min_max(made)
    if not ends["min"].is_valid:
        return made.cast(pa.string())
    low, high = (ends[end].cast(pa.int32()).as_py() // _CALENDAR for end in ("min", "max"))
    if high - low >= _MOST_CALENDARS:
        return made.cast(pa.string())
    numbers = pc.subtract(made.view(pa.int32()), pa.scalar(low * _CALENDAR, pa.int32()))
    return pc.take(_calendar(low, high + 1), numbers)


@lru_cache(maxsize=32)
def _calendar(low: int, high: int) -> Array:
    days = np.arange(low * _CALENDAR, high * _CALENDAR, dtype=np.int32)
    return fixed(pa.date32(), days).cast(pa.string())


def fixed(kind: pa.DataType, values: NDArray[Any]) -> Array:
    """An array around numpy's own memory; `pa.array` takes longer to find out what it has got."""
    data = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(kind, len(values), [None, data])


def same_length(count: int, data: NDArray[Any], width: int) -> Array:
    """Texts that all have so many bytes."""
    offsets = np.arange(0, width * (count + 1), width, dtype=np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


@lru_cache(maxsize=1)
def _hex_pairs() -> NDArray[Any]:
    return np.frombuffer(bytes(range(256)).hex().encode(), "V2")


def _uuid_text(storage: Array) -> Array:
    count = len(storage)
    raw = np.frombuffer(storage.buffers()[1], np.uint8)[storage.offset * 16 :][: count * 16]
    made = np.full((count, 36), ord("-"), np.uint8)
    pairs = _hex_pairs().take(raw).view(np.uint8).reshape(count, 32)
    for start, stop, first in ((0, 8, 0), (9, 13, 8), (14, 18, 12), (19, 23, 16), (24, 36, 20)):
        made[:, start:stop] = pairs[:, first : first + stop - start]
    text = same_length(count, made, 36)
    return pc.if_else(storage.is_valid(), text, None) if storage.null_count else text
