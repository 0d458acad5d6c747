"""What tells rows apart, and what connects them: no two the same, none that leads nowhere."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from sandboxctl.data.arrow import column
from sandboxctl.data.dataset import CHUNK
from sandboxctl.data.proof.limits import divergence, most_divergence, variation
from sandboxctl.data.proof.prints import joined, prints
from sandboxctl.data.proof.result import Result, none
from sandboxctl.data.proof.rows import Rows, kept
from sandboxctl.data.proof.store import Store, multitudes, repeats, strangers
from sandboxctl.data.relations.counting import Drawn, Fixed
from sandboxctl.data.scope import Dataset

Array: TypeAlias = pa.Array


class Distinct:
    """Columns that together have no value twice; rows with a gap in them do not count."""

    tests = 0

    def __init__(self, table: str, names: tuple[str, ...], store: Store) -> None:
        self.where = f"{table}.{' + '.join(names)}"
        self.names, self._store, self._rows = names, store, 0

    def see(self, rows: Rows) -> None:
        whole = np.logical_and.reduce([rows.present(name) for name in self.names])
        parts = [prints(kept(rows.column(name), whole)) for name in self.names]
        self._store.add(joined(parts) if len(parts) > 1 else parts[0])
        self._rows += int(whole.sum())

    def results(self, alarm: float) -> list[Result]:  # noqa: ARG002 - luck has no part in it
        found = f"of {self._rows:,} came before"
        return [none("unique", self.where, "no two the same", repeats(self._store), found)]


class Leads:
    """A reference: every value is the key of a row that the other table has."""

    tests = 0

    def __init__(
        self, dataset: Dataset, table: str, name: str, target: tuple[str, str], store: Store
    ) -> None:
        self.where, self.table, self.name = f"{table}.{name}", table, name
        self.dataset, self.target, self.store, self.rows = dataset, target, store, 0

    def see(self, rows: Rows) -> None:
        found = prints(rows.column(self.name).drop_null())
        self.store.add(found)
        self.rows += len(found)

    def results(self, alarm: float) -> list[Result]:  # noqa: ARG002 - luck has no part in it
        with Store() as known:
            for keys in all_keys(self.dataset, *self.target):
                known.add(prints(keys.drop_null()))
            orphans = strangers(self.store, known)
        declared = f"a row of {'.'.join(self.target)}"
        return [none("reference", self.where, declared, orphans, f"of {self.rows:,} lead nowhere")]


class Children:
    """A reference to the parent that the rows are there for: how many each parent has."""

    tests = 1

    def __init__(self, leads: Leads, how: Fixed | Drawn) -> None:
        self.leads, self.see = leads, leads.see
        pairs = [(how.most, 1.0)] if isinstance(how, Fixed) else _pairs(how)
        whole = math.fsum(weight for _, weight in pairs)
        self.shares = {value: weight / whole for value, weight in pairs}

    def results(self, alarm: float) -> list[Result]:
        """Of the first rows of a table it cannot be said: some children may be to come."""
        found = self.leads.results(alarm)
        sizes, table = self.leads.dataset.sizes, self.leads.target[0]
        if self.leads.rows < sizes[self.leads.table]:
            return found
        came = multitudes(self.leads.store)
        came[0] = sizes[table] - sum(came.values())
        return [*found, judged(self.leads.where, table, self.shares, came, alarm)]


def _pairs(how: Drawn) -> list[tuple[int, float]]:
    return list(zip(how.values, how.weights, strict=True))


def judged(
    where: str, parent: str, shares: dict[int, float], came: Mapping[int, int], alarm: float
) -> Result:
    """Numbers of children, beside how often each should come."""
    numbers = sorted({*shares, *(number for number, parents in came.items() if parents)})
    counts = [came.get(number, 0) for number in numbers]
    wanted = [shares.get(number, 0.0) for number in numbers]
    possible = sum(share > 0 for share in wanted)
    far, limit = divergence(counts, wanted), most_divergence(possible, alarm)
    declared = f"rows for each of {parent}"
    observed = f"{variation(counts, wanted):.3%} of {sum(counts):,} apart"
    return Result("chi-square", where, declared, observed, far, limit, far <= limit, alarm)


def all_keys(dataset: Dataset, table: str, name: str) -> Iterator[Array]:
    """One column of a whole table, without making the others."""
    size = dataset.sizes[table]
    for start in range(0, size, CHUNK):
        numbers = np.arange(start, min(start + CHUNK, size), dtype=np.uint64)
        yield column(dataset.scope(table, numbers).cells(name))
