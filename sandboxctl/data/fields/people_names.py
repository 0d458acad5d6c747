"""What a person of a row is called: positions in the lists of names, and how they are written.

One draw decides forename, community and surname. A near-duplicate has the same name as the person
it repeats; only the columns that show a name write it differently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sandboxctl.data.chance.mix import U64, Index, below, draws
from sandboxctl.data.fields import people_tables as tables
from sandboxctl.data.fields.people_births import case, cell, repeats, who
from sandboxctl.data.fields.people_pools import FORENAME_POOLS, SURNAME_POOLS, Pools
from sandboxctl.data.people.names import FORENAMES, SURNAMES
from sandboxctl.data.people.variants import initial, short, simple, typo
from sandboxctl.data.scope import Scope

BLANK = len(FORENAMES) - 1
"""The forename of those who have a single name."""

_FORENAME = np.uint64(64 - tables.FORENAME_BITS)
_SURNAME = np.uint64(64 - tables.FORENAME_BITS - tables.SURNAME_BITS)
_SURNAMES = np.uint64((1 << tables.SURNAME_BITS) - 1)
_NAME = (1 << tables.NAME_BITS) - 1

Way = Callable[[str], str]
FORENAME_WAYS: tuple[Way, ...] = (short, initial, simple, typo)
SURNAME_WAYS: tuple[Way, ...] = (simple, typo)


@dataclass(frozen=True, slots=True)
class Named:
    """For each row positions in `FORENAMES` and `SURNAMES`, or in the longer lists below."""

    forename: Index
    surname: Index


def name_bits(scope: Scope, person: str) -> U64:
    """From the top: 13 for the forename, 12 for the surname; the last ones for the domain."""
    return scope.once(("name", person), lambda: draws(scope.key("name", person), scope.people))


def named(scope: Scope, person: str) -> Named:
    """What each row's person is called."""
    return scope.once(("named", person), lambda: _named(scope, person))


def _named(scope: Scope, person: str) -> Named:
    drawn, people = name_bits(scope, person), cell(scope, person)
    begin = tables.cohorts(who(scope, person).on.year)[people]
    packed = tables.forenames()[begin + (drawn >> _FORENAME).view(np.int64)].astype(np.int64)
    sex = people & 1
    group = ((packed >> tables.NAME_BITS) * 2 + sex) << tables.SURNAME_BITS
    slot = group + ((drawn >> _SURNAME) & _SURNAMES).view(np.int64)
    surname = tables.surnames()[slot].astype(np.int64)
    made = Named(packed & _NAME, surname)
    _special(scope, person, made)
    return made


def _special(scope: Scope, person: str, made: Named) -> None:
    """Rows with edge cases get names of their lists; of two on one row the later one counts."""
    for name, pools in FORENAME_POOLS.items():
        _of_pools(scope, person, name, pools, made.forename)
    for name, pools in SURNAME_POOLS.items():
        _of_pools(scope, person, name, pools, made.surname)
    made.forename[case(scope, "single_name")] = BLANK


def _of_pools(scope: Scope, person: str, name: str, pools: Pools, made: Index) -> None:
    rows = case(scope, name)
    if not len(rows):
        return
    sex = cell(scope, person)[rows] & 1
    drawn = draws(scope.key("special", name, pools.part, person), scope.people[rows])
    place = below(drawn, pools.sizes[sex]).view(np.int64)
    made[rows] = pools.names[pools.starts[sex] + place]


def written(scope: Scope, person: str) -> Named:
    """As `named`, in near-duplicates written differently: positions in the longer lists."""
    return scope.once(("written", person), lambda: _written(scope, person))


def _written(scope: Scope, person: str) -> Named:
    made, rows = named(scope, person), repeats(scope)
    if not len(rows):
        return made
    forename, surname = made.forename.copy(), made.surname.copy()
    ways = len(FORENAME_WAYS) + len(SURNAME_WAYS)
    way = below(scope.bits("near_duplicate", "written", person)[rows], ways).view(np.int64)
    way[(forename[rows] == BLANK) & (way < len(FORENAME_WAYS))] = ways - 1
    for number in range(ways):
        few = rows[way == number]
        if number < len(FORENAME_WAYS):
            forename[few] += len(FORENAMES) * (number + 1)
        else:
            surname[few] += len(SURNAMES) * (number - len(FORENAME_WAYS) + 1)
    return Named(forename, surname)


@lru_cache(maxsize=1)
def all_forenames() -> tuple[str, ...]:
    """`FORENAMES`, then the same in each way of writing them differently."""
    return FORENAMES + tuple(way(name) for way in FORENAME_WAYS for name in FORENAMES)


@lru_cache(maxsize=1)
def all_surnames() -> tuple[str, ...]:
    """`SURNAMES`, then the same in each way of writing them differently."""
    return SURNAMES + tuple(way(name) for way in SURNAME_WAYS for name in SURNAMES)
