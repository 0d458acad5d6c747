"""What must hold between the columns of a dataset, known before a row is made.

The kinds themselves are in `kinds`. Each problem has the path of the key it is about, below
``data``, and says what does not fit; the loader adds file and line.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from sandboxctl.blueprint.kinds import (
    AREA_POSTCODES,
    POSTCODE_AREAS,
    STREET_HOMES,
    Address,
    Choice,
    Column,
    Date,
    Decimal,
    Email,
    Integer,
    NhsNumber,
    Nino,
    PersonName,
    Phone,
    Postcode,
    Reference,
    Sequence,
    Text,
    Timestamp,
    Uprn,
    Uuid,
)

if TYPE_CHECKING:
    from sandboxctl.blueprint.model import Data

__all__ = ["Column", "Path", "capacity", "problems", "scaled", "unique"]

Path = tuple[str | int, ...]
Problem = tuple[Path, str]

NOUNS = {
    "uprn": "UPRNs",
    "address": "addresses",
    "postcode": "postcodes",
    "phone": "phone numbers",
    "nino": "National Insurance numbers",
    "nhs_number": "NHS numbers",
    "integer": "whole numbers",
}


def capacity(column: Column) -> int | None:
    """How many different values exist; None if that is not limited by a range."""
    match column:
        case Uprn():
            return 100_000_000
        case Address(towns=towns):
            return towns * AREA_POSTCODES * STREET_HOMES
        case Postcode():
            return POSTCODE_AREAS * AREA_POSTCODES
        case Phone(type=kind):
            return 997 if kind == "mobile" else 16_000
        case Nino():
            return 1_000_000
        case NhsNumber():
            return 900_000
        case Integer(between=(low, high)):
            return high - low + 1
        case _:
            return None


def unique(column: Column) -> bool:
    """Whether no two rows have the same value."""
    return isinstance(column, Sequence | Email | Uuid) or getattr(column, "unique", False)


def scaled(column: Decimal) -> tuple[int, int]:
    """The lowest and highest value in units of the last decimal place."""
    low, high = (Fraction(str(end)) * 10**column.places for end in column.between)
    return math.ceil(low), math.floor(high)


def problems(data: Data) -> Iterator[Problem]:
    """Everything that cannot work, as (path below ``data``, why); nothing if all is well."""
    for table, content in data.tables.items():
        for name, column in content.columns.items():
            path: Path = ("tables", table, "columns", name)
            yield from _own(column, path)
            yield from _too_many(column, content.rows, path)
            yield from _neighbours(column, content.columns, path)
            if isinstance(column, Reference):
                yield from _reference(data, column, content.rows, path)
    yield from _circles(data)


def _own(column: Column, path: Path) -> Iterator[Problem]:
    match column:
        case Integer() | Decimal() | Date() | Timestamp():
            low, high = column.between
            if low > high:  # type: ignore[operator]
                yield (*path, "between"), f"is upside down: {low} is more than {high}"
            elif isinstance(column, Decimal) and int.__gt__(*scaled(column)):
                yield (*path, "between"), f"has no number with {column.places} decimal places"
        case Choice(of=weights):
            yield from _weights(weights, path)
        case Text(of=groups):
            for group, lines in groups.items():
                if not lines:
                    yield (*path, "of", *filter(None, [group])), "has no sentences"
        case _:
            return


def _weights(weights: dict[bool | int | float | str, float], path: Path) -> Iterator[Problem]:
    for value, weight in weights.items():
        if weight < 0:
            yield (*path, "of", _key(value)), f"has the weight {weight:g}; should be 0 or more"
    if sum(weights.values()) <= 0:
        yield (*path, "of"), "has no weight above 0, so there is nothing to choose"


def _key(value: float | str) -> str | int:
    return value if isinstance(value, str | int) else str(value)


def _too_many(column: Column, rows: int, path: Path) -> Iterator[Problem]:
    exist = capacity(column)
    if exist is None or not unique(column) or rows <= exist or exist <= 0:
        return
    where = "between the bounds" if column.kind == "integer" else "in the reserved range"
    yield (
        (*path, "unique"),
        f"{rows:,} unique {NOUNS[column.kind]} asked for, {exist:,} exist {where}",
    )


def _neighbours(column: Column, columns: dict[str, Column], path: Path) -> Iterator[Problem]:
    match column:
        case Email(of=str(name)):
            if not isinstance(columns.get(name), PersonName):
                yield (*path, "of"), f"{name} should be a person_name column of the same table"
        case Text(by=None, of=groups) if set(groups) != {""}:
            yield (*path, "by"), "is missing: lists by value need the choice column that they go by"
        case Text(by=str(name), of=groups):
            yield from _by(columns.get(name), name, groups, path)
        case _:
            return


def _by(
    other: Column | None, name: str, groups: dict[str, tuple[str, ...]], path: Path
) -> Iterator[Problem]:
    if not isinstance(other, Choice):
        yield (*path, "by"), f"{name} should be a choice column of the same table"
        return
    values = {str(value) for value in other.of}
    for value in sorted(values - set(groups)):
        yield (*path, "of"), f"has no sentences for {name} = {value}"
    for group in sorted(set(groups) - values):
        yield (*path, "of"), f"has sentences for {group or 'everything'}, which {name} never is"


def _reference(data: Data, column: Reference, rows: int, path: Path) -> Iterator[Problem]:
    table, name = column.target
    parent = data.tables.get(table)
    target = parent.columns.get(name) if parent else None
    if parent is None:
        yield (*path, "to"), f"{table} is not a table; there are {', '.join(data.tables)}"
    elif target is None:
        yield (*path, "to"), f"{table} has no column {name}; it has {', '.join(parent.columns)}"
    elif not unique(target):
        yield (*path, "to"), f"{column.to} should be unique: add `unique: true` to it"
    elif getattr(target, "missing", 0):
        yield (*path, "to"), f"{column.to} has missing values, so it cannot be a key"
    elif parent.rows == 0 < rows:
        yield (*path, "to"), f"{table} has no rows to refer to"
    elif column.unique and rows > parent.rows:
        yield (*path, "unique"), f"{rows:,} rows of {table} asked for, it has {parent.rows:,}"
    elif column.unique and column.distribution != "uniform":
        yield (
            (*path, "distribution"),
            "should be uniform where each row is referred to at most once",
        )


def _circles(data: Data) -> Iterator[Problem]:
    """Columns whose value would depend on itself; tables that each have to be filled first."""
    columns: dict[str, list[str]] = {}
    tables: dict[str, list[str]] = {}
    for table, content in data.tables.items():
        for name, column in content.columns.items():
            if isinstance(column, Reference):
                columns[f"{table}.{name}"] = [column.to]
                if column.target[0] != table:
                    tables.setdefault(table, []).append(column.target[0])
    yield from _circle(tables) or _circle(columns)


def _circle(graph: dict[str, list[str]]) -> list[Problem]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # graphlib lists a circle from what is needed to what needs it
        circle: list[str] = error.args[1][::-1]
        table = circle[0].partition(".")[0]
        return [(("tables", table), f"refers to itself: {' → '.join(circle)}")]
    return []
