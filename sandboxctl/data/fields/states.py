"""What happens to a case: the states it goes through, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandboxctl.data.chance.mix import U64, Index
from sandboxctl.data.fields.links import followed
from sandboxctl.data.kinds.state_times import Entered, Left
from sandboxctl.data.kinds.states import Outcome, State
from sandboxctl.data.relations import families
from sandboxctl.data.relations.histories import Keys, ends, paths
from sandboxctl.data.relations.machine import Machine
from sandboxctl.data.relations.rows import Per
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Cells, Codes, Days, Mask, Seconds, Values

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class _Walk:
    """For each row of a scope its state, and the time from the start of the path until that is
    entered and left; ``left`` means nothing where it is the last."""

    states: Index
    entered: Index
    left: Index
    is_last: Mask


def _state(scope: Scope, name: str, column: State) -> Values:
    return Codes(column.states, _walk(scope, name).states)


def _outcome(scope: Scope, name: str, column: Outcome) -> Values:
    table, history = column.target
    state = scope.data.tables[table].columns[history]
    assert isinstance(state, State)
    return Codes(state.states, _walk(scope, name).states)


def _entered(scope: Scope, name: str, column: Entered) -> Cells:  # noqa: ARG001 - as all makers
    return _since(scope, column, _walk(scope, column.of).entered)


def _left(scope: Scope, name: str, column: Left) -> Cells:  # noqa: ARG001 - as all makers
    walk = _walk(scope, column.of)
    cells = _since(scope, column, walk.left)
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


def _to_the_end(scope: Scope, table: str, name: str, rows: U64) -> _Walk:
    states, entered = ends(*_machine(scope, table, name), rows)
    return _Walk(states, entered, entered, np.ones(len(rows), np.bool_))


def _one_of_many(scope: Scope, name: str) -> _Walk:
    """Neighbours often have the same parent, whose path is walked once for all of them."""
    parents, ordinals = families.locate(scope)
    is_new = np.ones(len(parents), np.bool_)
    is_new[1:] = parents[1:] != parents[:-1]
    found = paths(*_machine(scope, scope.table, name), parents[is_new])
    path = np.cumsum(is_new) - 1
    at, is_last = found.firsts[path] + ordinals, ordinals + 1 == found.lengths[path]
    return _Walk(found.states[at], found.entered[at], found.entered[at + ~is_last], is_last)


def _machine(scope: Scope, table: str, name: str) -> tuple[Machine, Keys]:
    column = scope.data.tables[table].columns[name]
    assert isinstance(column, State)
    assert column.machine is not None
    return column.machine, families.steps(scope.data.seed, table, name)


MAKERS: dict[type, Maker] = {State: _state, Outcome: _outcome, Entered: _entered, Left: _left}
