"""The safe sets of a dataset's identifier columns, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandboxctl.data.identifiers import IDENTIFIERS, SafeSet
from sandboxctl.data.identifiers.identifier import Level
from sandboxctl.data.kinds.kind import Kind, Place
from sandboxctl.data.kinds.links import Reference
from sandboxctl.data.problems import places
from sandboxctl.data.proof.safety import ENDS_IN, identifier

if TYPE_CHECKING:
    from sandboxctl.data.model import Data


_RARE = frozenset({"postcode", "address"})
"""Kinds into which an edge case puts the postcode of no home, which real records have too."""


@dataclass(frozen=True, slots=True)
class SafeColumn:
    """One column that holds identifiers, and the set that they are taken from."""

    table: str
    column: str
    kind: str
    safe_set: str
    level: Level
    source: str
    size: int
    passes: str


def safe_columns(data: Data) -> list[SafeColumn]:
    """Every column that holds identifiers, in the order of the blueprint."""
    written = (place for place in places(data) if not place.column.hidden)
    return [_described(place, kind) for place in written if (kind := identifier(place))]


def weakest(columns: Sequence[SafeColumn]) -> dict[str, Level]:
    """Kind → the weakest level that a column of this kind has."""
    levels: dict[str, Level] = {}
    for one in columns:
        levels[one.kind] = max(levels.get(one.kind, one.level), one.level)
    return levels


def _described(place: Place, kind: str) -> SafeColumn:
    one = _chosen(_origin(place), kind)
    words = one.words
    if set(place.column.heeds) & place.content.edge_cases.keys() and kind in _RARE:
        words += f"; in rare cases {IDENTIFIERS['postcode'].sets[1].words}"
    return SafeColumn(
        place.table, place.name, kind, words, one.level, one.source, one.size, one.passes
    )


def _origin(place: Place) -> Kind:
    """The column that makes the values: behind references the key itself."""
    column = place.column
    while isinstance(column, Reference) and (there := place.at(*column.target)):
        place, column = there, there.column
    return column


def _chosen(column: Kind, kind: str) -> SafeSet:
    """The safe set that a column chooses, or the usual one."""
    chosen = getattr(column, "safe", None)
    return chosen if isinstance(chosen, SafeSet) else IDENTIFIERS[ENDS_IN.get(kind, kind)].sets[0]
