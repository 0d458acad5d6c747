"""Tables in chunks, a row alone, and the order in which tables can be loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter

import numpy as np

from sandboxctl.blueprint.kinds import Choice, Reference, Text
from sandboxctl.blueprint.model import Data, Table
from sandboxctl.data.fields import cells
from sandboxctl.data.render import PLAIN, cell, squeeze
from sandboxctl.data.values import Cells

CHUNK = 16_384
"""Rows made at once: they stay in the processor's cache, and memory stays flat."""

_SLOTS = 16 * 1024 * 1024
_USUAL_WIDTH = 60

Chunk = dict[str, Cells]


def chunks(
    data: Data, table: str, *, start: int = 0, stop: int | None = None, size: int | None = None
) -> Iterator[tuple[int, Chunk]]:
    """The rows from ``start`` to before ``stop``, at most ``size`` at a time, with their count.

    The values do not depend on where a chunk begins or ends.
    """
    content = data.tables[table]
    size = size or _comfortable(content)
    stop = content.rows if stop is None else min(stop, content.rows)
    for first in range(start, stop, size):
        rows = np.arange(first, min(first + size, stop), dtype=np.uint64)
        yield len(rows), {name: cells(data, table, name, rows) for name in content.columns}


def _comfortable(table: Table) -> int:
    """Fewer rows at once where texts are long: each row has a slot for the longest one."""
    width = 0
    for column in table.columns.values():
        match column:
            case Text(of=groups):
                width += max(len(line.encode()) for lines in groups.values() for line in lines)
            case Choice(of=weights):
                width += max(len(str(value).encode()) for value in weights)
            case _:
                width += _USUAL_WIDTH
    return max(1, min(CHUNK, _SLOTS // max(1, width)))


def row(data: Data, table: str, number: int) -> dict[str, str | None]:
    """One row as text, made without the rows before it; counted from 0."""
    [(_, chunk)] = chunks(data, table, start=number, stop=number + 1)
    return {
        name: None
        if column.missing is not None and column.missing.item()
        else squeeze(cell(column, 1, PLAIN)).decode()
        for name, column in chunk.items()
    }


def order(data: Data, tables: Iterable[str]) -> list[str]:
    """These tables, each after those that it refers to."""
    wanted = list(tables)
    graph = {table: _parents(data, table) & set(wanted) for table in wanted}
    return list(TopologicalSorter(graph).static_order())


def _parents(data: Data, table: str) -> set[str]:
    columns = data.tables[table].columns.values()
    return {column.target[0] for column in columns if isinstance(column, Reference)} - {table}
