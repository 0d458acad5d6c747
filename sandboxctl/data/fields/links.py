"""Keys, and references to them."""

from __future__ import annotations

import numpy as np

from sandboxctl.data.kinds.links import Reference, Sequence, Uuid
from sandboxctl.data.mix import U64, below, draws, octaves, permute
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Numbers, Uuids, Values


def _sequence(scope: Scope, name: str, column: Sequence) -> Values:  # noqa: ARG001 - as all makers
    return Numbers(scope.rows.astype(np.int64) + column.start)


def _reference(scope: Scope, name: str, column: Reference) -> Values:
    return scope.parent(name).cells(column.target[1]).values


def parent(scope: Scope, name: str) -> Scope:
    """The rows of the other table that a reference column leads to."""
    column = scope.content.columns[name]
    assert isinstance(column, Reference)
    return scope.dataset.scope(column.target[0], _parents(scope, name, column))


def _parents(scope: Scope, name: str, column: Reference) -> U64:
    size = scope.dataset.sizes[column.target[0]]
    if column.unique:
        return permute(scope.key(name), scope.rows, size)
    bits = scope.bits(name)
    if column.distribution == "uniform":
        return below(bits, size)
    # popular rows should not all stand at the top of the table
    return permute(
        scope.key(name, "popular"), octaves(bits, scope.bits(name, "within"), size), size
    )


def _uuid(scope: Scope, name: str, column: Uuid) -> Values:  # noqa: ARG001 - as all makers
    """Version 4 in form. 64 of its bits are a bijection of the row, so no two are the same."""
    own, more = draws(scope.key(name), scope.rows), draws(scope.key(name, "more"), scope.rows)
    high = more & ~np.uint64(0xF003) | np.uint64(0x4000) | own >> np.uint64(62)
    return Uuids(high, own & np.uint64(2**62 - 1) | np.uint64(2**63))


MAKERS: dict[type, Maker] = {Sequence: _sequence, Reference: _reference, Uuid: _uuid}
