"""Text for people and programs: CSV after RFC 4180 and JSON lines, both in UTF-8."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from sandboxctl.data.arrow import pool, written

Array: TypeAlias = pa.Array

_QUOTED = '["\\\\\x00-\x1f]'
_BARE = (pa.types.is_integer, pa.types.is_decimal, pa.types.is_floating, pa.types.is_boolean)


def csv_header(names: Iterable[str]) -> bytes:
    """The first line: names need no quotes."""
    return (",".join(names) + "\n").encode()


def csv_lines(batch: pa.RecordBatch) -> bytes:
    """A line for each row. Texts stand in quotes; where a value is missing there is nothing."""
    sink = pa.BufferOutputStream()
    columns = [column if _is_bare(column.type) else written(column) for column in batch]
    texts = pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
    pa.csv.write_csv(texts, sink, pa.csv.WriteOptions(include_header=False))
    return bytes(sink.getvalue())


def json_lines(batch: pa.RecordBatch) -> bytes:
    """An object for each row; what is missing is null."""
    names = [json.dumps(name, ensure_ascii=False) for name in batch.schema.names]
    parts: list[object] = []
    for place, (name, column) in enumerate(zip(names, batch, strict=True)):
        parts += [pa.scalar(f"{', ' if place else '{'}{name}: "), _json(column)]
    lines = pc.binary_join_element_wise(*parts, pa.scalar("}\n"), pa.scalar(""))
    return _bytes(lines)


def _bytes(lines: Array) -> bytes:
    """The texts of an array, one after the other."""
    _, offsets, data = lines.buffers()
    ends = memoryview(offsets).cast("i") if offsets else [0]
    first, last = ends[lines.offset], ends[lines.offset + len(lines)]
    return bytes(memoryview(data)[first:last]) if data else b""


def _is_bare(kind: pa.DataType) -> bool:
    return any(test(kind) for test in _BARE)


def _json(column: Array) -> Array:
    if _is_bare(column.type):
        made = column.cast(pa.string())
    elif pa.types.is_dictionary(column.type):
        made = _entries(tuple(column.dictionary.to_pylist())).take(column.indices)
    else:
        made = _quoted(written(column))
    return pc.fill_null(made, pa.scalar("null")) if made.null_count else made


@lru_cache(maxsize=1024)
def _entries(entries: tuple[str, ...]) -> Array:
    return pool(tuple(json.dumps(entry, ensure_ascii=False) for entry in entries))


def _quoted(texts: Array) -> Array:
    """Escapes are rare: where none is needed, quotes are put around, and that is all."""
    if pc.any(pc.match_substring_regex(texts, _QUOTED)).as_py():
        escaped = [
            None if one is None else json.dumps(one, ensure_ascii=False)
            for one in texts.to_pylist()
        ]
        return pa.array(escaped, pa.string())
    mark = pa.scalar('"')
    return pc.binary_join_element_wise(mark, texts, mark, pa.scalar(""))
