"""Text for people and programs: CSV after RFC 4180 and JSON lines, both in UTF-8."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from sandboxctl.data.arrow import NOTHING, pool, written
from sandboxctl.data.sinks.guard import guarded

Array: TypeAlias = pa.Array

_QUOTED = '["\\\\\x00-\x1f]'
_BARE = (pa.types.is_integer, pa.types.is_decimal, pa.types.is_floating, pa.types.is_boolean)


def csv_header(names: Iterable[str]) -> bytes:
    """The first line: names need no quotes."""
    return (",".join(names) + "\n").encode()


def csv_lines(batch: pa.RecordBatch) -> bytes:
    """A line for each row, for programs. Texts stand in quotes; where a value is missing there is
    nothing."""
    return _lines(batch, written)


def csv_cells(batch: pa.RecordBatch) -> bytes:
    """The same for people: no text in it is a formula to a spreadsheet."""
    return _lines(batch, _guarded)


def _guarded(column: Array) -> Array:
    texts = written(column)
    kind = column.type
    return guarded(texts) if pa.types.is_string(kind) or pa.types.is_dictionary(kind) else texts


def _lines(batch: pa.RecordBatch, write: Callable[[Array], Array]) -> bytes:
    sink = pa.BufferOutputStream()
    columns = [column if _is_bare(column.type) else write(column) for column in batch]
    texts = pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
    pa.csv.write_csv(texts, sink, pa.csv.WriteOptions(include_header=False))
    return bytes(sink.getvalue())


def json_lines(batch: pa.RecordBatch) -> bytes:
    """An object for each row; what is missing is null."""
    parts: list[Array] = []
    before = "{"
    for name, column in zip(batch.schema.names, batch, strict=True):
        key = f"{before}{json.dumps(name, ensure_ascii=False)}: "
        found, before = _json(column, key)
        parts += found
        before = f"{before}, "
    lines = pc.binary_join_element_wise(*parts, pa.scalar(f"{before[:-2]}}}\n"), NOTHING)
    return _bytes(lines)


def _bytes(lines: Array) -> bytes:
    """The texts of an array, one after the other."""
    _, offsets, data = lines.buffers()
    ends = memoryview(offsets).cast("i") if offsets else [0]
    first, last = ends[lines.offset], ends[lines.offset + len(lines)]
    return bytes(memoryview(data)[first:last]) if data else b""


def _is_bare(kind: pa.DataType) -> bool:
    return any(test(kind) for test in _BARE)


def _json(column: Array, key: str) -> tuple[list[Array], str]:
    """A column behind its key, and what has to stand before the next key.

    Every part costs the same, so what is plain is written into the pool or into its neighbour.
    """
    if pa.types.is_dictionary(column.type):
        entries = _entries(key, tuple(column.dictionary.to_pylist()))
        return [entries.take(pc.fill_null(column.indices, len(entries) - 1))], ""
    if _is_bare(column.type) or column.null_count:
        texts = column.cast(pa.string()) if _is_bare(column.type) else _quoted(written(column))
        return [pa.scalar(key), pc.fill_null(texts, pa.scalar("null"))], ""
    texts = written(column)
    if _needs_escapes(texts):
        return [pa.scalar(key), _escaped(texts)], ""
    return [pa.scalar(f'{key}"'), texts], '"'


@lru_cache(maxsize=1024)
def _entries(key: str, entries: tuple[str, ...]) -> Array:
    """Behind the key, and at the end what stands where a value is missing."""
    texts = [json.dumps(entry, ensure_ascii=False) for entry in entries]
    return pool(tuple(f"{key}{text}" for text in [*texts, "null"]))


def _quoted(texts: Array) -> Array:
    if _needs_escapes(texts):
        return _escaped(texts)
    mark = pa.scalar('"')
    return pc.binary_join_element_wise(mark, texts, mark, NOTHING)


def _needs_escapes(texts: Array) -> bool:
    """It is rare: where none is needed, quotes are put around, and that is all."""
    return bool(pc.any(pc.match_substring_regex(texts, _QUOTED)).as_py())


def _escaped(texts: Array) -> Array:
    found = texts.to_pylist()
    made = [None if one is None else json.dumps(one, ensure_ascii=False) for one in found]
    return pa.array(made, pa.string())
