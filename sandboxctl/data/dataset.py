"""Tables in chunks, and a row alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sandboxctl.data.arrow import written
from sandboxctl.data.loading_order import order
from sandboxctl.data.scope import Dataset
from sandboxctl.data.tables import length, rows

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CHUNK", "batches", "order", "row"]

CHUNK = 16_384
"""Rows made at once: they stay in the processor's cache, and memory stays flat."""


def batches(
    dataset: Dataset, table: str, *, start: int = 0, stop: int | None = None, size: int = CHUNK
) -> Iterator[pa.RecordBatch]:
    """The rows from ``start`` to before ``stop``, at most ``size`` at a time.

    The values do not depend on where a chunk begins or ends.
    """
    end = length(dataset, table) if stop is None else min(stop, length(dataset, table))
    for first in range(start, end, size):
        yield rows(dataset, table, first, min(first + size, end))


def row(dataset: Dataset, table: str, number: int) -> dict[str, str | None]:
    """One row as text, made without the rows before it; counted from 0."""
    made = rows(dataset, table, number, number + 1)
    return {
        name: written(column)[0].as_py()
        for name, column in zip(made.schema.names, made, strict=True)
    }
