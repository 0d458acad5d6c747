"""What a column makes of another one: a column of the same row, or of a row that it refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from sandboxctl.data.expectations import Curve, Each, Shares
from sandboxctl.data.forms import Scalar
from sandboxctl.data.kinds.kind import Kind, Path, Place, Problem
from sandboxctl.data.relations import references

Other = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}(\.[a-z][a-z0-9_]{0,62}){0,3}$")
]
"""``column``, or ``reference.column`` for a column of the row that a reference leads to."""

By = Annotated[
    Other | None,
    Field(description="A column with a few known values, such as a choice: `cases` go by it."),
]

_SHOWN = 5


class Conditional(Kind):
    """A kind that looks at another column of its row."""

    by: By = None

    def needs(self, place: Place) -> Iterator[tuple[str, str]]:
        if self.by:
            yield from references.columns_of(place, self.by)


def find(place: Place, other: str) -> Place | None:
    """The other column; None if there is none."""
    return references.column_at(place, other)


def unknown(place: Place, key: str, other: str) -> Problem:
    """Why another column cannot be found."""
    path = (*place.path, key)
    *way, last = other.split(".")
    if not way:
        return path, f"{place.table} has no column {last}; it has {few(place.content.columns)}"
    there = find(place, ".".join(way))
    target = getattr(there.column, "target", None) if there else None
    if target is None:
        return path, f"{'.'.join(way)} should be a reference: only that leads to a column {last}"
    table = place.data.tables.get(target[0])
    columns = few(table.columns) if table else "no columns"
    return path, f"{target[0]} has no column {last}; it has {columns}"


def options(place: Place) -> tuple[str, ...] | None:
    """The values that a column may have, as text; None if they are not known, or too many."""
    known = getattr(place.column, "options", None)
    if callable(known):
        found: tuple[str, ...] | None = known(place)
        return found
    entries = getattr(place.column, "entries", None)
    return tuple(map(str, entries)) if isinstance(entries, tuple) else None


def wrong_cases(place: Place, by: str, cases: Iterable[str], path: Path) -> Iterator[Problem]:
    """What is wrong with the column that cases go by, and cases that never come."""
    other = find(place, by)
    if other is None:
        yield unknown(place, "by", by)
        return
    known = options(other)
    if known is None:
        why = f"{by} should be a column with a few known values, such as a choice or a boolean"
        yield (*place.path, "by"), why
        return
    for case in cases:
        if case not in known:
            yield (*path, case), f"is for {by} = {case}, but {by} is one of {few(known)}"


def uncovered(place: Place, by: str, cases: Iterable[str]) -> list[str]:
    """The known values of a column that have no case."""
    other = find(place, by)
    known = (options(other) if other else None) or ()
    covered = set(cases)
    return [value for value in known if value not in covered]


def each(place: Place, by: str, of: Mapping[str, Shares | Curve]) -> Each | None:
    """An expectation for each value, as that stands in a file; None if it is in another table."""
    other = place.neighbour(by)
    if other is None:
        return None
    shown = getattr(other.column, "shown", str)
    return Each(by, {shown(value): expected for value, expected in of.items()})


def few(names: Iterable[str]) -> str:
    """The first of them."""
    every = list(names)
    return ", ".join(every[:_SHOWN]) + (
        f" and {len(every) - _SHOWN} more" if every[_SHOWN:] else ""
    )


def written(value: Scalar) -> str:
    """A plain value of the blueprint as text; true and false as every format writes them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def keyed(value: object) -> object:
    """Keys of a mapping as text: YAML reads 1 and true as what they are."""
    if not isinstance(value, Mapping):
        return value
    return {written(key): item for key, item in value.items()}
