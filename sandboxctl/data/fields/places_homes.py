"""Where the home of each row is: streets of eight homes, spread over invented towns.

The rows of a street do not stand together: within each 256 rows, 32 streets are shuffled. A street
has one postcode; which one, a bijection says, so that no address comes twice before all were there.
Tables that are made once keep this to some forty steps over a chunk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandboxctl.data.chance.mix import U64, Index, below, draws, permute, stream
from sandboxctl.data.geography.gazetteer import DISTRICTS, INWARD, STREETS
from sandboxctl.data.kinds.places import STREET_HOMES
from sandboxctl.data.scope import Scope

_BLOCK = 256
_TURNS = 4096
_FIRST, _GAP = 60, 4
_HOUSES = _FIRST + _GAP * STREET_HOMES
_LAYOUTS = 4096
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_COMBINATIONS = np.uint64(len(STREETS))
_HALF = np.uint64(32)

NUMBERS = (
    *(f"{number} " for number in range(1, _HOUSES + 1)),
    *(
        f"Flat {flat}, {number} "
        for flat in range(1, STREET_HOMES + 1)
        for number in range(1, _FIRST + 1)
    ),
)


@dataclass(frozen=True, slots=True)
class Plot:
    """In which street each row's home is, counted through the table, and where in it."""

    street: Index
    place: Index


@dataclass(frozen=True, slots=True)
class Home:
    """Where each row's home is, as positions in the pools of the gazetteer."""

    number: Index
    street: Index
    town: Index
    district: Index
    inward: Index


@dataclass(frozen=True, slots=True, eq=False)
class _Shuffle:
    """An order of the places within a block, and how far it is turned in the next ones."""

    places: Index
    turns: Index


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """How streets are spread: two rounds of a Feistel network, what is too much wraps round."""

    inward_to_district: Index
    district_to_inward: Index
    districts: Index
    inwards: Index
    town: Index
    numbers: Index

    @property
    def streets(self) -> int:
        return len(self.district_to_inward) * len(self.inward_to_district)


def plot(scope: Scope, name: str) -> Plot:
    """In which street the home of that name is."""
    return scope.once(("plot", name), lambda: _plot(scope, name))


def _plot(scope: Scope, name: str) -> Plot:
    key = scope.key("home", name)
    shuffle = scope.dataset.once(("shuffle", key), lambda: _shuffle(key))
    rows = scope.people.astype(np.int64)
    block = rows >> 8
    rows += shuffle.turns.take(block & (_TURNS - 1))
    place = shuffle.places.take(rows & (_BLOCK - 1))
    block <<= 5
    block += place >> 3
    return Plot(block, place & 7)


def _shuffle(key: int) -> _Shuffle:
    places = permute(stream(key, "place"), _numbered(_BLOCK), _BLOCK)
    turns = below(draws(stream(key, "turn"), _numbered(_TURNS)), _BLOCK)
    return _Shuffle(places.view(np.int64), turns.view(np.int64))


def by_street(scope: Scope, name: str) -> U64:
    """Bits for each row, the same for all homes of a street, as evenly spread as can be.

    Multiples of the golden ratio: each share of the streets gets its own share of the bits, even
    of a few streets. Drawn at random, eight homes at once would be far off.
    """
    street = plot(scope, name).street.view(np.uint64)
    return street * _GOLDEN + np.uint64(scope.key("district", name))


def home(scope: Scope, name: str, towns: int) -> Home:
    """The home of that name, in one of so many towns."""
    return scope.once(("home", name, towns), lambda: _home(scope, name, towns))


def _home(scope: Scope, name: str, towns: int) -> Home:
    key = scope.key("home", name)
    plan = scope.dataset.once(("homes", key, towns), lambda: _plan(key, towns))
    at = plot(scope, name)
    street = at.street
    if scope.size > plan.streets * STREET_HOMES:
        street = street % plan.streets
    bits = draws(stream(key, "street"), street.view(np.uint64))
    layout = (bits & np.uint64(_LAYOUTS - 1)).view(np.int64)
    number = plan.numbers.take((layout << 3) + at.place)
    combination = ((bits >> _HALF) * _COMBINATIONS) >> _HALF
    district, inward = _spread(plan, street)
    return Home(number, combination.view(np.int64), plan.town.take(district), district, inward)


def _plan(key: int, towns: int) -> _Plan:
    wide, long = towns * len(DISTRICTS), len(INWARD)
    return _Plan(
        below(draws(stream(key, "district"), _numbered(long)), wide).view(np.int64),
        below(draws(stream(key, "inward"), _numbered(wide)), long).view(np.int64),
        np.arange(2 * wide) % wide,
        np.arange(2 * long) % long,
        np.arange(wide) // len(DISTRICTS),
        _numbers(key),
    )


def _spread(plan: _Plan, street: Index) -> tuple[Index, Index]:
    """District and inward code of each street, all different."""
    size = len(plan.inward_to_district)
    district = street // size
    inward = street - district * size
    district += plan.inward_to_district.take(inward)
    district = plan.districts.take(district)
    inward += plan.district_to_inward.take(district)
    return district, plan.inwards.take(inward)


def _numbers(key: int) -> Index:
    """Layouts of a street: eight positions in `NUMBERS` each, all different.

    In a street of houses the number differs from home to home, in one of flats the flat does.
    """
    bits = draws(stream(key, "layout"), _numbered(_LAYOUTS)).view(np.int64)[:, None]
    place = np.arange(STREET_HOMES)
    first = ((bits & 0xFFFF) * _FIRST) >> 16
    house = first + place * _GAP + ((bits >> (16 + 2 * place)) & (_GAP - 1))
    flat = first + place * _FIRST + _HOUSES
    return np.where((bits >> 40) & 7 == 0, flat, house).ravel()


def _numbered(count: int) -> U64:
    return np.arange(count, dtype=np.uint64)
