"""The least and the most that a result can be, worked out from those of what it is made of.

Numbers are whole here: units of the last decimal place, days, seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import product

from sandboxctl.data.formulas.syntax import FormulaError
from sandboxctl.data.numerals import spelled
from sandboxctl.data.types import Type

MOST = 2**62
"""Results stay below it, so that 64 bits always hold them."""

LONGEST = 10_000
"""Characters of a text."""

YEARS = {
    "day": (-719_162, 2_932_896),
    "moment": (-719_162 * 86_400, 2_932_897 * 86_400 - 1),
}
"""From the year 1 to the year 9999."""

Bounds = tuple[int | None, int | None]


def bounds(kind: Type) -> Bounds:
    """Of a type; those of nonsense, and those nobody knows, are not known."""
    if kind.low is not None and kind.high is not None and kind.low > kind.high:
        return None, None
    return kind.low, kind.high


def kept(kind: Type) -> Type:
    """The type again, if its values fit. Raises FormulaError."""
    least, most = YEARS.get(kind.name, (1 - MOST, MOST - 1))
    low, high = bounds(kind)
    if low is not None and low < least:
        raise FormulaError(f"could be as {_less(kind)} as {said(kind, low)}, {_limit(kind)}")
    if high is not None and high > most:
        raise FormulaError(f"could be as {_more(kind)} as {said(kind, high)}, {_limit(kind)}")
    if kind.name == "text" and kind.characters > LONGEST:
        raise FormulaError(
            f"may have as many as {spelled(kind.characters)} characters; {LONGEST:,} is the most"
        )
    return replace(kind, low=low, high=high)


def _less(kind: Type) -> str:
    return "early" if kind.name in YEARS else "low"


def _more(kind: Type) -> str:
    return "late" if kind.name in YEARS else "large"


def _limit(kind: Type) -> str:
    if kind.name in YEARS:
        return "and years have four digits"
    return f"and the most that fits is {said(kind, MOST - 1)}"


def said(kind: Type, value: int) -> str:
    """A value of a type in plain words."""
    match kind.name:
        case "day":
            return _day(value)
        case "moment":
            hours, seconds = divmod(value % 86_400, 3600)
            return f"{_day(value // 86_400)} {hours:02}:{seconds // 60:02}:{seconds % 60:02}"
        case "span":
            return _span(value)
        case _:
            return _number(value, kind.places)


def _span(seconds: int) -> str:
    size, parts = abs(seconds), []
    for length, name in ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s")):
        count, size = divmod(size, length)
        parts += [f"{count:,}{name}"] if count else []
    return ("-" if seconds < 0 else "") + (" ".join(parts) or "0s")


def _day(days: int) -> str:
    if not YEARS["day"][0] <= days <= YEARS["day"][1]:
        return f"the year {1970 + int(days // 365.2425):,}"
    return str(date(1970, 1, 1) + timedelta(days=days))


def _number(value: int, places: int) -> str:
    whole, rest = divmod(abs(value), 10**places)
    sign = "-" if value < 0 else ""
    written = spelled(whole)
    if not places or not written[0].isdigit():
        return f"{sign}{written}"
    return f"{sign}{written}.{rest:0{places}}"


def plus(a: Bounds, b: Bounds) -> Bounds:
    return _sum(a[0], b[0]), _sum(a[1], b[1])


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def minus(a: Bounds) -> Bounds:
    """Of the negative."""
    low, high = a
    return (None if high is None else -high), (None if low is None else -low)


def times(a: Bounds, b: Bounds) -> Bounds:
    corners = [None if x is None or y is None else x * y for x, y in product(a, b)]
    if None in corners:
        least = 0 if _from_zero(a) and _from_zero(b) else None
        return least, None
    known = [corner for corner in corners if corner is not None]
    return min(known), max(known)


def _from_zero(a: Bounds) -> bool:
    return a[0] is not None and a[0] >= 0


def spread(a: Bounds) -> int | None:
    """The largest absolute value."""
    return None if a[0] is None or a[1] is None else max(abs(a[0]), abs(a[1]))


def halves(quotient: Fraction) -> int:
    """Rounded to the nearest whole number, halves away from zero, as money is."""
    size = int(abs(quotient) + Fraction(1, 2))
    return -size if quotient < 0 else size


def divided(a: Bounds, b: Bounds, rounded: Callable[[Fraction], int] = halves) -> Bounds:
    """Of a whole quotient: a divisor of 0 gives none, so it is at least 1 or at most -1."""
    if a[0] is None or a[1] is None:
        return (0 if _from_zero(a) and _from_zero(b) else None), None
    low, high = b
    below = () if low is not None and low >= 0 else (low, -1 if high is None else min(high, -1))
    above = () if high is not None and high <= 0 else (1 if low is None else max(low, 1), high)
    divisors = [*below, *above]
    ends = [
        Fraction(0) if divisor is None else Fraction(end, divisor)
        for end, divisor in product((a[0], a[1]), divisors)
    ] or [Fraction(0)]
    return rounded(min(ends)), rounded(max(ends))


def joined(a: Bounds, b: Bounds) -> Bounds:
    """Of one or the other."""
    low = None if a[0] is None or b[0] is None else min(a[0], b[0])
    high = None if a[1] is None or b[1] is None else max(a[1], b[1])
    return low, high
