"""The order in which tables can be loaded."""

from __future__ import annotations

from collections.abc import Iterable

from sandboxctl.data.kinds.links import Reference
from sandboxctl.data.model import Data


def order(data: Data, tables: Iterable[str]) -> list[str]:
    """These tables, each after those that it refers to.

    Tables that refer to each other come one after the other all the same: their foreign keys
    (`late`) can be added when both are there.
    """
    wanted, done = list(tables), dict[str, bool]()
    for table in wanted:
        _put(data, table, wanted, done)
    return [table for table, is_put in done.items() if is_put]


def late(data: Data, tables: Iterable[str]) -> list[tuple[str, str]]:
    """References, as (table, column), to tables that are loaded after their own."""
    ordered = order(data, tables)
    return [
        (table, name)
        for position, table in enumerate(ordered)
        for name, column in data.tables[table].columns.items()
        if isinstance(column, Reference) and column.target[0] in ordered[position + 1 :]
    ]


def _put(data: Data, table: str, wanted: list[str], done: dict[str, bool]) -> None:
    """First what it refers to, unless that is under way: then there is a circle."""
    if table in done:
        return
    done[table] = False
    for parent in _parents(data, table):
        if parent in wanted:
            _put(data, parent, wanted, done)
    del done[table]
    done[table] = True


def _parents(data: Data, table: str) -> list[str]:
    content = data.tables.get(table)  # a table of truth refers to none
    columns = content.columns.values() if content else ()
    return [column.target[0] for column in columns if isinstance(column, Reference)]
