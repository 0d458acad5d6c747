"""Figures made coarse: two digits of a number, ends of months and years of a date."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

DIGITS = 2
DAY_ONE = date(1970, 1, 1)
LONG = 2 * 366
"""Days from which whole years are told instead of months."""

FIRST_DAY, LAST_DAY = date(1000, 1, 1), date(9998, 12, 31)


def nearest(value: float, places: int = 0, digits: int = DIGITS) -> Decimal:
    """To so many digits, and no more than ``places`` after the point."""
    return _rounded(value, places, digits, ROUND_HALF_EVEN)


def down(value: float, places: int = 0, digits: int = DIGITS) -> Decimal:
    return _rounded(value, places, digits, ROUND_FLOOR)


def up(value: float, places: int = 0, digits: int = DIGITS) -> Decimal:
    return _rounded(value, places, digits, ROUND_CEILING)


def about(count: int) -> int:
    """A count of rows."""
    return int(nearest(count))


def number(value: Decimal) -> int | float:
    """As YAML writes it."""
    return int(value) if value == int(value) else float(value)


def _rounded(value: float, places: int, digits: int, how: str) -> Decimal:
    exact = Decimal(str(value))
    if not exact:
        return Decimal(0)
    last = max(exact.adjusted() - digits + 1, -places)
    return exact.quantize(Decimal(1).scaleb(last), rounding=how)


def days(first: float, last: float) -> tuple[date, date]:
    """The months that two days lie in, whole; or the years, if they are far apart."""
    low, high = _day(first), _day(last)
    if (high - low).days >= LONG:
        return date(low.year, 1, 1), date(high.year, 12, 31)
    after = date(high.year + high.month // 12, high.month % 12 + 1, 1)
    return low.replace(day=1), after - timedelta(1)


def _day(number: float) -> date:
    lowest, highest = ((end - DAY_ONE).days for end in (FIRST_DAY, LAST_DAY))
    return DAY_ONE + timedelta(min(max(math.floor(number), lowest), highest))


def ages(first: float, last: float, on: date, oldest: int) -> tuple[int, int]:
    """The tens of years that people born on two days are in."""
    youngest, eldest = ((on - _day(born)).days / 365.25 for born in (last, first))
    low = min(max(0, math.floor(youngest / 10) * 10), oldest - 10)
    return low, min(max(low + 10, math.ceil(eldest / 10) * 10), oldest)
