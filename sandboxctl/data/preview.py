"""A page of synthetic rows, made on the spot, however long the table is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandboxctl.data.tables import length, rows

if TYPE_CHECKING:
    from sandboxctl.data.scope import Dataset

CHUNK = 4096
"""Rows gone through at once, to find those with mistakes."""


def page(made: Dataset, table: str, start: int, count: int) -> list[dict[str, Any]]:
    """These rows as text; None where there is no value. Of a table of truth, the first ones that
    are found from there on."""
    from sandboxctl.data.arrow import written
    from sandboxctl.data.dirt.truth import table_of

    size, found = length(made, table), list[dict[str, Any]]()
    seeks = bool(table_of(made.data, table))
    step = CHUNK if seeks else count
    for first in range(start, size, step):
        batch = rows(made, table, first, min(first + step, size))
        columns = [written(column).to_pylist() for column in batch]
        found += [
            dict(zip(batch.schema.names, row, strict=True)) for row in zip(*columns, strict=True)
        ]
        if len(found) >= count or not seeks:
            break
    return found[:count]
