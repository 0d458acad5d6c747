"""References between tables: values that all occur in a unique column with a name that fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow.compute as pc

from sandboxctl.data.identifiers.texts import numpy
from sandboxctl.data.infer import names
from sandboxctl.data.infer.look import Column
from sandboxctl.data.infer.profile import LEAST, Link, Seen

PARENTS = ("parent", "manager", "supervisor", "previous", "superior", "head", "reports_to")
MOST_CHILDREN = 1_000


@dataclass(frozen=True, slots=True)
class Held:
    """A table with its columns, and what its source declares of them."""

    name: str
    rows: int
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()
    declared: tuple[tuple[str, str, str], ...] = ()
    """Column, table and column of each foreign key."""
    notes: tuple[str, ...] = ()
    title: str | None = None
    """See `Seen`."""


def seen(tables: Sequence[Held]) -> list[Seen]:
    """The tables without their values."""
    by_name = {table.name: table for table in tables}
    return [
        Seen(
            table.name,
            table.rows,
            tuple(column.profile for column in table.columns.values()),
            table.key or _key(table),
            tuple(_links(table, by_name)),
            table.notes,
            table.title,
        )
        for table in tables
    ]


def _key(table: Held) -> tuple[str, ...]:
    """A unique column that is named like a key."""
    likely = [
        name
        for name, column in table.columns.items()
        if _is_key(column) and names.is_number_of(names.fit(name))
    ]
    return tuple(likely[:1])


def _is_key(column: Column) -> bool:
    profile = column.profile
    return (
        profile.unique
        and profile.filled == profile.rows
        and profile.form in ("whole", "uuid", "text")
    )


def _links(table: Held, tables: Mapping[str, Held]) -> Iterator[Link]:
    declared = {column: (there, key) for column, there, key in table.declared}
    for name in table.columns:
        to = declared.get(name)
        if to is None or to[0] not in tables or to[1] not in tables[to[0]].columns:
            to = _found(table, name, tables)
        if to is not None:
            yield Link(name, to, _children(table.columns[name], tables[to[0]].columns[to[1]]))


def _found(table: Held, name: str, tables: Mapping[str, Held]) -> tuple[str, str] | None:
    child = table.columns[name]
    if not child.profile.filled:
        return None
    for there, other in tables.items():
        for key, parent in other.columns.items():
            itself = there == table.name
            if (itself and key == name) or not _is_key(parent):
                continue
            if fitting(name, there, key, itself=itself) and _are_in(child, parent):
                return there, key
    return None


def fitting(name: str, table: str, key: str, *, itself: bool) -> bool:
    """Whether a column is named like a reference to the key of a table."""
    child, there, key = (names.fit(one) for one in (name, table, key))
    single = _single(there)
    wanted = {f"{single}_{key}", f"{there}_{key}", single, f"{single}_id", f"{single}id"}
    if itself:
        return child in wanted or child.split("_")[0] in PARENTS or child in PARENTS
    if key not in ("id", "no", "number", "code", "ref", "reference", "name", "key"):
        wanted.add(key)
    return any(child == one or child.endswith(f"_{one}") for one in wanted)


def _single(name: str) -> str:
    for plural, one in (("people", "person"), ("children", "child"), ("ies", "y"), ("sses", "ss")):
        if name.endswith(plural):
            return name.removesuffix(plural) + one
    return name.removesuffix("s")


def _are_in(child: Column, parent: Column) -> bool:
    if len(child.values) > len(parent.values):
        return False
    return bool(numpy(pc.is_in(child.values, value_set=parent.values)).all())


def _children(child: Column, parent: Column) -> tuple[tuple[int, int], ...]:
    """How many rows refer to one, and how many have so many; numbers that ten share."""
    found = numpy(pc.is_in(child.values, value_set=parent.values))
    weights = child.weights[found]
    numbers, counts = np.unique(weights, return_counts=True)
    told = {0: len(parent.values) - len(weights)}
    told |= dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    return tuple((n, count) for n, count in told.items() if count >= LEAST and n <= MOST_CHILDREN)


def without_circles(tables: Sequence[Seen]) -> list[Seen]:
    """References that lead back to where they come from, by way of others, are left out."""
    ways: dict[tuple[str, str], tuple[str, str]] = {}
    made = []
    for table in tables:
        kept = []
        for link in table.links:
            spot: tuple[str, str] | None = link.to
            while spot is not None and spot != (table.name, link.column):
                spot = ways.get(spot)
            if spot is None:
                ways[table.name, link.column] = link.to
                kept.append(link)
        made.append(replace(table, links=tuple(kept)))
    return [_to_the_end(table, ways) for table in made]


def _to_the_end(table: Seen, ways: Mapping[tuple[str, str], tuple[str, str]]) -> Seen:
    """A reference to a reference leads to where that one does."""
    links = []
    for link in table.links:
        end = link.to
        while end in ways:
            end = ways[end]
        links.append(link if end == link.to else Link(link.column, end))
    return replace(table, links=tuple(links))


def named(table: Held, name: str) -> Held:
    """The same table under another name."""
    return replace(table, name=name)
