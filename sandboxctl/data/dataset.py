"""Tables in chunks, and a row alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sandboxctl.data.arrow import written
from sandboxctl.data.relations.loading_order import order
from sandboxctl.data.scope import Dataset
from sandboxctl.data.tables import length, rows

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CHUNK", "batches", "order", "row"]

CHUNK = 65_536
"""Rows made at once where rows are short: the cache holds them, and Python hardly counts."""

_ROOM = 12 * 1024 * 1024
"""Bytes of text made at once where rows are long."""

_SAMPLE = 32


def chunk(dataset: Dataset, table: str) -> int:
    """How many rows of a table to make at once, so that memory stays flat; values do not depend
    on it."""
    sample = rows(dataset, table, 0, min(_SAMPLE, length(dataset, table)))
    if not sample.num_rows:
        return CHUNK
    width = sum(column_width(column) for column in sample)
    return max(256, min(CHUNK, _ROOM // max(1, width)))


def column_width(column: pa.Array) -> int:
    """Bytes of a value, about: the mean of these."""
    return sum(map(len, written(column).drop_null().to_pylist())) // max(1, len(column))


def batches(
    dataset: Dataset, table: str, *, start: int = 0, stop: int | None = None, size: int = 0
) -> Iterator[pa.RecordBatch]:
    """The rows from ``start`` to before ``stop``, at most ``size`` at a time, or a good number.

    The values do not depend on where a chunk begins or ends.
    """
    end = length(dataset, table) if stop is None else min(stop, length(dataset, table))
    size = size or chunk(dataset, table)
    for first in range(start, end, size):
        yield rows(dataset, table, first, min(first + size, end))


def row(dataset: Dataset, table: str, number: int) -> dict[str, str | None]:
    """One row as text, made without the rows before it; counted from 0."""
    made = rows(dataset, table, number, number + 1)
    return {
        name: written(column)[0].as_py()
        for name, column in zip(made.schema.names, made, strict=True)
    }
