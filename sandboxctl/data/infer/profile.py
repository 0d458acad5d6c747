"""What may be known of a column: its form, and aggregates over at least ten rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LEAST = 10
"""Rows that stand behind every figure; what fewer rows share is not told."""

FEW = 50
"""Different values of a column that may be a choice."""

GROUPS = (20, 10, 5, 4, 2, 1)
"""Into so many equal parts numbers are divided: the most that leaves rows enough in each."""

Form = Literal["whole", "decimal", "truth", "day", "moment", "uuid", "text"]


@dataclass(frozen=True, slots=True)
class Profile:
    """One column.

    ``groups`` are values with the rows that have each, at least ten, where different values are
    few. ``knots`` are a tenth smallest value, those at equal shares of the rows, and a tenth
    largest: numbers, or days since 1970. ``shape`` is a pattern that nearly all texts have.
    """

    source: str
    rows: int
    filled: int
    form: Form
    unique: bool = False
    few: bool = False
    places: int = 0
    groups: tuple[tuple[str, int], ...] = ()
    knots: tuple[float, ...] = ()
    shape: str = ""
    dense: bool = False
    identifier: str | None = None
    named: bool = False
    """Values look like names of persons."""
    addressed: bool = False
    """Values look like addresses."""
    odd: bool = False
    """A few values have another form."""
    written: str = ""
    """How the values were written, where the output writes them otherwise."""

    @property
    def enough(self) -> bool:
        """Whether anything but structure may be told."""
        return self.filled >= LEAST

    @property
    def missing(self) -> float:
        """The share without a value, rounded; none where fewer than ten rows are without."""
        without = self.rows - self.filled
        if self.rows < LEAST or without < LEAST:
            return 0.0
        return 1.0 if not self.enough else max(0.01, min(0.99, round(without / self.rows, 2)))


@dataclass(frozen=True, slots=True)
class Link:
    """A column that refers to another table's; ``children`` are pairs of how many rows refer to
    one row there, and how many rows there have so many, at least ten."""

    column: str
    to: tuple[str, str]
    children: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """One table, under the name it has in its source; ``notes`` tell what was left out.

    ``title`` is the name that may be written: empty if there is none, None if it is the same.
    """

    name: str
    rows: int
    profiles: tuple[Profile, ...]
    key: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()
    title: str | None = None


def parts(rows: int) -> int:
    """How many equal parts there are: of twenty rows, as the ends of the outer ones are cut off."""
    return next((count for count in GROUPS if 2 * count * LEAST <= rows), 1)


def ranks(rows: int) -> tuple[int, ...]:
    """Which values, counted from 1 in ascending order, stand for some rows: ten lie at or beyond
    the first and the last; of fewer than twenty rows it is the middle one alone."""
    if rows < 2 * LEAST:
        return (rows // 2 + 1,) * 2
    count = parts(rows)
    inner = (-(-rows * part // count) for part in range(1, count))
    return (LEAST, *inner, rows - LEAST + 1)
