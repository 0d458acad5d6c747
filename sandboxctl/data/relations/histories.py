"""Paths through a state machine, for many rows at once: a step for all of them, then the next.

Where a path goes, and how long it stays, are drawn from its row alone, so that each can be walked
without the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from sandboxctl.data.chance.mix import U64, Index, draws, pick
from sandboxctl.data.relations.machine import Machine
from sandboxctl.data.values import Mask

_HALF = np.uint64(32)
_LOW = np.uint64(2**32 - 1)

Keys = Callable[[int], int]
"""The key of a stream for each step."""


@dataclass(frozen=True, slots=True)
class Paths:
    """All states of the first row's path, then of the next: ``firsts`` says where each begins.

    ``entered`` is the time in seconds from the start of the path until the state is entered.
    """

    firsts: Index
    lengths: Index
    states: Index
    entered: Index


@dataclass(frozen=True, slots=True)
class _Tables:
    """A machine as arrays. Bounds of state s lie from s·2³² to (s+1)·2³², one for each move."""

    ends: Mask
    bounds: U64
    targets: Index
    shortest: Index
    spread: U64


@lru_cache(maxsize=64)
def _tables(machine: Machine) -> _Tables:
    bounds: list[int] = []
    for state, moves in enumerate(machine.moves):
        parts = list(accumulate(Fraction(weight) for _, weight in moves))
        bounds += [(state << 32) + int(part * 2**32 / parts[-1]) for part in parts]
    return _Tables(
        ends=np.array([not moves for moves in machine.moves]),
        bounds=np.array(bounds, np.uint64),
        targets=np.array([to for moves in machine.moves for to, _ in moves], np.int64),
        shortest=np.array([low for low, _ in machine.stays], np.int64),
        spread=np.array([high - low + 1 for low, high in machine.stays], np.uint64),
    )


def lengths(machine: Machine, keys: Keys, rows: U64) -> Index:
    """How many states the path of each row has."""
    found = np.zeros(len(rows), np.int64)
    for step, (walking, _, _) in enumerate(_steps(machine, keys, rows), 1):
        found[walking] = step
    return found


def ends(machine: Machine, keys: Keys, rows: U64) -> tuple[Index, Index]:
    """The last state on the path of each row, and when that is entered."""
    states, entered = np.empty((2, len(rows)), np.int64)
    for walking, state, elapsed in _steps(machine, keys, rows):
        states[walking], entered[walking] = state, elapsed
    return states, entered


def paths(machine: Machine, keys: Keys, rows: U64) -> Paths:
    """The whole path of each row."""
    steps = list(_steps(machine, keys, rows))
    counts = np.zeros(len(rows), np.int64)
    for step, (walking, _, _) in enumerate(steps, 1):
        counts[walking] = step
    firsts = np.cumsum(counts) - counts
    states, entered = np.empty((2, int(counts.sum())), np.int64)
    for step, (walking, state, elapsed) in enumerate(steps):
        where = firsts[walking] + step
        states[where], entered[where] = state, elapsed
    return Paths(firsts, counts, states, entered)


def _steps(
    machine: Machine, keys: Keys, rows: U64
) -> Iterator[tuple[NDArray[np.int64], Index, Index]]:
    """For each step: which paths come to it, in which state they are, and since when."""
    tables = _tables(machine)
    walking, elapsed = np.arange(len(rows)), np.zeros(len(rows), np.int64)
    state = pick(draws(keys(0), rows), machine.start)
    yield walking, state, elapsed
    for step in range(1, machine.at_most):
        goes_on = np.flatnonzero(~tables.ends[state])
        if len(goes_on) < len(walking):
            walking, state, elapsed = walking[goes_on], state[goes_on], elapsed[goes_on]
        if not len(walking):
            return
        bits = draws(keys(step), rows[walking])
        more = ((bits & _LOW) * tables.spread[state]) >> _HALF
        elapsed = elapsed + tables.shortest[state] + more.view(np.int64)
        chosen = state.view(np.uint64) << _HALF | bits >> _HALF
        state = tables.targets[np.searchsorted(tables.bounds, chosen, side="right")]
        yield walking, state, elapsed
