"""Numbers of a row that go up and down together."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import Field

from sandboxctl.data.forms import Frozen, Name

if TYPE_CHECKING:
    from sandboxctl.data.kinds.kind import Path, Problem
    from sandboxctl.data.model import Table

Matrix: TypeAlias = tuple[tuple[Annotated[float, Field(ge=-1, le=1)], ...], ...]

LEAST = 1e-6
KINDS = "integer, decimal, money, duration, date or timestamp"


class Correlation(Frozen):
    """Which columns, and how much each goes with each.

    The numbers are correlations of normal scores (a Gaussian copula): each column keeps its own
    distribution, whatever it is.
    """

    of: tuple[Name, ...] = Field(
        min_length=2, max_length=20, description="Columns: numbers, durations, dates, timestamps."
    )
    matrix: Matrix = Field(
        description="A row and a column for each of them, from -1 to 1, with 1 on the diagonal."
    )


@lru_cache(maxsize=64)
def factors(matrix: Matrix) -> tuple[tuple[float, ...], ...]:
    """How much of each column's own normal number goes into each: Cholesky's triangle."""
    rows: list[tuple[float, ...]] = []
    for number, wanted in enumerate(matrix):
        row: list[float] = []
        for column in range(number):
            shared = sum(a * b for a, b in zip(row, rows[column], strict=False))
            row.append((wanted[column] - shared) / rows[column][column])
        row.append(math.sqrt(max(left(row), LEAST)))
        rows.append(tuple(row))
    return tuple(tuple(float(f"{factor:.9g}") for factor in row) for row in rows)


def left(row: list[float]) -> float:
    """The share of a column's variance that is its own, after what it takes from others."""
    return 1 - sum(factor * factor for factor in row)


def correlation_problems(table: Table, path: Path) -> Iterator[Problem]:
    """``path`` is that of the table's correlations."""
    seen: set[str] = set()
    for number, group in enumerate(table.correlations):
        for name in group.of:
            if why := _wrong_column(table, name, seen):
                yield (*path, number, "of"), why
            seen.add(name)
        yield from _wrong_matrix(group, (*path, number, "matrix"))


def _wrong_column(table: Table, name: str, seen: set[str]) -> str | None:
    column = table.columns.get(name)
    if column is None:
        return f"{name} is not a column of this table"
    if name in seen:
        return f"{name} is there twice; a column is correlated once"
    kind = column.kind
    if kind not in KINDS.replace(",", "").split():
        return f"{name} is a {kind}; only {KINDS} can be correlated"
    if column.is_unique:
        return f"{name} is unique, so its values cannot follow another column"
    return None


def _wrong_matrix(group: Correlation, path: Path) -> Iterator[Problem]:
    size, matrix = len(group.of), group.matrix
    if len(matrix) != size:
        yield path, f"has {len(matrix)} rows for {size} columns"
        return
    for number, row in enumerate(matrix):
        if len(row) != size:
            yield (*path, number), f"has {len(row)} numbers for {size} columns"
            return
    wrong = list(_unlike(group, path))
    yield from wrong
    if not wrong:
        yield from _impossible(group, path)


def _unlike(group: Correlation, path: Path) -> Iterator[Problem]:
    for i, first in enumerate(group.of):
        if (own := group.matrix[i][i]) != 1:
            yield (*path, i), f"has {own:g} for {first} with itself; should be 1"
        for j, second in enumerate(group.of[:i]):
            one, other = group.matrix[i][j], group.matrix[j][i]
            if one != other:
                why = f"has {one:g} for {first} and {second}, but {other:g} the other way round"
                yield (*path, i), why


def _impossible(group: Correlation, path: Path) -> Iterator[Problem]:
    """A matrix that is not positive definite: the first column that contradicts those before it."""
    for number, row in enumerate(factors(group.matrix)):
        own = left(list(row[:-1]))
        if own < LEAST:
            before = ", ".join(group.of[:number])
            why = (
                f"is not positive definite: {group.of[number]} cannot go with {before} like this, "
                f"as {own:.3g} of its variance would be left"
            )
            yield (*path, number), why
            return
