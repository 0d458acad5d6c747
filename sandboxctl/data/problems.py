"""What must hold between the columns of a dataset, known before a row is made.

Each kind says what is wrong with itself (`kinds`); here is what concerns all of them. Each problem
has the path of the key it is about, below ``data``; the loader adds file and line.
"""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from sandboxctl.data import heeding, rules, volume
from sandboxctl.data.chance.correlations import correlation_problems
from sandboxctl.data.dirt.model import problems as dirt_problems
from sandboxctl.data.kinds.kind import Place, Problem
from sandboxctl.data.model import Data
from sandboxctl.data.numerals import spelled
from sandboxctl.data.relations import problems as relations
from sandboxctl.data.relations.sizes import sizes


def places(data: Data) -> Iterator[Place]:
    """Every column, where it stands."""
    counted = sizes(data)
    for table, content in data.tables.items():
        for name in content.columns:
            yield Place(data, counted, table, name)


def problems(data: Data) -> Iterator[Problem]:
    """Everything that cannot work, as (path below ``data``, why); nothing if all is well."""
    circle, stuck = _circles(data)
    yield from circle
    for place in places(data):
        if (place.table, place.name) in stuck:
            continue  # its type may depend on itself
        yield from place.column.problems(place)
        yield from rules.conditions(place)
        yield from _too_many(place)
    for name, table in data.tables.items():
        yield from correlation_problems(table, ("tables", name, "correlations"))
    yield from relations.problems(data, sizes(data))
    yield from heeding.problems(data)
    yield from _hidden(data)
    if not stuck:
        yield from rules.problems(data)
        yield from dirt_problems(data)
        yield from volume.problems(data, sizes(data))


def _too_many(place: Place) -> Iterator[Problem]:
    column, rows = place.column, place.rows
    exist = column.capacity(place)
    if exist is None or not column.is_unique or rows <= exist or exist <= 0:
        return
    yield (
        (*place.path, "unique"),
        f"{rows:,} unique {column.noun} asked for, {spelled(exist)} exist {column.where}",
    )


def _hidden(data: Data) -> Iterator[Problem]:
    """Tables of which nothing is seen, or whose key is not."""
    for table, content in data.tables.items():
        hidden = [name for name, column in content.columns.items() if column.hidden]
        if len(hidden) == len(content.columns):
            yield ("tables", table, "columns"), "are all hidden, so there is nothing to write"
        for name in content.key:
            if name in hidden:
                yield ("tables", table, "key"), f"has {name}, which is hidden"


def _circles(data: Data) -> tuple[list[Problem], frozenset[tuple[str, str]]]:
    """Columns whose value would depend on itself: one circle, and all that cannot be worked out."""
    needs = {(one.table, one.name): [*one.column.depends(one)] for one in places(data)}
    sorter = TopologicalSorter(needs)
    try:
        sorter.prepare()
    except CycleError as error:
        # graphlib lists a circle from what is needed to what needs it
        circle: list[tuple[str, str]] = error.args[1][::-1]
        way = " → ".join(map(".".join, circle))
        stuck = set(needs)
        while ready := sorter.get_ready():
            stuck.difference_update(ready)
            sorter.done(*ready)
        return [(("tables", circle[0][0]), f"refers to itself: {way}")], frozenset(stuck)
    return [], frozenset()
