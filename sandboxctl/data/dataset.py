"""Tables in chunks, a row alone, and the order in which tables can be loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from sandboxctl.data.arrow import rows, written
from sandboxctl.data.kinds.links import Reference
from sandboxctl.data.model import Data
from sandboxctl.data.scope import Dataset

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK = 16_384
"""Rows made at once: they stay in the processor's cache, and memory stays flat."""


def batches(
    dataset: Dataset, table: str, *, start: int = 0, stop: int | None = None, size: int = CHUNK
) -> Iterator[pa.RecordBatch]:
    """The rows from ``start`` to before ``stop``, at most ``size`` at a time.

    The values do not depend on where a chunk begins or ends.
    """
    end = dataset.sizes[table] if stop is None else min(stop, dataset.sizes[table])
    for first in range(start, end, size):
        yield rows(dataset, table, first, min(first + size, end))


def row(dataset: Dataset, table: str, number: int) -> dict[str, str | None]:
    """One row as text, made without the rows before it; counted from 0."""
    made = rows(dataset, table, number, number + 1)
    return {
        name: written(column)[0].as_py()
        for name, column in zip(made.schema.names, made, strict=True)
    }


def order(data: Data, tables: Iterable[str]) -> list[str]:
    """These tables, each after those that it refers to."""
    wanted = list(tables)
    graph = {table: _parents(data, table) & set(wanted) for table in wanted}
    return list(TopologicalSorter(graph).static_order())


def _parents(data: Data, table: str) -> set[str]:
    columns = data.tables[table].columns.values()
    return {column.target[0] for column in columns if isinstance(column, Reference)} - {table}
