"""Parquet: columns of texts and whole numbers, also those within structs and lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from sandboxctl.data.scan.cells import Cells, Rows, Unreadable, Work, counted

BATCH = 65_536
WIDEST, DENSEST, FREE = 2_000, 100, 10_000_000
"""Columns; values for each byte of a file; values that any file may have."""
LISTS = (pa.types.is_list, pa.types.is_large_list)
_TEXTS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)


def read(path: Path) -> Iterator[Work]:
    """A part for each 65,536 records; rows are records, counted from 1."""
    first = 1
    try:
        with parquet.ParquetFile(path) as file:
            _refuse_endless(file.metadata, path.stat().st_size)
            for batch in file.iter_batches(BATCH):
                yield partial(_columns, batch, first)
                first += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        why = str(error).splitlines()[0].removesuffix(".")
        raise Unreadable(
            f"cannot be read as Parquet: {why[:200]}", hint="Was it copied whole?"
        ) from None


def _refuse_endless(said: parquet.FileMetaData, size: int) -> None:
    """A few bytes can stand for as many records as somebody likes."""
    most = FREE + DENSEST * size
    if said.num_columns > WIDEST or said.num_rows * said.num_columns > most:
        raise Unreadable(
            f"has {said.num_rows:,} records of {said.num_columns:,} columns in {size:,} bytes",
            hint=f"At most {WIDEST:,} columns and, in that many bytes, {most:,} values are taken.",
        )


def _columns(batch: pa.RecordBatch, first: int) -> list[Cells]:
    return [
        cells
        for name, values in zip(batch.schema.names, batch.columns, strict=True)
        for cells in _flat(name, values, counted(first))
    ]


def _flat(name: str, values: pa.Array, rows: Rows) -> Iterator[Cells]:
    kind = values.type
    if pa.types.is_struct(kind):
        for field, inner in zip(kind, values.flatten(), strict=True):
            yield from _flat(f"{name}.{field.name}", inner, rows)
    elif any(is_list(kind) for is_list in LISTS):
        parents = values.value_parent_indices().to_pylist()
        yield from _flat(f"{name}[]", values.flatten(), partial(_of_parents, parents, rows))
    elif (found := texts(values)) is not None:
        yield Cells(name, found, rows)


def _of_parents(parents: Sequence[int], rows: Rows, places: Sequence[int]) -> list[int]:
    return rows([parents[place] for place in places])


def texts(values: pa.Array) -> pa.Array | None:
    """As StringArray; None for what holds no identifiers: dates, fractions, truth."""
    kind: Any = values.type
    if pa.types.is_dictionary(kind):
        inner = texts(values.dictionary)
        return None if inner is None else pa.DictionaryArray.from_arrays(values.indices, inner)
    if pa.types.is_float64(kind):
        # whole numbers with gaps become floats on their way through other tools
        whole = pc.and_kleene(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), 1e15))
        return pc.if_else(whole, values, None).cast(pa.int64()).cast(pa.string())
    if any(is_text(kind) for is_text in _TEXTS) or pa.types.is_integer(kind):
        return values.cast(pa.string())
    return None
