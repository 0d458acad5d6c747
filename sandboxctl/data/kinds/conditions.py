"""What a column makes of another one: a column of the same row, or of a row that it refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from sandboxctl.data.expectations import Curve, Each, Shares
from sandboxctl.data.forms import Scalar
from sandboxctl.data.kinds.kind import Kind, Path, Place, Problem

Other = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}(\.[a-z][a-z0-9_]{0,62})?$")
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
        yield from reaching(place, self.by)


def reaching(place: Place, other: str | None) -> Iterator[tuple[str, str]]:
    """The columns, as (table, column), that lead to another one."""
    if not other:
        return
    first, _, last = other.partition(".")
    yield place.table, first
    if last and (table := _target(place, first)):
        yield table, last


def find(place: Place, other: str) -> Place | None:
    """The other column; None if there is none."""
    first, _, last = other.partition(".")
    if not last:
        return place.neighbour(first)
    table = _target(place, first)
    return place.at(table, last) if table else None


def _target(place: Place, name: str) -> str | None:
    column = place.content.columns.get(name)
    target = getattr(column, "target", None)
    return str(target[0]) if target else None


def unknown(place: Place, key: str, other: str) -> Problem:
    """Why another column cannot be found."""
    first, _, last = other.partition(".")
    path = (*place.path, key)
    column = place.content.columns.get(first)
    if column is None:
        return path, f"{place.table} has no column {first}; it has {few(place.content.columns)}"
    table = _target(place, first)
    if table is None:
        return path, f"{first} should be a reference: only that leads to a column {last}"
    there = place.data.tables.get(table)
    return path, f"{table} has no column {last}; it has {few(there.columns if there else ())}"


def options(place: Place) -> tuple[str, ...] | None:
    """The values that a column may have, as text; None if they are not known, or too many."""
    known = getattr(place.column, "options", None)
    return known(place) if callable(known) else None


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


def in_circle(place: Place) -> bool:
    """Whether a column is made from itself: looking further would never end."""
    seen: set[tuple[str, str]] = set()
    ahead = list(place.column.needs(place))
    while ahead:
        step = ahead.pop()
        if step == (place.table, place.name):
            return True
        if step not in seen and (there := place.at(*step)):
            ahead += there.column.needs(there)
        seen.add(step)
    return False


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
