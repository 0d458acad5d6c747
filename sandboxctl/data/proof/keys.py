"""What tells rows apart, and what connects them: no two the same, none that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from sandboxctl.data.arrow import column
from sandboxctl.data.dataset import CHUNK
from sandboxctl.data.proof.prints import joined, prints
from sandboxctl.data.proof.result import Result, none
from sandboxctl.data.proof.rows import Rows, kept
from sandboxctl.data.proof.store import Store, repeats, strangers
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
        self.where, self.name = f"{table}.{name}", name
        self.dataset, self.target, self._store, self._rows = dataset, target, store, 0

    def see(self, rows: Rows) -> None:
        found = prints(rows.column(self.name).drop_null())
        self._store.add(found)
        self._rows += len(found)

    def results(self, alarm: float) -> list[Result]:  # noqa: ARG002 - luck has no part in it
        with Store() as known:
            for keys in all_keys(self.dataset, *self.target):
                known.add(prints(keys.drop_null()))
            orphans = strangers(self._store, known)
        declared = f"a row of {'.'.join(self.target)}"
        return [none("reference", self.where, declared, orphans, f"of {self._rows:,} lead nowhere")]


def all_keys(dataset: Dataset, table: str, name: str) -> Iterator[Array]:
    """One column of a whole table, without making the others."""
    size = dataset.sizes[table]
    for start in range(0, size, CHUNK):
        numbers = np.arange(start, min(start + CHUNK, size), dtype=np.uint64)
        yield column(dataset.scope(table, numbers).cells(name))
