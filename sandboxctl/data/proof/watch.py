"""What is counted of a table's rows while they pass by on their way to a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.proof.safety import identifier, inside
from sandboxctl.data.scope import Dataset
from sandboxctl.data.tables import types, visible

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
    """Give it every batch of a table, in order.

    `look` counts one batch and may run in any thread; `add` takes what it found, in order; `see`
    does both.
    """

    def __init__(self, dataset: Dataset, table: str) -> None:
        columns = types(dataset, table)
        content = dataset.data.tables.get(table)  # a table of truth is in no blueprint
        places = {
            name: Place(dataset.data, dataset.sizes, table, name)
            for name in (visible(content) if content else ())
        }
        kinds = {name: identifier(place) for name, place in places.items()}
        none = {name: Verified(kind) for name, kind in kinds.items() if kind}
        self.seen = Seen(table, 0, dict.fromkeys(columns, 0), none)

    @property
    def table(self) -> str:
        return self.seen.table

    @property
    def rows(self) -> int:
        return self.seen.rows

    def see(self, batch: pa.RecordBatch) -> None:
        self.add(self.look(batch))

    def look(self, batch: pa.RecordBatch) -> Seen:
        """One batch alone; its rows are counted from 0."""
        missing = {name: batch.column(name).null_count for name in self.seen.missing}
        kinds = {name: one.kind for name, one in self.seen.verified.items()}
        verified = {name: _verified(kind, batch.column(name)) for name, kind in kinds.items()}
        return Seen(self.table, batch.num_rows, missing, verified)

    def add(self, more: Seen) -> None:
        """The batch that comes after those that were added before."""
        so_far = self.seen
        self.seen = Seen(
            so_far.table,
            so_far.rows + more.rows,
            {name: count + more.missing[name] for name, count in so_far.missing.items()},
            {
                name: _both(one, more.verified[name], so_far.rows)
                for name, one in so_far.verified.items()
            },
        )


def _verified(kind: str, array: Array) -> Verified:
    safe = inside(kind, array.drop_null())
    if safe.all():
        return Verified(kind, len(safe))
    bad = np.flatnonzero(array.is_valid().to_numpy(zero_copy_only=False))[~safe]
    return Verified(kind, len(safe), len(bad), int(bad[0]))


def _both(one: Verified, more: Verified, before: int) -> Verified:
    """Two stretches of a column, one after the other; there are ``before`` rows in the first."""
    later = None if more.first is None else before + more.first
    first = later if one.first is None else one.first
    return Verified(one.kind, one.values + more.values, one.outside + more.outside, first)
