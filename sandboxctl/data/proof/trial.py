"""One table, held to everything that is declared of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Self

import pyarrow as pa

from sandboxctl.data.kinds.kind import Kind, Place
from sandboxctl.data.kinds.links import Reference, own_parents
from sandboxctl.data.kinds.missing import When
from sandboxctl.data.proof.conditions import MissingWhen, Rule
from sandboxctl.data.proof.keys import Children, Distinct, Leads
from sandboxctl.data.proof.observers import Bounds, EdgeCase, Looks, Missing, Observer, Present
from sandboxctl.data.proof.result import Result, none
from sandboxctl.data.proof.rows import Rows
from sandboxctl.data.proof.store import Store
from sandboxctl.data.proof.watch import Watch
from sandboxctl.data.relations.counting import Drawn, Fixed, counting
from sandboxctl.data.scope import Dataset


class Trial:
    """Give it every batch of a table, in order, then ask for the results; close it."""

    def __init__(self, dataset: Dataset, table: str) -> None:
        self.dataset, self.table = dataset, table
        self.watch = Watch(dataset, table)
        self._open = ExitStack()
        self._observers = list(self._all())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._open.close()

    @property
    def tests(self) -> int:
        """How many of its results luck has a part in."""
        return sum(one.tests for one in self._observers)

    def see(self, batch: pa.RecordBatch) -> None:
        rows = Rows(self.dataset, self.table, self.watch.rows, batch)
        self.watch.see(batch)
        for one in self._observers:
            one.see(rows)

    def results(self, alarm: float, *, rows: int | None = None) -> list[Result]:
        """``rows`` is how many there should be; all of the table's unless it says so."""
        wanted = self.dataset.sizes[self.table] if rows is None else rows
        seen = self.watch.rows
        found = [_counted(self.table, wanted, seen), *_safe(self.watch)]
        return found + [result for one in self._observers for result in one.results(alarm)]

    def _all(self) -> Iterator[Observer]:
        content = self.dataset.data.tables[self.table]
        for name in content.columns:
            place = Place(self.dataset.data, self.dataset.sizes, self.table, name)
            yield from self._of_column(place)
        if content.key:
            yield Distinct(self.table, content.key, self._store())
        for case, rate in content.edge_cases.items():
            yield EdgeCase(self.table, case, rate)
        for rule in content.rules:
            yield Rule(self.table, rule)

    def _of_column(self, place: Place) -> Iterator[Observer]:
        column, kind = place.column, place.type
        if gaps := _missing(place):
            yield gaps
        if kind.low is not None or kind.high is not None:
            yield Bounds(place, kind)
        if (expected := column.expected(place)) is not None:
            yield Looks(place, expected)
        if column.is_unique:
            yield Distinct(place.table, (place.name,), self._store())
        if isinstance(column, Reference):
            yield self._reference(place, column)

    def _reference(self, place: Place, column: Reference) -> Observer:
        leads = Leads(self.dataset, place.table, place.name, column.target, self._store())
        how = counting(self.dataset.data, place.table)
        if isinstance(how, Fixed | Drawn) and place.name in own_parents(place.content):
            return Children(leads, how)
        return leads

    def _store(self) -> Store:
        return self._open.enter_context(Store())


def _missing(place: Place) -> Observer | None:
    """A rate is checked where nothing but the rate decides what is missing."""
    column = place.column
    if not column.is_missing:
        return Present(place)
    if type(column).is_missing is not Kind.is_missing:
        return None
    missing = column.missing
    return MissingWhen(place, missing) if isinstance(missing, When) else Missing(place, missing)


def _counted(table: str, wanted: int, seen: int) -> Result:
    off = abs(seen - wanted)
    return Result("rows", table, f"{wanted:,}", f"{seen:,}", off, 0, off == 0)


def _safe(watch: Watch) -> Iterator[Result]:
    for name, verified in watch.seen.verified.items():
        found = f"of {verified.values:,} outside"
        if verified.first is not None:
            found += f", the first in row {verified.first + 1:,}"
        where = f"{watch.table}.{name}"
        yield none("safe set", where, f"only safe {verified.kind}", verified.outside, found)
