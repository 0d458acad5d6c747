"""Days, moments and durations: parts of them, and steps in months."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from sandboxctl.data.chance.mix import Index
from sandboxctl.data.formulas.bounds import YEARS, bounds
from sandboxctl.data.formulas.syntax import FormulaError
from sandboxctl.data.formulas.terms import DAY, Term, dated, lifted, number
from sandboxctl.data.types import Type

NEAR = range(-25_567, 47_482)
"""The days from 1900 to 2099."""

_PARTS = {"month": (1, 12), "day": (1, 31), "weekday": (1, 7), "hour": (0, 23), "minute": (0, 59)}


def when(term: Term) -> Term:
    """The term, if it is a day or a moment; a plain text is read as a day. Raises FormulaError."""
    term = dated(term, "day")
    if term.type.name not in YEARS:
        raise FormulaError(f"needs a date or a timestamp and has {term.type}")
    return term


def date(term: Term) -> Term:
    """The day of a moment."""
    term = when(term)
    if term.type.name == "day":
        return term
    low, high = (None if end is None else end // DAY for end in bounds(term.type))
    return lifted(Type("day", 0, low, high), lambda seconds: seconds // DAY, term)


def duration(term: Term, seconds: int) -> Term:
    """So many seconds, minutes, hours, days or weeks."""
    if number(term).type.places:
        raise FormulaError("needs a whole number; take a smaller unit")
    low, high = (None if end is None else end * seconds for end in bounds(term.type))
    kind = Type("span", 0, low, high)
    return lifted(kind, lambda count: count * seconds, term, step=seconds)


def part(name: str, term: Term) -> Term:
    """Month, day, weekday (Monday is 1), hour or minute."""
    if name in ("hour", "minute"):
        if term.type.name != "moment":
            raise FormulaError(f"needs a timestamp and has {term.type}")
        unit, most = (3600, 24) if name == "hour" else (60, 60)
        return lifted(Type("whole", 0, *_PARTS[name]), lambda s: s // unit % most, term)
    work = {"month": _month, "day": _day, "weekday": _weekday}[name]
    return lifted(Type("whole", 0, *_PARTS[name]), work, date(term))


def year(term: Term) -> Term:
    """The year of a day or a moment."""
    term = date(term)
    low, high = (None if end is None else int(_year(end)) for end in bounds(term.type))
    return lifted(Type("whole", 0, low, high), _year, term)


def _months(days: Any) -> Any:
    """Months since January 1970."""
    if (at := _near(days)) is not None:
        return _near_days()[0][at]
    return np.asarray(days).astype("M8[D]").astype("M8[M]").astype(np.int64)


def _offset(days: Any) -> Any:
    """Days since the first of the month."""
    if (at := _near(days)) is not None:
        return _near_days()[1][at]
    return days - _first(_months(days))


def _near(days: Any) -> Any:
    """Positions in the table of the days people live in; None if some are outside."""
    at = np.asarray(days) - NEAR.start
    return at if at.size and at.min() >= 0 and at.max() < len(NEAR) else None


@lru_cache(maxsize=1)
def _near_days() -> tuple[Index, Index]:
    """Month and offset of each day: looked up, they take a tenth of the time."""
    days = np.arange(NEAR.start, NEAR.stop)
    months = days.astype("M8[D]").astype("M8[M]").astype(np.int64)
    return months, days - _first(months)


def _first(months: Any) -> Any:
    """The first day of a month."""
    return np.asarray(months).astype("M8[M]").astype("M8[D]").astype(np.int64)


def _year(days: Any) -> Any:
    return _months(days) // 12 + 1970


def _month(days: Any) -> Any:
    return _months(days) % 12 + 1


def _day(days: Any) -> Any:
    return _offset(days) + 1


def _weekday(days: Any) -> Any:
    # the first day of 1970 was a Thursday
    return (days + 3) % 7 + 1


def shifted(term: Term, count: Term, months: int) -> Term:
    """So many months or years later, or earlier; the last day of a month that is shorter."""
    term = when(term)
    if number(count).type.places:
        raise FormulaError("needs a whole number of months or years")
    low, high = (
        None if at is None or more is None else _estimate(term.type, at, more * months)
        for at, more in zip(bounds(term.type), bounds(count.type), strict=True)
    )
    kind = Type(term.type.name, 0, low, high)
    if term.type.name == "day":
        return lifted(kind, lambda days, n: _shifted(days, n * months), term, count)
    return lifted(kind, lambda s, n: _shifted_moment(s, n * months), term, count)


def _estimate(kind: Type, at: int, months: int) -> int:
    """Exact where years have four digits; beyond, far enough out to be refused."""
    unit = 1 if kind.name == "day" else DAY
    if abs(months) > 12 * 10_000:
        return at + months * 28 * unit
    exact = _shifted if unit == 1 else _shifted_moment
    return int(exact(np.int64(at), np.int64(months)))


def _shifted(days: Any, months: Any) -> Any:
    after = _months(days) + months
    return np.minimum(_first(after) + _offset(days), _first(after + 1) - 1)


def _shifted_moment(seconds: Any, months: Any) -> Any:
    days = seconds // DAY
    return seconds + (_shifted(days, months) - days) * DAY


def days_between(a: Term, b: Term) -> Term:
    """Whole days from the first to the second."""
    a, b = date(a), date(b)
    low, high = _difference(a, b)
    return lifted(Type("whole", 0, low, high), lambda x, y: y - x, a, b)


def _difference(a: Term, b: Term) -> tuple[int | None, int | None]:
    (low, high), (least, most) = bounds(a.type), bounds(b.type)
    return (
        None if least is None or high is None else least - high,
        None if most is None or low is None else most - low,
    )


def months_between(a: Term, b: Term, months: int) -> Term:
    """Whole months or years from the first to the second, as ages are counted."""
    a, b = date(a), date(b)
    (low, high), (soon, late) = bounds(a.type), bounds(b.type)
    least = None if soon is None or high is None else int(_between(high, soon, months))
    most = None if late is None or low is None else int(_between(low, late, months))
    kind = Type("whole", 0, least, most)
    return lifted(kind, lambda x, y: _between(x, y, months), a, b)


def _between(x: Any, y: Any, months: int) -> Any:
    """Counted down on the day of the month, so that a birthday on the 29th comes on 1 March."""
    short = _offset(y) < _offset(x)
    return (_months(y) - _months(x) - short) // months
