"""About how many rows there will be for the rows of another table, without counting them."""

from __future__ import annotations

from math import sqrt

import numpy as np

from sandboxctl.data.relations.counting import Drawn, Walked
from sandboxctl.data.relations.machine import Machine
from sandboxctl.data.relations.rows import LARGEST

_SURE = 6
"""Standard deviations that no draw comes near."""


def far_too_many(how: Drawn | Walked, parents: int) -> int | None:
    """About how many, where that is certainly more than a table may have; None otherwise."""
    if parents * how.most <= LARGEST:
        return None
    about = parents * mean(how)
    # a number between 0 and `most` deviates by half of that at the most
    least = about - _SURE * sqrt(parents) * how.most / 2
    return round(about) if least > LARGEST else None


def mean(how: Drawn | Walked) -> float:
    """Of one row."""
    if isinstance(how, Walked):
        return _steps(how.machine)
    both = zip(how.values, how.weights, strict=True)
    return sum(number * weight for number, weight in both) / sum(how.weights)


def _steps(machine: Machine) -> float:
    """How many states a path has: the chances that it comes to a first, second … one, added up."""
    moves = [(state, *move) for state, some in enumerate(machine.moves) for move in some]
    origins = np.array([state for state, _, _ in moves], np.int64)
    targets = np.array([to for _, to, _ in moves], np.int64)
    weights = np.array([weight for _, _, weight in moves])
    count = len(machine.states)
    chances = weights / np.bincount(origins, weights, count)[origins]
    here = np.array(machine.start) / sum(machine.start)
    total = 0.0
    for _ in range(machine.longest):
        total += float(here.sum())
        here = np.bincount(targets, here[origins] * chances, count).astype(np.float64)
    return total
