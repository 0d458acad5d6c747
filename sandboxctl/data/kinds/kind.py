"""What every kind of column says of itself before a row is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from sandboxctl.data.expectations import Expectation
from sandboxctl.data.forms import HEAVIEST, Frozen, Truth
from sandboxctl.data.kinds.missing import Missing, When
from sandboxctl.data.types import TEXT, Type

if TYPE_CHECKING:
    from sandboxctl.data.model import Data, Table

Path = tuple[str | int, ...]
"""Of a key below ``data``."""

Problem = tuple[Path, str]
"""Where it is, and what does not fit there."""


@dataclass(frozen=True, slots=True)
class Place:
    """One column of a dataset, seen from inside: what its checks may look at.

    ``sizes`` has the number of rows of each table.
    """

    data: Data
    sizes: Mapping[str, int]
    table: str
    name: str

    @property
    def content(self) -> Table:
        return self.data.tables[self.table]

    @property
    def column(self) -> Kind:
        return self.content.columns[self.name]

    @property
    def rows(self) -> int:
        return self.sizes[self.table]

    @property
    def path(self) -> Path:
        return ("tables", self.table, "columns", self.name)

    @property
    def type(self) -> Type:
        return self.column.type(self)

    def neighbour(self, name: str) -> Place | None:
        """Another column of the same table."""
        return self.at(self.table, name)

    def at(self, table: str, name: str) -> Place | None:
        """Any column; None if there is none of that name."""
        content = self.data.tables.get(table)
        known = content is not None and name in content.columns
        return Place(self.data, self.sizes, table, name) if known else None


class Kind(Frozen):
    """A column: its options as fields, and what follows from them as methods."""

    noun: ClassVar[str] = "values"
    """What its values are called, in the plural."""

    where: ClassVar[str] = "in the reserved range"
    """Where as many as `capacity` says exist."""

    always_unique: ClassVar[bool] = False

    heeds: ClassVar[tuple[str, ...]] = ()
    """The edge cases of its table that change its value."""

    missing: Missing = Field(
        default=0, description="Share of rows without a value; or the condition when there is none."
    )
    hidden: Truth = Field(
        default=False, description="Only for other columns to be made from; written nowhere."
    )

    def type(self, place: Place) -> Type:  # noqa: ARG002 - some kinds have to look
        """What its values are."""
        return TEXT

    def capacity(self, place: Place) -> int | None:  # noqa: ARG002 - some kinds have to look
        """How many different values exist; None if that is not limited by a range."""
        return None

    def needs(self, place: Place) -> Iterator[tuple[str, str]]:  # noqa: ARG002 - most need none
        """The columns, as (table, column), whose values its own are made from."""
        return iter(())

    def depends(self, place: Place) -> Iterator[tuple[str, str]]:
        """What it needs, and what decides whether it is missing."""
        yield from self.needs(place)
        if isinstance(self.missing, When):
            from sandboxctl.data.formulas.columns import needs

            yield from needs(place, self.missing.when)

    def problems(self, place: Place) -> Iterator[Problem]:  # noqa: ARG002 - most have none
        """Everything about it that cannot work."""
        return iter(())

    def expected(self, place: Place) -> Expectation | None:  # noqa: ARG002 - some kinds have to look
        """What many of its values should look like; None if nothing is declared."""
        return None

    @property
    def is_unique(self) -> bool:
        """Whether no two rows have the same value."""
        return self.always_unique or bool(getattr(self, "unique", False))

    @property
    def is_missing(self) -> bool:
        """Whether some row may have no value."""
        return self.missing_rate != 0

    @property
    def missing_rate(self) -> float | None:
        """The share of rows without a value; None where it depends on a condition."""
        return None if isinstance(self.missing, When) else self.missing


def upside_down(between: tuple[object, object], path: Path) -> Iterator[Problem]:
    """A range whose lower end is the higher one."""
    low, high = between
    if low > high:  # type: ignore[operator]  # both ends are of one ordered type
        yield (*path, "between"), f"is upside down: {low} is more than {high}"


def bad_weights(weights: Mapping[bool | int | float | str, float], path: Path) -> Iterator[Problem]:
    """Weights below 0, too large ones, or none above 0."""
    for value, weight in weights.items():
        if weight < 0:
            yield (*path, str(value)), f"has the weight {weight:g}; should be 0 or more"
        if weight > HEAVIEST:
            yield (*path, str(value)), f"has the weight {weight:g}; should be {HEAVIEST:,} or less"
    if sum(weights.values()) <= 0:
        yield path, "has no weight above 0, so there is nothing to choose"
