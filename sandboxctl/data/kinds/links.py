"""What tells rows apart, and what connects them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from sandboxctl.data.forms import Path, Whole
from sandboxctl.data.kinds.kind import Kind, Place, Problem
from sandboxctl.data.types import TEXT, UUID, Type


class Sequence(Kind):
    """1, 2, 3 … : the row's number; always unique."""

    always_unique = True
    kind: Literal["sequence"]
    start: Whole = Field(default=1, description="The number of the first row.")

    def type(self, place: Place) -> Type:
        return Type("whole", 0, self.start, self.start + place.rows)


class Uuid(Kind):
    """A random-looking UUID (version 4); always unique."""

    always_unique = True
    kind: Literal["uuid"]

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return UUID


class Reference(Kind):
    """The key of a row of another table."""

    kind: Literal["reference"]
    to: Path = Field(description="table.column")
    distribution: Literal["uniform", "zipf"] = Field(
        default="uniform", description="zipf: a few rows are referred to very often."
    )
    unique: bool = Field(default=False, description="Each row of the other table at most once.")

    @property
    def target(self) -> tuple[str, str]:
        """Table and column it points at."""
        table, _, column = self.to.partition(".")
        return table, column

    def type(self, place: Place) -> Type:
        there = place.at(*self.target)
        return there.type if there else TEXT

    def needs(self, place: Place) -> Iterator[tuple[str, str]]:  # noqa: ARG002 - it says where
        yield self.target

    def problems(self, place: Place) -> Iterator[Problem]:
        table, name = self.target
        parent = place.data.tables.get(table)
        there = place.at(table, name)
        to = (*place.path, "to")
        if parent is None:
            yield to, f"{table} is not a table; there are {', '.join(place.data.tables)}"
        elif there is None:
            yield to, f"{table} has no column {name}; it has {', '.join(parent.columns)}"
        elif not there.column.is_unique:
            yield to, f"{self.to} should be unique: add `unique: true` to it"
        elif there.column.is_missing:
            yield to, f"{self.to} has missing values, so it cannot be a key"
        elif there.rows == 0 < place.rows:
            yield to, f"{table} has no rows to refer to"
        elif self.unique and place.rows > there.rows:
            why = f"{place.rows:,} rows of {table} asked for, it has {there.rows:,}"
            yield (*place.path, "unique"), why
        elif self.unique and self.distribution != "uniform":
            why = "should be uniform where each row is referred to at most once"
            yield (*place.path, "distribution"), why


LinksColumn = Sequence | Uuid | Reference
