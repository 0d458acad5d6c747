"""Some rows of a table while they are made: what several columns share is worked out once.

A maker (`fields`) gets a scope, the column's name and its model, and returns its values for these
rows. It draws bits from streams named after the table and whatever it likes; it asks the scope for
other columns and for the rows of another table that a reference leads to. Nothing else may decide
a value, which is why any row can be made alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from sandboxctl.data.chance.mix import U64, below, draws, happens, permute, stream
from sandboxctl.data.dirt.model import repeats
from sandboxctl.data.kinds.missing import When
from sandboxctl.data.relations.sizes import sizes
from sandboxctl.data.values import Cells, Mask, Values

if TYPE_CHECKING:
    from sandboxctl.data.kinds import Kind
    from sandboxctl.data.model import Data, Table

T = TypeVar("T")

Maker = Callable[["Scope", str, Any], "Values | Cells"]
"""(scope, name of the column, its model) → its values."""


class Dataset:
    """A `Data` that rows are made of; keeps what holds for all rows of a table."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.sizes = sizes(data)
        self._kept: dict[Hashable, Any] = {}

    def scope(self, table: str, rows: U64) -> Scope:
        """These rows of a table; in any order, and as often as wanted."""
        return Scope(self, table, rows)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` returns, worked out the first time only. Safe from several threads,
        as two of them would make the same."""
        if key not in self._kept:
            self._kept[key] = make()
        kept: T = self._kept[key]
        return kept


class Scope:
    """``rows`` are row numbers from 0, of any shape that is one long; two may be the same."""

    def __init__(self, dataset: Dataset, table: str, rows: U64) -> None:
        self.dataset, self.table, self.rows = dataset, table, rows
        self._made: dict[Hashable, Any] = {}

    @property
    def data(self) -> Data:
        return self.dataset.data

    @property
    def content(self) -> Table:
        return self.data.tables[self.table]

    @property
    def size(self) -> int:
        """How many rows the whole table has."""
        return self.dataset.sizes[self.table]

    @property
    def count(self) -> int:
        """How many rows are being made."""
        return len(self.rows)

    @cached_property
    def origins(self) -> U64:
        """The row that each row's values are drawn for: another one where it repeats that."""
        own = self.size - repeats(self.content)
        if own == self.size or not (again := self.rows >= np.uint64(own)).any():
            return self.rows
        origins = self.rows.copy()
        later = self.rows[again] - np.uint64(own)
        origins[again] = permute(self.key("duplicates"), later, own)
        return origins

    @cached_property
    def people(self) -> U64:
        """The row that each row's person and home are drawn for: as ``origins``, and another one
        where the row is a near-duplicate of that."""
        again = np.flatnonzero(self.edge("near_duplicate") & (self.origins > 0))
        if not len(again):
            return self.origins
        earlier = below(self.bits("near_duplicate", "of")[again], self.origins[again])
        people = self.origins.copy()
        people[again] = Scope(self.dataset, self.table, earlier).people
        return people

    def key(self, *names: str | int) -> int:
        """The key of a stream of this table."""
        return stream(self.data.seed, self.table, *names)

    def bits(self, *names: str | int) -> U64:
        """64 bits for each row, from a stream of this table."""
        return draws(self.key(*names), self.origins)

    def ranks(self, name: str, size: int, *, unique: bool) -> U64:
        """A number below ``size`` for each row: all different, or drawn alike."""
        if unique:
            return permute(self.key(name), self.rows, size)
        return below(self.bits(name), size)

    def cells(self, name: str) -> Cells:
        """A column of this table, with what is missing in it."""
        return self.once(("cells", name), lambda: self._cells(name))

    def parent(self, name: str) -> Scope:
        """The rows that a reference column of this table leads to, as if none were missing."""
        from sandboxctl.data.fields.links import parent

        return self.once(("parent", name), lambda: parent(self, name))

    def edge(self, name: str) -> Mask:
        """In which rows an edge case happens."""
        rate = self.content.edge_cases.get(name, 0)
        if not rate:
            return np.zeros(self.count, np.bool_)
        return self.once(("edge", name), lambda: happens(self.bits("edge case", name), rate))

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` returns, worked out the first time only for these rows."""
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made

    def _cells(self, name: str) -> Cells:
        from sandboxctl.data.fields import maker

        column: Kind = self.content.columns[name]
        made = maker(column)(self, name, column)
        cells = made if isinstance(made, Cells) else Cells(made)
        gone = self._missing(name, column)
        if gone is None:
            return cells
        return Cells(cells.values, gone if cells.missing is None else gone | cells.missing)

    def _missing(self, name: str, column: Kind) -> Mask | None:
        if isinstance(column.missing, When):
            return self._missing_when(name, column.missing)
        return happens(self.bits(name, "missing"), column.missing) if column.missing else None

    def _missing_when(self, name: str, condition: When) -> Mask:
        from sandboxctl.data.formulas.columns import holds

        bits = self.bits(name, "missing")
        rates = happens(bits, condition.rate), happens(bits, condition.otherwise)
        return np.where(holds(self, name, condition.when), *rates)
