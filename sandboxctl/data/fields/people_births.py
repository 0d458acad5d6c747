"""Who a person of a row is: how old, of which sex, born when.

One draw decides age and sex, from a table of 65,536 people, and the day of birth. A cell is
``2 * age + sex``.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sandboxctl.data.chance.mix import U64, Index, draws, happens
from sandboxctl.data.fields.people_tables import table
from sandboxctl.data.kinds.people import births
from sandboxctl.data.people.ages import AGE_BITS, OLDEST, cells
from sandboxctl.data.people.births import DAY_ONE, RARE, Births, turned
from sandboxctl.data.people.names import SEXES
from sandboxctl.data.scope import Scope

Cell = NDArray[np.uint8]

_AGE = np.uint64(64 - AGE_BITS)
_DAY_BITS = 24
_DAY = np.uint64(_AGE - _DAY_BITS)
_WITHIN = np.uint64((1 << _DAY_BITS) - 1)
SWAPPED = 0.2
"""Share of near-duplicates with day and month of birth swapped, if that is a day at all, and does
not change the age."""

LEAP = "born_29_february"
NONE = np.empty(0, np.int64)


def case(scope: Scope, name: str) -> Index:
    """Positions of the rows to whose person an edge case happens.

    Not `Scope.edge`: a near-duplicate has the peculiarities of the person it repeats.
    """
    rate = scope.content.edge_cases.get(name, 0)
    return scope.once(("case", name), lambda: _case(scope, name, rate)) if rate else NONE


def _case(scope: Scope, name: str, rate: float) -> Index:
    bits = draws(scope.key("edge case", name), scope.people)
    return np.flatnonzero(happens(bits, rate))


def bits(scope: Scope, person: str) -> U64:
    """From the top: 16 for age and sex, 24 for the day of birth; the last 10 for the title."""
    return scope.once(("person", person), lambda: draws(scope.key("person", person), scope.people))


def who(scope: Scope, person: str) -> Births:
    """How old a person of these rows may be, and when."""
    return scope.dataset.once(
        ("births", scope.table, person), lambda: births(scope.content, person)
    )


def cell(scope: Scope, person: str) -> Cell:
    """Age and sex of each row's person."""
    return scope.once(("cell", person), lambda: _cell(scope, person))


def _cell(scope: Scope, person: str) -> Cell:
    usual = who(scope, person)
    slot = (bits(scope, person) >> _AGE).view(np.int64)
    made = _people(usual.ages)[slot]
    for name in RARE:
        rows = case(scope, name)
        made[rows] = _people(usual.rare(name).ages)[slot[rows]]
    if len(rows := case(scope, LEAP)):
        made[rows] = _leaps(scope, usual)[0][made[rows]]
    return made


@lru_cache(maxsize=64)
def _people(ages: range) -> Cell:
    counts = cells(ages)
    return table(range(len(counts)), counts, np.uint8)


def born(scope: Scope, person: str) -> Index:
    """The day of birth of each row's person, in days since 1970."""
    return scope.once(("born", person), lambda: _born(scope, person))


def _born(scope: Scope, person: str) -> Index:
    usual = who(scope, person)
    first, days = _years(usual)
    which = cell(scope, person)
    within = (bits(scope, person) >> _DAY) & _WITHIN
    made = first[which] + ((days[which] * within) >> np.uint64(_DAY_BITS)).view(np.int64)
    if len(rows := case(scope, LEAP)):
        made[rows] = _leaps(scope, usual)[1][which[rows]]
    _swap(scope, usual, which, made)
    return made


@lru_cache(maxsize=64)
def _years(usual: Births) -> tuple[Index, U64]:
    """For each cell the first day of birth, and how many days there are."""
    last = np.array([turned(usual.on, age) for age in range(OLDEST + 2)])
    first, days = last[1:] + 1, last[:-1] - last[1:]
    return np.repeat(first, 2), np.repeat(days, 2).astype(np.uint64)


def _leaps(scope: Scope, usual: Births) -> tuple[Cell, Index]:
    """For each cell the nearest one with a 29 February, and for those which day that is."""

    def make() -> tuple[Cell, Index]:
        rates = scope.content.edge_cases
        nearest, days = usual.born_in_leap_years(rates), usual.all_leap_days(rates)
        near = np.array([2 * age + sex for age in nearest for sex in SEXES], np.uint8)
        return near, np.array([days.get(age, 0) for age in range(OLDEST + 1) for _ in SEXES])

    return scope.dataset.once(("leaps", scope.table, usual), make)


def _swap(scope: Scope, usual: Births, which: Cell, made: Index) -> None:
    """Some near-duplicates have day and month of birth the wrong way round."""
    rows = repeats(scope)
    if not len(rows):
        return
    rows = rows[happens(scope.bits("near_duplicate", "swapped")[rows], SWAPPED)]
    month = made[rows].astype("M8[D]").astype("M8[M]")
    day = made[rows] - month.astype("M8[D]").astype(np.int64)
    start = month.astype("M8[Y]").astype("M8[M]")
    other = (start + day).astype("M8[D]").astype(np.int64) + (month - start).astype(np.int64)
    first, days = (table[which[rows]] for table in _years(usual))
    fits = (day < 12) & (first <= other) & (other < first + days.astype(np.int64))
    made[rows[fits]] = other[fits]


def repeats(scope: Scope) -> Index:
    """Positions of near-duplicates."""
    if not scope.content.edge_cases.get("near_duplicate"):
        return NONE
    return np.flatnonzero(scope.people != scope.origins)


def aged(scope: Scope, person: str, on: date) -> Index:
    """Whole years of each row's person on a day."""
    low, high = who(scope, person).widened(scope.content.edge_cases).days
    return _ages(low, high, on)[born(scope, person) - low].astype(np.int64)


@lru_cache(maxsize=64)
def _ages(low: int, high: int, on: date) -> NDArray[np.uint16]:
    """The age on a day for each day of birth from ``low``."""
    oldest = on.year - (DAY_ONE + timedelta(low)).year
    turns = [turned(on, age) for age in range(oldest + 1, 0, -1)]
    return (len(turns) - np.searchsorted(turns, np.arange(low, high + 1))).astype(np.uint16)
