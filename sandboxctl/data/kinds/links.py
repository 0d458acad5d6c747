"""What tells rows apart, and what connects them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sandboxctl.data.forms import Moment, Path, Rate, Truth, Whole
from sandboxctl.data.kinds.kind import Kind, Place, Problem
from sandboxctl.data.relations import references
from sandboxctl.data.relations.counting import most_children
from sandboxctl.data.relations.rows import Per
from sandboxctl.data.types import TEXT, UUID, Type

if TYPE_CHECKING:
    from sandboxctl.data.model import Table

ROOTS = 0.05


class Sequence(Kind):
    """1, 2, 3 … : the row's number, unique; or its number among those of its parent."""

    always_unique = True
    kind: Literal["sequence"]
    start: Whole = Field(default=1, description="The number of the first row.")
    within: Literal["parent"] | None = Field(
        default=None,
        description="Begin again for each parent, in a table that has `rows: {per: …}`.",
    )

    @property
    def is_unique(self) -> bool:
        return self.within is None

    def type(self, place: Place) -> Type:
        most = most_children(place.data, place.table) if self.within else place.rows
        return Type("whole", 0, self.start, self.start + (most or 1) - 1)

    def problems(self, place: Place) -> Iterator[Problem]:
        if self.within and not isinstance(place.content.rows, Per):
            why = f"{place.table} has no parents: that takes `rows: {{per: …}}`"
            yield (*place.path, "within"), why


class Uuid(Kind):
    """A UUID, always unique; version 7 ascends from row to row, as indexes like it."""

    always_unique = True
    kind: Literal["uuid"]
    version: Literal[7, 4] = Field(
        default=7, description="7: a time, then random bits; 4: random bits."
    )
    start: Moment = Field(
        default=datetime(2026, 1, 1, tzinfo=UTC),
        description="The time in the first row's, of version 7; a millisecond more in each.",
    )

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return UUID

    def problems(self, place: Place) -> Iterator[Problem]:
        if self.start.year < 1970:
            yield (*place.path, "start"), f"should be 1970 or later, not {self.start:%Y-%m-%d}"


class Reference(Kind):
    """The key of a row of another table, or of the same."""

    kind: Literal["reference"]
    to: Path = Field(description="table.column")
    distribution: Literal["uniform", "zipf"] = Field(
        default="uniform", description="zipf: a few rows are referred to very often."
    )
    unique: Truth = Field(default=False, description="Each row of the other table at most once.")
    distinct: Truth = Field(default=False, description="Another row for each child of a parent.")
    parent: Truth | None = Field(
        default=None,
        description="Whether it leads to the row's parent, in a table that has `rows: {per: …}`; "
        "the first reference to that table does.",
    )
    earlier: Truth = Field(
        default=False, description="Of its own table, only a row before this one: no circles."
    )
    roots: Rate | None = Field(
        default=None, description="With `earlier`: share of rows that refer to none; else 0.05."
    )

    @property
    def target(self) -> tuple[str, str]:
        """Table and column it points at."""
        table, _, column = self.to.partition(".")
        return table, column

    @property
    def is_missing(self) -> bool:
        return self.earlier or super().is_missing

    @property
    def root_rate(self) -> float:
        return ROOTS if self.roots is None else self.roots

    def type(self, place: Place) -> Type:
        there = references.end(place)
        return there.type if there else TEXT

    def needs(self, place: Place) -> Iterator[tuple[str, str]]:  # noqa: ARG002 - it says where
        yield self.target

    def problems(self, place: Place) -> Iterator[Problem]:
        return references.problems(place, self)


def own_parents(content: Table) -> tuple[str, ...]:
    """The reference columns that lead to the parent of their row."""
    if not isinstance(content.rows, Per):
        return ()
    fitting = {
        name: column
        for name, column in content.columns.items()
        if isinstance(column, Reference)
        and column.target[0] == content.rows.per
        and column.parent is not False
    }
    said = tuple(name for name, column in fitting.items() if column.parent)
    return said or tuple(fitting)[:1]


LinksColumn = Sequence | Uuid | Reference
