"""Some rows of a table as they came, with what may be asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa

from sandboxctl.data.arrow import column, written
from sandboxctl.data.chance.mix import Index
from sandboxctl.data.dirt.spots import spots
from sandboxctl.data.proof.reading import mask, read
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
        if name in self.batch.schema.names:
            return self.batch.column(name)
        return column(self.scope.cells(name))  # a hidden one

    def present(self, name: str) -> Mask:
        """Where a column has a value."""
        return mask(self.column(name).is_valid())

    @cached_property
    def first(self) -> Mask:
        """Which rows do not repeat another one: those that do are no fresh draw."""
        return np.asarray(self.scope.origins == self.scope.rows, np.bool_)

    def plain(self, name: str) -> Mask:
        """Where neither an edge case nor a mistake on purpose has put another value into a column,
        and the row does not repeat another one."""
        usual = self.first.copy()
        column: Kind = self.scope.content.columns[name]
        for case in column.heeds:
            usual &= ~self.scope.edge(case)
        usual[[spot.place for spot in spots(self.scope) if spot.column == name]] = False
        return usual

    @cached_property
    def clean(self) -> Mask:
        """Which rows have no mistake on purpose in any column."""
        which = np.ones(self.count, np.bool_)
        which[[spot.place for spot in spots(self.scope)]] = False
        return which

    @cached_property
    def observed(self) -> Scope:
        """The same rows with the values that came in place of those that would be made."""
        scope = self.dataset.scope(self.table, self.scope.rows)
        for name in scope.content.columns:
            cells = read(self.column(name))
            scope.once(("cells", name), lambda cells=cells: cells)  # type: ignore[misc]
        return scope


def kept(array: Array, which: Mask) -> Array:
    """The values of these rows."""
    return array if which.all() else array.filter(pa.array(which))


def positions(array: Array, cells: Mapping[str, int], other: int) -> Index:
    """Which of some texts each value is, written as in a CSV file; ``other`` where it is none."""
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    entries = written(coded.dictionary).to_pylist()
    known = np.array([cells.get(entry, other) for entry in entries], np.int64)
    return known[np.asarray(coded.indices.to_numpy(zero_copy_only=False), np.int64)]
