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
from sandboxctl.data.relations.sizes import sizes
from sandboxctl.data.scope import Dataset

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
    counted = sizes(data)
    dataset = Dataset(data)
    for table, content in data.tables.items():
        for name in content.columns:
            place = Place(data, counted, table, name)
            fixed = list(_written_down(place))
            yield from fixed
            if not fixed:
                yield from _made(dataset, place)


def _written_down(place: Place) -> Iterator[Problem]:
    """Texts that stand in the data section themselves."""
    for field, texts in _fields(place.column):
        for found in _findings(place.name, _array(texts)):
            yield (
                (*place.path, field),
                f"has {found.count:,} {found.title} that could be somebody's, such as "
                f"{found.shown[0]}; {_instead(found.kind)}",
            )


def _made(dataset: Dataset, place: Place) -> Iterator[Problem]:
    """Values that are put together when rows are made."""
    if not isinstance(place.column, _MADE) or place.column.hidden or not place.rows:
        return
    from sandboxctl.data.arrow import column
    from sandboxctl.data.scan.records import texts

    step = max(1, place.rows // ROWS)
    rows = np.arange(min(ROWS, place.rows), dtype=np.uint64) * np.uint64(step)
    values = texts(column(dataset.scope(place.table, rows).cells(place.name)))
    if values is None:
        return
    for found in _findings(place.name, values):
        if found.count >= min(CHANCE, len(rows)):
            yield (
                place.path,
                f"makes values that could be somebody's: {found.count} of {len(rows)} rows look "
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
            for field, value in column.model_dump(exclude=_NAMES, exclude_defaults=True).items():
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
