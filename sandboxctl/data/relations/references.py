"""Where references lead, and all that can be wrong with one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sandboxctl.data.kinds.kind import Place, Problem
from sandboxctl.data.relations.counting import most_children
from sandboxctl.data.relations.rows import Per

if TYPE_CHECKING:
    from sandboxctl.data.kinds.links import Reference


def end(place: Place) -> Place | None:
    """The column that holds the values of a reference, which may lead to another reference."""
    from sandboxctl.data.kinds.links import Reference

    there: Place | None = place
    for _ in range(len(place.data.tables) * 200):
        if there is None or not isinstance(there.column, Reference):
            return there
        there = there.at(*there.column.target)
    return None


def column_at(place: Place, path: str) -> Place | None:
    """The column that ``name``, or ``reference.name``, means; None if there is none."""
    from sandboxctl.data.kinds.links import Reference

    there = place.neighbour(path.partition(".")[0])
    for name in path.split(".")[1:]:
        if there is None or not isinstance(there.column, Reference):
            return None
        there = there.at(there.column.target[0], name)
    return there


def columns_of(place: Place, path: str) -> Iterator[tuple[str, str]]:
    """The columns whose values a path is made from, as (table, column); for `Kind.needs`."""
    names = path.split(".")
    for count in range(1, len(names) + 1):
        there = column_at(place, ".".join(names[:count]))
        if there is not None:
            yield there.table, there.name


def problems(place: Place, column: Reference) -> Iterator[Problem]:
    """Everything about a reference that cannot work."""
    target = list(_target(place, column))
    yield from target
    if target:
        return
    yield from _unique(place, column)
    yield from _parent(place, column)
    yield from _distinct(place, column)
    yield from _earlier(place, column)


def _target(place: Place, column: Reference) -> Iterator[Problem]:
    table, name = column.target
    parent = place.data.tables.get(table)
    there = place.at(table, name)
    to = (*place.path, "to")
    if parent is None:
        yield to, f"{table} is not a table; there are {', '.join(place.data.tables)}"
    elif there is None:
        yield to, f"{table} has no column {name}; it has {', '.join(parent.columns)}"
    elif not there.column.is_unique:
        yield to, f"{column.to} should be unique: add `unique: true` to it"
    elif there.column.is_missing:
        yield to, f"{column.to} has missing values, so it cannot be a key"
    elif there.rows == 0 < place.rows:
        yield to, f"{table} has no rows to refer to"


def _unique(place: Place, column: Reference) -> Iterator[Problem]:
    if not column.unique:
        return
    there, unique = column.target[0], (*place.path, "unique")
    if _is_own(place):
        most = most_children(place.data, place.table) or 0
        if most > 1:
            yield unique, f"a row of {there} may have {most:,} rows of {place.table}"
    elif place.rows > place.sizes[there]:
        why = f"{place.rows:,} rows of {there} asked for, it has {place.sizes[there]:,}"
        yield unique, why
    elif column.distribution != "uniform":
        why = "should be uniform where each row is referred to at most once"
        yield (*place.path, "distribution"), why


def _is_own(place: Place) -> bool:
    from sandboxctl.data.kinds.links import own_parents

    return place.name in own_parents(place.content)


def _parent(place: Place, column: Reference) -> Iterator[Problem]:
    rows, there = place.content.rows, column.target[0]
    per = rows.per if isinstance(rows, Per) else ""
    if column.parent and there != per:
        yield (*place.path, "parent"), f"{place.table} has no `rows: {{per: {there}}}`"
    if not _is_own(place):
        return
    for key, wrong in (
        ("distribution", column.distribution != "uniform"),
        ("distinct", column.distinct),
        ("earlier", column.earlier),
    ):
        if wrong:
            why = "it leads to the row's own parent; otherwise add `parent: false`"
            yield (*place.path, key), why


def _distinct(place: Place, column: Reference) -> Iterator[Problem]:
    if not column.distinct or _is_own(place):
        return
    there, distinct = column.target[0], (*place.path, "distinct")
    most = most_children(place.data, place.table)
    exist = others(place)
    if not isinstance(place.content.rows, Per):
        yield distinct, f"{place.table} has no parents: that takes `rows: {{per: …}}`"
    elif most and most > exist:
        why = (
            f"a parent may have {most:,} rows of {place.table}, and there are {exist:,} of {there}"
        )
        yield distinct, f"{why} to differ in"
    if column.unique or column.distribution != "uniform" or column.earlier:
        yield distinct, "does not go with `unique`, `earlier` or a distribution"


def others(place: Place) -> int:
    """How many rows the children of one parent may refer to: of its own table, not itself."""
    from sandboxctl.data.kinds.links import Reference

    assert isinstance(place.column, Reference)
    there, rows = place.column.target[0], place.content.rows
    itself = isinstance(rows, Per) and rows.per == there
    return max(place.sizes[there] - itself, 0)


def _earlier(place: Place, column: Reference) -> Iterator[Problem]:
    if column.earlier and column.target[0] != place.table:
        yield (*place.path, "earlier"), f"only {place.table} has rows before one of its own"
    if column.earlier and (column.unique or column.distribution != "uniform"):
        yield (*place.path, "earlier"), "does not go with `unique` or a distribution"
    if column.roots is not None and not column.earlier:
        yield (*place.path, "roots"), "only a reference with `earlier: true` has roots"
