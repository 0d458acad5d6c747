"""A table as it is written: rows with their mistakes; or what was meant by another table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sandboxctl.data.arrow import column
from sandboxctl.data.dirt.spots import dirty
from sandboxctl.data.dirt.truth import TYPES, table_of, truth, truths
from sandboxctl.data.kinds.kind import Kind, Place
from sandboxctl.data.types import Type

if TYPE_CHECKING:
    from sandboxctl.data.model import Table
    from sandboxctl.data.scope import Dataset


def names(dataset: Dataset) -> list[str]:
    """Every table that can be written, in the order of the blueprint, truths last."""
    return [*dataset.data.tables, *truths(dataset.data)]


def length(dataset: Dataset, table: str) -> int:
    """How many rows are gone through to write a table; a table of truth has fewer."""
    return dataset.sizes[table_of(dataset.data, table) or table]


def visible(content: Table) -> dict[str, Kind]:
    """The columns of a table that are written."""
    return {name: column for name, column in content.columns.items() if not column.hidden}


def types(dataset: Dataset, table: str) -> dict[str, Type]:
    """The columns of a table and what they hold."""
    if table_of(dataset.data, table):
        return TYPES
    columns = visible(dataset.data.tables[table])
    return {name: Place(dataset.data, dataset.sizes, table, name).type for name in columns}


def rows(dataset: Dataset, table: str, start: int, stop: int) -> pa.RecordBatch:
    """What is written for the rows from ``start`` to before ``stop``."""
    if dirty_one := table_of(dataset.data, table):
        return truth(dataset, dirty_one, start, stop)
    scope = dataset.scope(table, np.arange(start, stop, dtype=np.uint64))
    columns = list(visible(scope.content))
    return pa.RecordBatch.from_arrays(
        [column(dirty(scope, name)) for name in columns], names=columns
    )
