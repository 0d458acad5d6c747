"""How the rows of a table follow from the rows of another one, in a form that can be looked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandboxctl.data.relations.machine import Machine
from sandboxctl.data.relations.rows import Per, Poisson

if TYPE_CHECKING:
    from sandboxctl.data.model import Data


@dataclass(frozen=True, slots=True)
class Fixed:
    """As many for each."""

    most: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """One of these numbers for each."""

    values: tuple[int, ...]
    weights: tuple[float, ...]

    @property
    def most(self) -> int:
        return max(n for n, weight in zip(self.values, self.weights, strict=True) if weight > 0)


@dataclass(frozen=True, slots=True)
class Walked:
    """One for each state on its path; ``column`` is the state column."""

    column: str
    machine: Machine

    @property
    def most(self) -> int:
        return self.machine.longest


Counting = Fixed | Drawn | Walked
"""``most`` is the largest number of rows that one row can have."""


def counting(data: Data, table: str) -> Counting | None:
    """Of a table with rows per another one; None for other tables, and for nonsense."""
    content = data.tables[table]
    match content.rows:
        case Per(history=str(column)):
            machine = getattr(content.columns.get(column), "machine", None)
            return Walked(column, machine) if isinstance(machine, Machine) else None
        case Per(count=Poisson() as poisson):
            weights = poisson.weights
            return Drawn(tuple(range(len(weights))), weights)
        case Per(count=dict(weights)):
            return Drawn(tuple(weights), tuple(weights.values())) if any(weights.values()) else None
        case Per(count=int(each)):
            return Fixed(each)
        case _:
            return None


def parent_table(data: Data, table: str) -> str | None:
    """The table that this one has its rows per; None for other tables, and for nonsense."""
    rows = data.tables[table].rows
    known = isinstance(rows, Per) and rows.per in data.tables and counting(data, table)
    return rows.per if known and isinstance(rows, Per) else None


def most_children(data: Data, table: str) -> int | None:
    """How many rows one row of the parent table has at most; None without such a table."""
    found = counting(data, table)
    return found.most if found and parent_table(data, table) else None
