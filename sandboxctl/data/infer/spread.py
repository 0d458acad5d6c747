"""Numbers and times of a profile as options of a column: rounded, and over ten rows each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sandboxctl.data.infer import rounding
from sandboxctl.data.infer.profile import Profile

FARTHEST = {"integer": 2.0**62, "decimal": 1e9, "money": 1e9}
"""What a kind takes, either way."""


def amounts(profile: Profile, kind: str) -> dict[str, Any]:
    """Bounds and quantiles; bands where many rows have one number."""
    places = 0 if kind == "integer" else 2 if kind == "money" else profile.places
    most = FARTHEST[kind] * 0.98
    knots = [min(max(knot, -most), most) for knot in profile.knots]
    if not knots:
        return {"between": [0, 100]}
    if len(knots) == 2:
        low, high = _apart(*_around(knots, places), places)
        return {"between": [rounding.number(low), rounding.number(high)]}
    found = [
        rounding.down(knots[0], places),
        *(rounding.nearest(knot, places) for knot in knots[1:-1]),
        rounding.up(knots[-1], places),
    ]
    if len(set(knots)) < len(knots):
        return _banded(found, Decimal(1).scaleb(-places))
    return _thinned(found)


def _thinned(found: Sequence[Decimal]) -> dict[str, Any]:
    """As many quantiles as differ; it is rounding that makes some of them equal."""
    last = len(found) - 1
    for step in (step for step in (1, 2, 4, 5, 10) if last % step == 0):
        some = found[::step]
        if len(set(some)) == len(some) > 2:
            values = map(rounding.number, some)
            shares = {round(n * step / last, 2): value for n, value in enumerate(values)}
            return {"distribution": "empirical", "quantiles": shares}
    return {"between": [rounding.number(found[0]), rounding.number(found[-1])]}


def _around(knots: Sequence[float], places: int) -> tuple[Decimal, Decimal]:
    """A few rows have one digit only."""
    digits = 1 if knots[0] == knots[1] else rounding.DIGITS
    return rounding.down(knots[0], places, digits), rounding.up(knots[1], places, digits)


def _apart(low: Decimal, high: Decimal, places: int) -> tuple[Decimal, Decimal]:
    return low, high if high > low else low + Decimal(1).scaleb(-places)


def _banded(found: Sequence[Decimal], unit: Decimal) -> dict[str, Any]:
    if len(set(found)) == 1:
        low, high = (rounding.number(end) for end in (found[0], found[0] + unit))
        return {"between": [low, high]}
    bands = [
        [rounding.number(low), rounding.number(high), round(weight / (len(found) - 1), 2)]
        for low, high, weight in _bands(found, unit)
    ]
    return {"distribution": "empirical", "bands": bands}


def _bands(found: Sequence[Decimal], unit: Decimal) -> Iterator[tuple[Decimal, Decimal, int]]:
    """A band for a number that comes again and again, and one for what lies between two."""
    values = sorted(set(found))
    for value, after in pairwise(values):
        again = found.count(value) - 1
        if again:
            yield value, value, again
        start = value + unit if again or value != values[0] else value
        stop = after - unit if found.count(after) > 1 else after
        if start <= stop:
            yield start, stop, 1
    if (again := found.count(values[-1]) - 1) > 0:
        yield values[-1], values[-1], again


def times(profile: Profile) -> dict[str, Any]:
    """From the first day of a month or year to the last of one."""
    if not profile.knots:
        return {"between": [date(2025, 1, 1), date(2025, 12, 31)]}
    return {"between": list(rounding.days(profile.knots[0], profile.knots[-1]))}
