"""What must hold between the columns of a dataset, known before a row is made.

Each kind says what is wrong with itself (`kinds`); here is what concerns all of them. Each problem
has the path of the key it is about, below ``data``; the loader adds file and line.
"""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from sandboxctl.data import relations
from sandboxctl.data.kinds.kind import Place, Problem
from sandboxctl.data.model import Data
from sandboxctl.data.sizes import sizes


def places(data: Data) -> Iterator[Place]:
    """Every column, where it stands."""
    counted = sizes(data)
    for table, content in data.tables.items():
        for name in content.columns:
            yield Place(data, counted, table, name)


def problems(data: Data) -> Iterator[Problem]:
    """Everything that cannot work, as (path below ``data``, why); nothing if all is well."""
    for place in places(data):
        yield from place.column.problems(place)
        yield from _too_many(place)
    yield from relations.problems(data, sizes(data))
    yield from _circles(data)


def _too_many(place: Place) -> Iterator[Problem]:
    column, rows = place.column, place.rows
    exist = column.capacity(place)
    if exist is None or not column.is_unique or rows <= exist or exist <= 0:
        return
    yield (
        (*place.path, "unique"),
        f"{rows:,} unique {column.noun} asked for, {exist:,} exist {column.where}",
    )


def _circles(data: Data) -> Iterator[Problem]:
    """Columns whose value would depend on itself."""
    columns: dict[str, list[str]] = {}
    for place in places(data):
        needs = [f"{table}.{name}" for table, name in place.column.needs(place)]
        columns[f"{place.table}.{place.name}"] = needs
    yield from _circle(columns)


def _circle(graph: dict[str, list[str]]) -> list[Problem]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # graphlib lists a circle from what is needed to what needs it
        circle: list[str] = error.args[1][::-1]
        table = circle[0].partition(".")[0]
        return [(("tables", table), f"refers to itself: {' → '.join(circle)}")]
    return []
