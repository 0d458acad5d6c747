"""What is counted of a table's rows while they pass by on their way to a file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.proof.safety import identifier, inside
from sandboxctl.data.scope import Dataset
from sandboxctl.data.tables import types

Array: TypeAlias = pa.Array


@dataclass(frozen=True, slots=True)
class Verified:
    """Values of an identifier that were looked at one by one, and those outside its safe set.

    ``first`` is the number of the first row with one outside, counted from 0."""

    kind: str
    values: int = 0
    outside: int = 0
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """Counts of the rows of one table; ``verified`` has the columns that hold identifiers."""

    table: str
    rows: int = 0
    missing: dict[str, int] = field(default_factory=dict)
    verified: dict[str, Verified] = field(default_factory=dict)


class Watch:
    """Give it every batch of a table, in order; of a table of truth, too."""

    def __init__(self, dataset: Dataset, table: str) -> None:
        columns = {
            name: Place(dataset.data, dataset.sizes, table, name).at(table, name)
            for name in types(dataset, table)
        }
        self.table, self.rows = table, 0
        self._missing = dict.fromkeys(columns, 0)
        self._verified = {
            name: Verified(kind)
            for name, place in columns.items()
            if place and (kind := identifier(place))
        }

    @property
    def seen(self) -> Seen:
        return Seen(self.table, self.rows, dict(self._missing), dict(self._verified))

    def see(self, batch: pa.RecordBatch) -> None:
        for name in self._missing:
            self._missing[name] += batch.column(name).null_count
        for name, so_far in self._verified.items():
            self._verified[name] = self._verify(so_far, batch.column(name))
        self.rows += batch.num_rows

    def _verify(self, so_far: Verified, array: Array) -> Verified:
        safe = inside(so_far.kind, array.drop_null())
        more = replace(so_far, values=so_far.values + len(safe))
        if safe.all():
            return more
        bad = np.flatnonzero(array.is_valid().to_numpy(zero_copy_only=False))[~safe]
        first = self.rows + int(bad[0]) if so_far.first is None else so_far.first
        return replace(more, outside=so_far.outside + len(bad), first=first)
