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
from numpy.typing import NDArray

from sandboxctl.data.chance.mix import Index
from sandboxctl.data.scope import Scope
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
from sandboxctl.data.writing import fixed, same_length, written

__all__ = ["NOTHING", "array", "batch", "column", "pool", "text", "written"]

Array: TypeAlias = pa.Array

NOTHING = pa.scalar("")
"""What stands between the parts of a text."""

DIGITS = 20
"""Of a decimal number: 64 bits have 19."""


def batch(scope: Scope) -> pa.RecordBatch:
    """All columns of some rows of a table; poolable texts as dictionaries."""
    names = list(scope.content.columns)
    return pa.RecordBatch.from_arrays([column(scope.cells(name)) for name in names], names=names)


def column(cells: Cells) -> Array:
    """One column, null where it is missing."""
    made = array(cells.values)
    if cells.missing is None:
        return made
    return _without(made, cells.missing)


def _without(made: Array, missing: Mask) -> Array:
    """The same array, null where it is missing: only the bitmap is new."""
    if isinstance(made, pa.DictionaryArray):
        return pa.DictionaryArray.from_arrays(_without(made.indices, missing), made.dictionary)
    if isinstance(made, pa.ExtensionArray):
        return pa.ExtensionArray.from_storage(made.type, _without(made.storage, missing))
    if made.null_count or made.offset:
        return pc.if_else(_flags(missing), pa.scalar(None, made.type), made)
    present = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(made.type, len(made), [present, *made.buffers()[1:]])


def array(values: Values) -> Array:
    """Values as the Arrow type that says most of them."""
    match values:
        case Numbers(values=numbers, width=0, places=0):
            return fixed(pa.int64(), numbers)
        case Numbers(values=numbers, width=0, places=places):
            # the same 64 bits, extended by their sign
            wide = np.stack([numbers, numbers >> 63], axis=1)
            return fixed(pa.decimal128(DIGITS, places), wide)
        case Codes(entries=entries, index=index):
            texts, place = _dictionary(entries)
            codes = fixed(pa.int32(), place[index] if place is not None else index.astype("i4"))
            return pa.DictionaryArray.from_arrays(codes, texts, safe=False)
        case Flags(values=flags):
            return _flags(flags)
        case Days(values=days):
            return fixed(pa.date32(), days.astype(np.int32))
        case Seconds(values=seconds):
            return fixed(pa.timestamp("s", "UTC"), seconds)
        case Spans(values=seconds):
            return fixed(pa.duration("s"), seconds)
        case Uuids(high=high, low=low):
            halves = np.stack([high, low], axis=1).byteswap()
            return pa.ExtensionArray.from_storage(pa.uuid(), fixed(pa.binary(16), halves))
        case _:
            return text(values)


def text(values: Values) -> Array:
    """Values as a StringArray, whatever they are."""
    match values:
        case Texts(array=texts):
            return texts
        case Codes(entries=entries, index=index):
            return _taken(entries, index)
        case Numbers(values=numbers, width=width, places=0) if width:
            return _padded(numbers, width)
        case Joined(parts=parts):
            return _joined(parts)
        case Optional(values=inner, present=present):
            return pc.if_else(_flags(present), text(inner), "")
        case Patched(values=inner, rows=rows, texts=texts):
            base = text(inner)
            mask = np.zeros(len(base), np.bool_)
            mask[rows] = True
            return pc.replace_with_mask(base, _flags(mask), pa.array(texts, pa.string()))
        case Flags(values=flags):
            return _taken(("false", "true"), flags.astype(np.int64))
        case _:
            return written(array(values))


def _flags(flags: Mask) -> Array:
    bits = np.packbits(flags, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(flags), [None, pa.py_buffer(bits)])


@lru_cache(maxsize=1024)
def pool(entries: tuple[str, ...]) -> Array:
    """The entries, ready to be taken by their number."""
    return pa.array(entries, pa.string())


@lru_cache(maxsize=1024)
def _dictionary(entries: tuple[str, ...]) -> tuple[Array, NDArray[np.int32] | None]:
    """No entry twice, and where each went if one was: for each repetition pyarrow writes as many
    bytes of whatever the memory held before into a Parquet file."""
    places = {entry: place for place, entry in enumerate(dict.fromkeys(entries))}
    if len(places) == len(entries):
        return pool(entries), None
    return pool(tuple(places)), np.array([places[entry] for entry in entries], np.int32)


def _taken(entries: tuple[str, ...], index: Index) -> Array:
    return pc.take(pool(entries), fixed(pa.int64(), index), boundscheck=False)


def _joined(parts: tuple[Values | str, ...]) -> Array:
    made = _merged(parts)
    pools = [part for part in made if isinstance(part, Codes)]
    tables = [table for part in pools if (table := _even(part.entries)) is not None]
    if len(tables) == len(made):
        return _side_by_side([part.index for part in pools], tables)
    texts = (pa.scalar(part) if isinstance(part, str) else text(part) for part in made)
    return pc.binary_join_element_wise(*texts, NOTHING)


def _merged(parts: tuple[Values | str, ...]) -> list[Values | str]:
    """Fewer parts: a plain text is written into the pool of the part before it, or after it."""
    done: list[Values | str] = []
    for part in parts:
        match done[-1:], part:
            case [Codes(entries=entries, index=index)], str(more):
                done[-1] = Codes(_around("", entries, more), index)
            case [str(before)], Codes(entries=entries, index=index):
                done[-1] = Codes(_around(before, entries, ""), index)
            case _:
                done.append(part)
    return done


@lru_cache(maxsize=512)
def _around(before: str, entries: tuple[str, ...], after: str) -> tuple[str, ...]:
    return tuple(f"{before}{entry}{after}" for entry in entries)


@lru_cache(maxsize=512)
def _even(entries: tuple[str, ...]) -> NDArray[Any] | None:
    """The entries as bytes, if all are of one length: such texts are joined without a look."""
    encoded = [entry.encode() for entry in entries]
    width = len(encoded[0]) if encoded else 0
    if not width or any(len(entry) != width for entry in encoded):
        return None
    return np.frombuffer(b"".join(encoded), f"V{width}")


def _side_by_side(indexes: list[Index], tables: list[NDArray[Any]]) -> Array:
    count = len(indexes[0])
    row = np.dtype([(str(place), table.dtype) for place, table in enumerate(tables)])
    made = np.empty(count, row)
    for place, (table, index) in enumerate(zip(tables, indexes, strict=True)):
        made[str(place)] = table.take(index)
    return same_length(count, made, row.itemsize)


@lru_cache(maxsize=8)
def _digits(width: int) -> tuple[str, ...]:
    return tuple(f"{n:0{width}}" for n in range(10**width))


def _padded(numbers: Index, width: int) -> Array:
    """Numbers of 0 or more with leading zeros."""
    groups: list[Values | str] = []
    while width > 4:
        numbers, last = np.divmod(numbers, 10_000)
        groups.append(Codes(_digits(4), last))
        width -= 4
    groups.append(Codes(_digits(width), numbers))
    return _joined(tuple(groups[::-1]))
