"""What has been seen of a column so far: counts, and where the first finds stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

FIRST = 5
"""So many rows are named."""

Row = tuple[int, str]
"""A line or record, and the value there, masked."""


@dataclass(frozen=True, slots=True)
class Count:
    """Values of one kind in one column.

    ``right`` are whole values of the kind, safe ones among them; ``safe`` those. ``sure`` are finds
    in a writing that is nothing else; ``loose`` whole values in any writing, which only count if
    the column as a whole speaks for the kind.
    """

    right: int = 0
    safe: int = 0
    sure: int = 0
    loose: int = 0
    sure_rows: tuple[Row, ...] = ()
    loose_rows: tuple[Row, ...] = ()

    def __add__(self, other: Count) -> Count:
        return Count(
            self.right + other.right,
            self.safe + other.safe,
            self.sure + other.sure,
            self.loose + other.loose,
            (self.sure_rows + other.sure_rows)[:FIRST],
            (self.loose_rows + other.loose_rows)[:FIRST],
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """A column: how many values it has that are not empty, and of which kinds."""

    filled: int = 0
    counts: Mapping[str, Count] = field(default_factory=dict)

    def __add__(self, other: Evidence) -> Evidence:
        kinds = dict.fromkeys([*self.counts, *other.counts])
        nothing = Count()
        return Evidence(
            self.filled + other.filled,
            {
                kind: self.counts.get(kind, nothing) + other.counts.get(kind, nothing)
                for kind in kinds
            },
        )


def together(found: Iterable[tuple[str, Count]]) -> dict[str, Count]:
    """Counts of the same kind added up."""
    counts: dict[str, Count] = {}
    for kind, count in found:
        counts[kind] = counts.get(kind, Count()) + count
    return counts
