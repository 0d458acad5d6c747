"""About how much room rows take in a database, so that too many are refused before one is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sandboxctl.data.kinds.kind import Place, Problem
from sandboxctl.data.model import Data
from sandboxctl.data.numerals import spelled
from sandboxctl.data.types import Type

MOST = 16 * 1024**3
"""Bytes of all tables together: what a sandbox may keep on disk."""

ROW = 28
"""Bytes of a row's header and its place in a page (PostgreSQL, storage-page-layout)."""

WIDTHS = {
    "whole": 8,
    "decimal": 10,
    "truth": 1,
    "day": 4,
    "moment": 8,
    "span": 16,
    "uuid": 16,
}

TEXT = 24
"""Bytes of a text, where its kind does not say how long one is; and the least otherwise."""


def problems(data: Data, sizes: Mapping[str, int]) -> Iterator[Problem]:
    """Tables that would not fit; said of the largest one."""
    found = {table: size(data, sizes, table) for table in data.tables}
    total = sum(found.values())
    if total > MOST:
        largest = max(found, key=lambda table: found[table])
        yield (
            ("tables", largest, "rows"),
            f"come to {_gibibytes(total)} with all other tables; "
            f"a sandbox holds {MOST // 1024**3} GiB",
        )


def _gibibytes(total: int) -> str:
    written = spelled((total + 1024**3 // 2) // 1024**3)
    return f"about {written.removeprefix('about ')} GiB"


def size(data: Data, sizes: Mapping[str, int], table: str) -> int:
    """Bytes, without indexes."""
    columns = data.tables[table].columns
    places = (Place(data, sizes, table, name) for name in columns)
    return sizes[table] * (ROW + sum(_width(place.type) for place in places))


def _width(kind: Type) -> int:
    """Bytes of a value; half of the longest text is taken for the mean."""
    if kind.name == "text":
        return max(TEXT, (kind.length or 0) // 2)
    return WIDTHS[kind.name]
