"""Values become Arrow arrays: the one form that every sink, check and page reads.

Texts are put together from pools (every entry once, taken by index), so no Python runs for a row.
pyarrow is imported where it is used: a tenth of a second that most commands need not wait for.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandboxctl.data.mix import Index
from sandboxctl.data.scope import Dataset, Scope
from sandboxctl.data.values import (
    Cells,
    Codes,
    Days,
    Flags,
    Joined,
    Mask,
    Numbers,
    Optional,
    Patched,
    Seconds,
    Spans,
    Texts,
    Uuids,
    Values,
)

Array: TypeAlias = pa.Array

_GROUP = 10_000


def batch(scope: Scope) -> pa.RecordBatch:
    """All columns of some rows of a table; poolable texts as dictionaries."""
    names = list(scope.content.columns)
    return pa.RecordBatch.from_arrays([column(scope.cells(name)) for name in names], names=names)


def column(cells: Cells) -> Array:
    """One column, null where it is missing."""
    made = array(cells.values)
    if cells.missing is None:
        return made
    return pc.if_else(pa.array(cells.missing), pa.scalar(None, made.type), made)


def array(values: Values) -> Array:
    """Values as the Arrow type that says most of them."""
    match values:
        case Numbers(values=numbers, width=0, places=0):
            return pa.array(numbers)
        case Numbers(values=numbers, width=0, places=places):
            return _decimal(numbers, places)
        case Codes(entries=entries, index=index):
            return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), _pool(entries))
        case Flags(values=flags):
            return pa.array(flags)
        case Days(values=days):
            return pa.array(days.astype(np.int32)).view(pa.date32())
        case Seconds(values=seconds):
            return pa.array(seconds).view(pa.timestamp("s", "UTC"))
        case Spans(values=seconds):
            return pa.array(seconds).view(pa.duration("s"))
        case Uuids(high=high, low=low):
            halves = np.stack([high, low], axis=1).astype(">u8")
            data = pa.py_buffer(halves.tobytes())
            storage = pa.Array.from_buffers(pa.binary(16), len(high), [None, data])
            return pa.ExtensionArray.from_storage(pa.uuid(), storage)
        case _:
            return text(values)


def text(values: Values) -> Array:
    """Values as a StringArray, whatever they are."""
    match values:
        case Texts(array=texts):
            return texts
        case Codes(entries=entries, index=index):
            return _pool(entries).take(pa.array(index))
        case Numbers(values=numbers, width=width, places=0) if width:
            return _padded(numbers, width)
        case Joined(parts=parts):
            return _joined(parts)
        case Optional(values=inner, present=present):
            return _where(present, text(inner))
        case Patched(values=inner, rows=rows, texts=texts):
            mask = np.zeros(len(base := text(inner)), np.bool_)
            mask[rows] = True
            return pc.replace_with_mask(base, pa.array(mask), pa.array(texts, pa.string()))
        case Flags(values=flags):
            return text(Codes(("false", "true"), flags.astype(np.int64)))
        case _:
            return written(array(values))


def written(made: Array) -> Array:
    """Any array as text, as it stands in a CSV file."""
    if pa.types.is_dictionary(made.type):
        made = made.cast(made.type.value_type)
    if pa.types.is_timestamp(made.type):
        return pc.binary_join_element_wise(pc.strftime(made, "%Y-%m-%dT%H:%M:%S"), "Z", "")
    if isinstance(made, pa.ExtensionArray):
        return _uuid_text(made.storage)
    return made.cast(pa.string())


def _joined(parts: tuple[Values | str, ...]) -> Array:
    made = [part if isinstance(part, str) else text(part) for part in merged(parts)]
    return pc.binary_join_element_wise(*made, "")


def merged(parts: tuple[Values | str, ...]) -> list[Values | str]:
    """Fewer parts: a plain text is written into the pool of the part before it, or after it."""
    done: list[Values | str] = []
    for part in parts:
        match done[-1:], part:
            case [Codes(entries=entries, index=index)], str(more):
                done[-1] = Codes(_suffixed(entries, more), index)
            case [str(before)], Codes(entries=entries, index=index):
                done[-1] = Codes(_prefixed(entries, before), index)
            case _:
                done.append(part)
    return done


@lru_cache(maxsize=512)
def _suffixed(entries: tuple[str, ...], more: str) -> tuple[str, ...]:
    return tuple(entry + more for entry in entries)


@lru_cache(maxsize=512)
def _prefixed(entries: tuple[str, ...], before: str) -> tuple[str, ...]:
    return tuple(before + entry for entry in entries)


@lru_cache(maxsize=1024)
def _pool(entries: tuple[str, ...]) -> Array:
    return pa.array(entries, pa.string())


def _where(present: Mask, texts: Array) -> Array:
    return pc.if_else(pa.array(present), texts, "")


@lru_cache(maxsize=8)
def _digits(width: int) -> Array:
    return pa.array([f"{n:0{width}}" for n in range(10**width)], pa.string())


def _padded(numbers: Index, width: int) -> Array:
    """Numbers of 0 or more with leading zeros."""
    groups: list[Array] = []
    while width > 4:
        numbers, last = np.divmod(numbers, _GROUP)
        groups.append((_digits(4).take(pa.array(last))))
        width -= 4
    groups.append((_digits(width).take(pa.array(numbers))))
    return groups[0] if len(groups) == 1 else pc.binary_join_element_wise(*groups[::-1], "")


def _decimal(numbers: Index, places: int) -> Array:
    """Units of the last place as decimal128: the same 64 bits, extended by their sign."""
    wide = np.stack([numbers, numbers >> 63], axis=1)
    data = pa.py_buffer(np.ascontiguousarray(wide))
    return pa.Array.from_buffers(pa.decimal128(20, places), len(numbers), [None, data])


@lru_cache(maxsize=1)
def _hex_pairs() -> Any:
    return np.frombuffer(bytes(range(256)).hex().encode(), np.uint8).reshape(256, 2)


def _uuid_text(storage: Array) -> Array:
    count = len(storage)
    raw = np.frombuffer(storage.buffers()[1], np.uint8)[storage.offset * 16 :][: count * 16]
    text = np.full((count, 36), ord("-"), np.uint8)
    pairs = _hex_pairs()[raw].reshape(count, 32)
    for start, stop, first in ((0, 8, 0), (9, 13, 8), (14, 18, 12), (19, 23, 16), (24, 36, 20)):
        text[:, start:stop] = pairs[:, first : first + stop - start]
    offsets = pa.py_buffer(np.arange(0, 36 * (count + 1), 36, dtype=np.int32))
    return pa.StringArray.from_buffers(count, offsets, pa.py_buffer(text))


def rows(dataset: Dataset, table: str, start: int, stop: int) -> pa.RecordBatch:
    """The rows from ``start`` to before ``stop``."""
    return batch(dataset.scope(table, np.arange(start, stop, dtype=np.uint64)))
