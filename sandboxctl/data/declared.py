"""What a supplier wrote down or has made by a pattern may not be somebody's.

Kinds such as ``nino`` draw from safe sets. A list of texts, a pattern, a number between bounds and
a formula make whatever they say: those are looked through as a delivered file is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from sandboxctl.data.formulas.syntax import parse
from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.kinds.choices import Choice
from sandboxctl.data.kinds.conditions import written
from sandboxctl.data.kinds.formulas import Expression
from sandboxctl.data.kinds.kind import Kind, Place, Problem
from sandboxctl.data.kinds.links import Sequence
from sandboxctl.data.kinds.quantities import Decimal, Integer
from sandboxctl.data.kinds.words import Pattern, Text
from sandboxctl.data.model import Data
from sandboxctl.data.scope import Dataset, Scope

if TYPE_CHECKING:
    import pyarrow as pa

    from sandboxctl.data.scan.findings import Finding

ROWS = 256
"""So many of a column are made to look at, from all over it."""

CHANCE = 3
"""One long number in a thousand begins like a mobile number: fewer rows than this are no sign."""

_MADE = (Pattern, Integer, Decimal, Expression, Text, Sequence)
_NAMES = frozenset(["kind", "by", "pattern", "unit"])
"""Fields whose texts are no values, and patterns, of which rows are made instead."""


def problems(data: Data) -> Iterator[Problem]:
    """Columns with values that could be somebody's; only for data without other problems."""
    dataset = Dataset(data)
    for table, content in data.tables.items():
        size = dataset.sizes[table]
        rows = np.arange(min(ROWS, size), dtype=np.uint64) * np.uint64(max(1, size // ROWS))
        scope = dataset.scope(table, rows)
        for name in content.columns:
            place = Place(data, dataset.sizes, table, name)
            fixed = list(_written_down(place))
            yield from fixed
            if not fixed and _is_made(place):
                yield from _made(scope, place)


def _written_down(place: Place) -> Iterator[Problem]:
    """Texts that stand in the data section themselves."""
    for field, texts in _fields(place.column):
        for found in _findings(place.name, _array(texts)):
            yield (
                (*place.path, field),
                f"has {found.count:,} {found.title} that could be somebody's, such as "
                f"{found.shown[0]}; {_instead(found.kind)}",
            )


def _is_made(place: Place) -> bool:
    """Whether its values are put together when rows are made, and could say something.

    A whole number is nobody's by itself: only the name of its column tells.
    """
    from sandboxctl.data.scan.kinds import hinted

    column = place.column
    if column.hidden or not place.rows or not isinstance(column, _MADE):
        return False
    if isinstance(column, Text):
        return bool(column.grammar)
    kind = place.type.name
    return kind == "text" or (kind in ("whole", "decimal") and bool(hinted(place.name)))


def _made(scope: Scope, place: Place) -> Iterator[Problem]:
    """What some rows of it look like."""
    from sandboxctl.data.arrow import column
    from sandboxctl.data.scan.records import texts

    values = texts(column(scope.cells(place.name)))
    for found in _findings(place.name, values) if values is not None else ():
        if found.count >= min(CHANCE, scope.count):
            yield (
                place.path,
                f"makes values that could be somebody's: {found.count} of {scope.count} rows look "
                f"like {IDENTIFIERS[found.kind].plural} outside the safe set, such as "
                f"{found.shown[0]}; {_instead(found.kind)}",
            )


def _instead(kind: str) -> str:
    one = IDENTIFIERS[kind]
    return f"take `kind: {kind}`, or values such as {one.sets[0].example}"


def _findings(name: str, values: pa.Array) -> tuple[Finding, ...]:
    """What `data scan` says of such a column."""
    from sandboxctl.data.scan.cells import Cells, counted
    from sandboxctl.data.scan.columns import examine
    from sandboxctl.data.scan.findings import findings

    return findings("", {name: examine(Cells(name, values, counted(0)))})


def _array(texts: Iterable[str]) -> pa.Array:
    import pyarrow as pa

    return pa.array(dict.fromkeys(texts), pa.string())


def _fields(column: Kind) -> Iterator[tuple[str, list[str]]]:
    """The texts of each option of a column that has any."""
    match column:
        case Choice():
            yield "of", [written(value) for value in column.values]
        case Expression():
            nodes = ast.walk(parse(column.of))
            found = [node.value for node in nodes if isinstance(node, ast.Constant)]
            yield "of", [value for value in found if isinstance(value, str)]
        case _:
            for field, value in column.model_dump(exclude={*_NAMES}, exclude_defaults=True).items():
                if texts := list(_texts(value)):
                    yield field, texts


def _texts(value: object) -> Iterator[str]:
    """Every text in a value, those in names of cases too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in (*value, *value.values()):
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
