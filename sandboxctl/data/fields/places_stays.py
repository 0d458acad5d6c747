"""Rows whose people are somewhere else than at home, by the table's edge cases."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sandboxctl.data.chance.mix import Index, below, draws
from sandboxctl.data.fields.people_births import case
from sandboxctl.data.geography.elsewhere import ALL_STAYS, STAYS, Stay
from sandboxctl.data.scope import Scope
from sandboxctl.data.values import Mask


def stays(scope: Scope) -> Index | None:
    """Which of `ALL_STAYS` each row has, -1 for a home; None if the table has no such case."""
    if not any(scope.content.edge_cases.get(name, 0) for name in STAYS):
        return None
    return scope.once(("stays",), lambda: _stays(scope))


def _stays(scope: Scope) -> Index:
    found = np.full(scope.count, -1, np.int64)
    first = 0
    for name, ways in STAYS.items():
        rows = case(scope, name)
        which = below(draws(scope.key("stay", name), scope.people[rows]), len(ways))
        found[rows] = which.view(np.int64) + first
        first += len(ways)
    return found


def gone(scope: Scope, lacks: Callable[[Stay], bool]) -> Mask | None:
    """In which rows something is missing as the stay there lacks it."""
    stay = stays(scope)
    if stay is None:
        return None
    # the last one stands for -1: who is at home lacks nothing
    lacking = np.array([*map(lacks, ALL_STAYS), False], np.bool_)
    return lacking[stay]
