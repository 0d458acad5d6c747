"""The safe sets of a dataset's identifier columns, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandboxctl.data.identifiers.identifier import LEVELS, Level
from sandboxctl.data.identifiers.registry import IDENTIFIERS
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.kinds.links import Reference
from sandboxctl.data.problems import places
from sandboxctl.data.proof.safety import identifier

if TYPE_CHECKING:
    from sandboxctl.data.model import Data


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
    return [_described(place, kind) for place in places(data) if (kind := identifier(place))]


def weakest(columns: list[SafeColumn]) -> dict[str, Level]:
    """Kind → the weakest level that a column of this kind has."""
    levels: dict[str, Level] = {}
    for one in columns:
        levels[one.kind] = max(levels.get(one.kind, one.level), one.level)
    return levels


def level_words(level: Level) -> str:
    return LEVELS[level]
