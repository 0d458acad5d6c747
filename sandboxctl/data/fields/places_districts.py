"""Real districts, by population, and what lies in them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import cos, radians, sqrt

import numpy as np

from sandboxctl.data import geography
from sandboxctl.data.chance.lots import Lots, draw, lots
from sandboxctl.data.chance.mix import Index, draws
from sandboxctl.data.fields.places_homes import by_street, plot
from sandboxctl.data.fields.places_stays import gone, stays
from sandboxctl.data.geography.elsewhere import ALL_STAYS
from sandboxctl.data.geography.grid import convergence, grid
from sandboxctl.data.kinds.districts import Country, Districted, Lad, Location, Ward
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Cells, Codes, Numbers

Areas = tuple[str, ...]

REACH = 0.35
"""How far the points go, as a share of the side of a square as large as the district."""

_ONE = 1 << 16
_UNITS_IN_METRE = 89_832 * _ONE // 100_000
"""Of latitude: hundred-thousandths of a degree in a metre, in 65,536 parts."""


@lru_cache(maxsize=64)
def _lots(within: Areas) -> Lots:
    return lots(one.thousands for one in geography.select(within))


def _district(scope: Scope, column: Districted) -> Index:
    """Which of the districts in those areas each row's home is in."""

    def make() -> Index:
        return draw(_lots(column.within), by_street(scope, column.home))

    return scope.once(("district", column.home, column.within), make)


def _lad(scope: Scope, name: str, column: Lad) -> Cells:  # noqa: ARG001 - as all makers
    words = tuple(getattr(one, column.of) for one in column.districts)
    return Cells(Codes(words, _district(scope, column)), gone(scope, lambda one: not one.near))


def _country(scope: Scope, name: str, column: Country) -> Cells:  # noqa: ARG001 - as all makers
    words, which = _nations(column.within, column.of == "name")
    index = which.take(_district(scope, column))
    stay = stays(scope)
    if stay is not None and column.of == "name":
        others = tuple(one.country or "" for one in ALL_STAYS)
        away = np.array([*(one.country is not None for one in ALL_STAYS), False])[stay]
        index = np.where(away, stay + len(words), index)
        return Cells(
            Codes(words + others, index),
            gone(scope, lambda one: not one.near and one.country is None),
        )
    return Cells(Codes(words, index), gone(scope, lambda one: not one.near))


@lru_cache(maxsize=64)
def _nations(within: Areas, named: bool) -> tuple[tuple[str, ...], Index]:
    words = [one.nation[named] for one in geography.select(within)]
    entries = tuple(dict.fromkeys(words))
    return entries, np.array([entries.index(word) for word in words], np.int64)


def _ward(scope: Scope, name: str, column: Ward) -> Cells:  # noqa: ARG001 - as all makers
    words, parts = _wards(column.within, column.of == "name")
    index = draw(parts, by_street(scope, column.home))
    return Cells(Codes(words, index), gone(scope, lambda one: not one.near))


@lru_cache(maxsize=64)
def _wards(within: Areas, named: bool) -> tuple[tuple[str, ...], Lots]:
    """All wards of the districts, each with its part of the lot of its district."""
    words: list[str] = []
    parts: list[Fraction] = []
    for one in geography.select(within):
        wards = geography.wards()[one.code]
        words += (ward[named] for ward in wards)
        parts += [Fraction(one.thousands, len(wards))] * len(wards)
    return tuple(words), lots(parts)


@dataclass(frozen=True, slots=True, eq=False)
class _Middles:
    """Of each district; coordinates in the units of `Location`, factors in 65,536 parts."""

    reach: Index
    latitude: Index
    longitude: Index
    easting: Index
    northing: Index
    east: Index
    """Hundred-thousandths of a degree of longitude in a metre."""
    turn: Index
    lean: Index


@lru_cache(maxsize=64)
def _middles(within: Areas) -> _Middles:
    rows = []
    for one in geography.select(within):
        at = (one.latitude, one.longitude)
        easting, northing = grid(*at)
        turn, lean = convergence(*at)
        rows.append(
            (
                round(sqrt(one.area) * 1000 * REACH),
                *(round(degrees * 100_000) for degrees in at),
                easting,
                northing,
                round(_UNITS_IN_METRE / cos(radians(one.latitude))),
                round(turn * _ONE),
                round(lean * _ONE),
            )
        )
    return _Middles(*np.array(rows, np.int64).T.copy())


def _location(scope: Scope, name: str, column: Location) -> Cells:  # noqa: ARG001 - as all makers
    district = _district(scope, column)
    middles = _middles(column.within)
    reach = middles.reach.take(district)
    right, up = (_middling(scope, column.home, way) * reach >> 16 for way in ("right", "up"))
    match column.of:
        case "latitude":
            made = middles.latitude.take(district) + (up * _UNITS_IN_METRE >> 16)
        case "longitude":
            made = middles.longitude.take(district) + (right * middles.east.take(district) >> 16)
        case "easting":
            shift = right * middles.turn.take(district) + up * middles.lean.take(district)
            made = middles.easting.take(district) + (shift >> 16)
        case _:
            shift = up * middles.turn.take(district) - right * middles.lean.take(district)
            made = middles.northing.take(district) + (shift >> 16)
    places = 5 if column.of in ("latitude", "longitude") else 0
    return Cells(Numbers(made, places=places), gone(scope, lambda _: True))


def _middling(scope: Scope, name: str, way: str) -> Index:
    """From -65,535 to 65,535 for each street, most often near 0: two draws added."""
    street = plot(scope, name).street.view(np.uint64)
    drawn = draws(scope.key("district", name, way), street).view(np.int64)
    return (drawn & 0xFFFF) + (drawn >> 16 & 0xFFFF) - 0xFFFF


MAKERS: dict[type, Maker] = {
    Lad: _lad,
    Country: _country,
    Ward: _ward,
    Location: _location,
}
