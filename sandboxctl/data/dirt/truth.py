"""The table of what was meant: a row for each field that is not, and for each row entered again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sandboxctl.data.arrow import column, written
from sandboxctl.data.dirt.model import TRUTH, key_of
from sandboxctl.data.dirt.spots import spots
from sandboxctl.data.types import TEXT, Type

if TYPE_CHECKING:
    from sandboxctl.data.model import Data
    from sandboxctl.data.scope import Dataset, Scope

TYPES: dict[str, Type] = {
    "row": Type("whole", 0, 1, 2**40),
    "record": TEXT,
    "field": TEXT,
    "how": TEXT,
    "meant": TEXT,
    "stands": TEXT,
}
"""``row`` counts from 1, ``record`` is the row's key; of a row entered again ``meant`` is the key
of the row it repeats."""

SCHEMA = pa.schema(
    [(name, pa.int64() if kind.name == "whole" else pa.string()) for name, kind in TYPES.items()]
)


def table_of(data: Data, name: str) -> str | None:
    """The table whose truth is called ``name``; None if that is no such name."""
    table = name.removesuffix(TRUTH)
    content = data.tables.get(table)
    known = table != name and name not in data.tables and content is not None
    return table if known and content is not None and content.dirt else None


def truths(data: Data) -> list[str]:
    """Names of all such tables, in the order of the blueprint."""
    return [f"{name}{TRUTH}" for name, content in data.tables.items() if content.dirt]


def truth(dataset: Dataset, table: str, start: int, stop: int) -> pa.RecordBatch:
    """What was meant in the rows of ``table`` from ``start`` to before ``stop``."""
    scope = dataset.scope(table, np.arange(start, stop, dtype=np.uint64))
    found: list[tuple[int, str, str, str | None, str | None]] = [
        (spot.place, spot.column, spot.how, spot.meant, spot.stands) for spot in spots(scope)
    ]
    found += [(place, "", "duplicate", meant, None) for place, meant in _repeated(scope)]
    found.sort(key=lambda one: (one[0], one[1]))
    keys = _keys(scope, np.array([one[0] for one in found], np.int64))
    columns = [
        [int(scope.rows[one[0]]) + 1 for one in found],
        keys,
        [one[1] or None for one in found],
        *([one[place] for one in found] for place in (2, 3, 4)),
    ]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _repeated(scope: Scope) -> list[tuple[int, str | None]]:
    """Rows that repeat another one: their places, and the keys of those they repeat."""
    places = np.flatnonzero(scope.origins != scope.rows)
    if not len(places):
        return []
    first = scope.dataset.scope(scope.table, scope.origins[places])
    return list(zip(places.tolist(), _keys(first, np.arange(len(places))), strict=True))


def _keys(scope: Scope, places: np.typing.NDArray[np.int64]) -> list[str | None]:
    """The keys of the rows at these places."""
    name = key_of(scope.data, scope.table)
    if name is None or not len(places):
        return [None] * len(places)
    few = scope.dataset.scope(scope.table, scope.rows[places])
    keys: list[str | None] = written(column(few.cells(name))).to_pylist()
    return keys
