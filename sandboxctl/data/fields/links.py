"""Keys, and references to them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from sandboxctl.data.chance.mix import U64, below, draws, happens, octaves, permute
from sandboxctl.data.fields.links_distinct import apart
from sandboxctl.data.kinds.links import Reference, Sequence, Uuid, own_parents
from sandboxctl.data.relations import families
from sandboxctl.data.relations.rows import Per
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Cells, Mask, Numbers, Uuids, Values

_START = datetime(1970, 1, 1, tzinfo=UTC)


def _sequence(scope: Scope, name: str, column: Sequence) -> Values:  # noqa: ARG001 - as all makers
    if column.within:
        return Numbers(families.place(scope)[0] + column.start)
    return Numbers(scope.rows.astype(np.int64) + column.start)


def _reference(scope: Scope, name: str, column: Reference) -> Values | Cells:
    values = scope.parent(name).cells(column.target[1]).values
    return Cells(values, _roots(scope, name, column)) if column.earlier else values


def parent(scope: Scope, name: str) -> Scope:
    """The rows of the other table that a reference column leads to; the first one for none."""
    column = scope.content.columns[name]
    assert isinstance(column, Reference)
    return scope.dataset.scope(column.target[0], _parents(scope, name, column))


def followed(scope: Scope, path: str) -> Cells:
    """A column of this table, or ``reference.column`` of the row that a reference leads to:
    missing where any part of the way is."""
    *way, last = path.split(".")
    gone: Mask | None = None
    for name in way:
        gone = _either(gone, _missing(scope, name))
        scope = scope.parent(name)
    cells = scope.cells(last)
    return Cells(cells.values, _either(gone, cells.missing))


def _missing(scope: Scope, name: str) -> Mask | None:
    return scope.cells(name).missing if scope.content.columns[name].is_missing else None


def _either(first: Mask | None, second: Mask | None) -> Mask | None:
    if first is None or second is None:
        return second if first is None else first
    return first | second


def _parents(scope: Scope, name: str, column: Reference) -> U64:
    size = scope.dataset.sizes[column.target[0]]
    if name in own_parents(scope.content):
        return families.locate(scope)[0]
    if column.unique:
        return permute(scope.key(name), scope.rows, size)
    if column.distinct:
        return _distinct(scope, name, size)
    bits = scope.bits(name)
    if column.earlier:
        return below(bits, np.where(_roots(scope, name, column), np.uint64(1), scope.origins))
    if column.distribution == "uniform":
        return below(bits, size)
    # popular rows should not all stand at the top of the table
    return permute(
        scope.key(name, "popular"), octaves(bits, scope.bits(name, "within"), size), size
    )


def _distinct(scope: Scope, name: str, size: int) -> U64:
    """Of its parents' own table, never the parent itself."""
    parents, ordinals = families.locate(scope)
    rows, ranks = scope.content.rows, ordinals.view(np.uint64)
    assert isinstance(rows, Per)
    column = scope.content.columns[name]
    assert isinstance(column, Reference)
    if rows.per != column.target[0]:
        return apart(scope.key(name), parents, ranks, size)
    found = apart(scope.key(name), parents, ranks, size - 1)
    return found + (found >= parents)


def _roots(scope: Scope, name: str, column: Reference) -> Mask:
    """Which rows have none before them to refer to, or refer to none."""
    return scope.once(
        ("roots", name),
        lambda: happens(scope.bits(name, "roots"), column.root_rate) | (scope.origins == 0),
    )


def _uuid(scope: Scope, name: str, column: Uuid) -> Values:
    """In both versions a bijection of the row, so that no two are the same."""
    own = draws(scope.key(name), scope.rows)
    variant = own & np.uint64(2**62 - 1) | np.uint64(2**63)
    if column.version == 7:
        first = np.uint64((column.start - _START).total_seconds() * 1000)
        time = (scope.rows + first) << np.uint64(16)
        return Uuids(time | np.uint64(0x7000) | own >> np.uint64(52), variant)
    more = draws(scope.key(name, "more"), scope.rows)
    high = more & ~np.uint64(0xF003) | np.uint64(0x4000) | own >> np.uint64(62)
    return Uuids(high, variant)


MAKERS: dict[type, Maker] = {Sequence: _sequence, Reference: _reference, Uuid: _uuid}
