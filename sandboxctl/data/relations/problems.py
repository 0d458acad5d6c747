"""What can be wrong with tables whose rows follow from those of other tables, and with keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sandboxctl.data.kinds.kind import Problem
from sandboxctl.data.kinds.states import State
from sandboxctl.data.model import Data
from sandboxctl.data.numerals import spelled
from sandboxctl.data.relations import keys
from sandboxctl.data.relations.rows import LARGEST, Per


def problems(data: Data, sizes: Mapping[str, int]) -> Iterator[Problem]:
    """Of all tables."""
    circles = set[str]()
    for table, content in data.tables.items():
        if isinstance(content.rows, Per) and table not in circles:
            circle = _circle(data, table)
            circles.update(circle)
            yield from _rows(data, table, content.rows, circle, sizes)
        if isinstance(content.rows, int) and sizes[table] > LARGEST:
            why = f"makes {sizes[table]:,} rows with those entered again"
            yield ("tables", table, "rows"), f"{why}, {LARGEST:,} are possible"
        yield from keys.problems(data, table)


def _rows(
    data: Data, table: str, rows: Per, circle: list[str], sizes: Mapping[str, int]
) -> Iterator[Problem]:
    path = ("tables", table, "rows")
    if rows.per not in data.tables:
        yield (*path, "per"), f"{rows.per} is not a table; there are {', '.join(data.tables)}"
    elif circle:
        yield (*path, "per"), f"its rows depend on themselves: {' → '.join(circle)}"
    elif sizes[table] > LARGEST:
        yield path, f"makes {spelled(sizes[table])} rows, {LARGEST:,} are possible"
    if isinstance(rows.count, dict) and not any(rows.count.values()):
        yield (*path, "count"), "has no weight above 0, so there is nothing to choose"
    if rows.history and not isinstance(data.tables[table].columns.get(rows.history), State):
        yield (*path, "history"), f"{rows.history} should be a state column of this table"


def _circle(data: Data, table: str) -> list[str]:
    """From a table by way of what its rows are for, back to it; empty if that has an end."""
    way = [table]
    while True:
        rows = data.tables[way[-1]].rows
        if not isinstance(rows, Per) or rows.per not in data.tables:
            return []
        way.append(rows.per)
        if rows.per in way[:-1]:
            return way if rows.per == table else []
