"""Some rows of a table as they came, with what may be asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa

from sandboxctl.data.arrow import written
from sandboxctl.data.mix import Index
from sandboxctl.data.scope import Dataset, Scope
from sandboxctl.data.values import Mask

if TYPE_CHECKING:
    from sandboxctl.data.kinds import Kind

Array: TypeAlias = pa.Array


class Rows:
    """A batch, and the number of its first row."""

    def __init__(self, dataset: Dataset, table: str, start: int, batch: pa.RecordBatch) -> None:
        self.dataset, self.table, self.start, self.batch = dataset, table, start, batch

    @property
    def count(self) -> int:
        return int(self.batch.num_rows)

    @cached_property
    def scope(self) -> Scope:
        """The same rows as the dataset knows them: in which of them edge cases happen."""
        numbers = np.arange(self.start, self.start + self.count, dtype=np.uint64)
        return self.dataset.scope(self.table, numbers)

    def column(self, name: str) -> Array:
        return self.batch.column(name)

    def present(self, name: str) -> Mask:
        """Where a column has a value."""
        return mask(self.column(name).is_valid())

    def plain(self, name: str) -> Mask:
        """Where no edge case has put another value into a column."""
        usual = np.ones(self.count, np.bool_)
        column: Kind = self.scope.content.columns[name]
        for case in column.heeds:
            usual &= ~self.scope.edge(case)
        return usual


def mask(truth: Array) -> Mask:
    """A BooleanArray without nulls, as numpy has it."""
    return np.asarray(truth.to_numpy(zero_copy_only=False), np.bool_)


def kept(array: Array, which: Mask) -> Array:
    """The values of these rows."""
    return array if which.all() else array.filter(pa.array(which))


def positions(array: Array, cells: Mapping[str, int], other: int) -> Index:
    """Which of some texts each value is, written as in a CSV file; ``other`` where it is none."""
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    entries = written(coded.dictionary).to_pylist()
    known = np.array([cells.get(entry, other) for entry in entries], np.int64)
    return known[np.asarray(coded.indices.to_numpy(zero_copy_only=False), np.int64)]


def units(array: Array) -> Index:
    """Numbers, days and times as whole numbers in the units of `values`."""
    if pa.types.is_decimal(array.type):
        words = np.frombuffer(array.buffers()[1], np.int64)
        return words[array.offset * 2 : (array.offset + len(array)) * 2 : 2]
    if pa.types.is_date32(array.type):
        array = array.view(pa.int32())
    elif pa.types.is_temporal(array.type):
        array = array.view(pa.int64())
    made: Any = array.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return np.asarray(made, np.int64)
