"""What happens to a case: the states it goes through, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandboxctl.data import families
from sandboxctl.data.fields.links import followed
from sandboxctl.data.histories import Paths, paths
from sandboxctl.data.kinds.states import Entered, Left, Outcome, State
from sandboxctl.data.mix import U64, Index
from sandboxctl.data.rows import Per
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Cells, Codes, Days, Mask, Seconds, Values

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class _Walk:
    """Where each row of a scope is on its path: ``at`` is a position in ``paths``."""

    paths: Paths
    at: Index
    is_last: Mask


def _state(scope: Scope, name: str, column: State) -> Values:
    walk = _walk(scope, name)
    return Codes(column.states, walk.paths.states[walk.at])


def _outcome(scope: Scope, name: str, column: Outcome) -> Values:
    table, history = column.target
    state = scope.data.tables[table].columns[history]
    assert isinstance(state, State)
    walk = _walk(scope, name)
    return Codes(state.states, walk.paths.states[walk.at])


def _entered(scope: Scope, name: str, column: Entered) -> Cells:  # noqa: ARG001 - as all makers
    walk = _walk(scope, column.of)
    return _since(scope, column, walk.paths.entered[walk.at])


def _left(scope: Scope, name: str, column: Left) -> Cells:  # noqa: ARG001 - as all makers
    walk = _walk(scope, column.of)
    after = walk.at + ~walk.is_last
    cells = _since(scope, column, walk.paths.entered[after])
    gone = walk.is_last if cells.missing is None else walk.is_last | cells.missing
    return Cells(cells.values, gone)


def _since(scope: Scope, column: Entered | Left, elapsed: Index) -> Cells:
    begin = followed(scope, column.since)
    assert isinstance(begin.values, Days | Seconds)
    unit = _DAY if isinstance(begin.values, Days) else 1
    seconds = begin.values.values * unit + elapsed
    return Cells(Days(seconds // _DAY) if column.days else Seconds(seconds), begin.missing)


def _walk(scope: Scope, name: str) -> _Walk:
    """Of a state or outcome column."""
    return scope.once(("walk", name), lambda: _walked(scope, name))


def _walked(scope: Scope, name: str) -> _Walk:
    column = scope.content.columns[name]
    rows = scope.content.rows
    if isinstance(column, Outcome):
        return _to_the_end(scope, *column.target, scope.rows)
    if isinstance(rows, Per) and rows.history == name:
        return _one_of_many(scope, name)
    return _to_the_end(scope, scope.table, name, scope.origins)


def _to_the_end(scope: Scope, table: str, column: str, rows: U64) -> _Walk:
    found = _paths(scope, table, column, rows)
    return _Walk(found, found.lasts, np.ones(len(rows), np.bool_))


def _one_of_many(scope: Scope, name: str) -> _Walk:
    """Neighbours often have the same parent, whose path is walked once for all of them."""
    parents, ordinals = families.locate(scope)
    is_new = np.ones(len(parents), np.bool_)
    is_new[1:] = parents[1:] != parents[:-1]
    found = _paths(scope, scope.table, name, parents[is_new])
    path = np.cumsum(is_new) - 1
    return _Walk(found, found.firsts[path] + ordinals, ordinals + 1 == found.lengths[path])


def _paths(scope: Scope, table: str, name: str, rows: U64) -> Paths:
    column = scope.data.tables[table].columns[name]
    assert isinstance(column, State)
    assert column.machine is not None
    return paths(column.machine, families.steps(scope.data.seed, table, name), rows)


MAKERS: dict[type, Maker] = {State: _state, Outcome: _outcome, Entered: _entered, Left: _left}
