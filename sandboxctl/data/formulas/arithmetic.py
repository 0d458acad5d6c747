"""`+ - * / // %` between numbers, days, moments, durations and texts."""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction
from math import floor, gcd
from typing import Any

import numpy as np

from sandboxctl.data.formulas.bounds import (
    MOST,
    bounds,
    divided,
    halves,
    kept,
    minus,
    plus,
    spread,
    times,
)
from sandboxctl.data.formulas.syntax import FormulaError
from sandboxctl.data.formulas.terms import (
    DAY,
    MOST_PLACES,
    Made,
    Term,
    dated,
    deeper,
    either,
    lifted,
    number,
    scaled,
)
from sandboxctl.data.formulas.texts import join
from sandboxctl.data.scope import Scope
from sandboxctl.data.types import Type

_NUMBERS = ("whole", "decimal")
_TIMES = ("day", "moment")
_DOING = {
    ast.Add: "adds {a} and {b}",
    ast.Sub: "takes {b} from {a}",
    ast.Mult: "multiplies {a} by {b}",
    ast.Div: "divides {a} by {b}",
    ast.FloorDiv: "divides {a} by {b}",
    ast.Mod: "divides {a} by {b}",
}


def binary(operator: ast.operator, a: Term, b: Term) -> Term:
    """Two terms and what stands between them. Raises FormulaError."""
    if isinstance(operator, ast.Div | ast.FloorDiv | ast.Mod) and b.literal == 0:
        raise FormulaError("divides by nothing: every row would be missing")
    match operator:
        case ast.Add():
            made = _add(a, b)
        case ast.Sub():
            made = _subtract(a, b)
        case ast.Mult():
            made = _multiply(a, b)
        case ast.Div():
            made = divide(a, b)
        case _:
            made = _whole(a, b, rest=isinstance(operator, ast.Mod))
    if made is None:
        raise FormulaError(_DOING[type(operator)].format(a=a.type, b=b.type))
    return made


def _kinds(a: Term, b: Term) -> tuple[str, str]:
    return a.type.name, b.type.name


def aligned(a: Term, b: Term) -> tuple[Term, Term]:
    """Two numbers with the same number of decimal places."""
    places = max(a.type.places, b.type.places)
    return scaled(a, places), scaled(b, places)


def _add(a: Term, b: Term) -> Term | None:
    match _kinds(a, b):
        case ("text", "text"):
            return join(a, b)
        case (x, y) if x in _NUMBERS and y in _NUMBERS:
            return _plus(*aligned(a, b))
        case ("span", "span"):
            return _plus(a, b)
        case (x, "span") if x in _TIMES:
            return _moved(a, b)
        case ("span", y) if y in _TIMES:
            return _moved(b, a)
        case _:
            return None


def _plus(a: Term, b: Term) -> Term:
    low, high = plus(bounds(a.type), bounds(b.type))
    kind = Type(_wider(a, b), a.type.places, low, high)
    return lifted(kind, lambda x, y: x + y, a, b, step=gcd(a.step, b.step))


def _wider(a: Term, b: Term) -> Any:
    return "decimal" if "decimal" in _kinds(a, b) else a.type.name


def _moved(a: Term, b: Term) -> Term:
    """A day or a moment, some time later."""
    if a.type.name == "moment":
        low, high = plus(bounds(a.type), bounds(b.type))
        return lifted(Type("moment", 0, low, high), lambda x, y: x + y, a, b)
    if b.step % DAY:
        raise FormulaError("moves a date by a duration that is not in whole days")
    days = tuple(None if end is None else end // DAY for end in bounds(b.type))
    low, high = plus(bounds(a.type), (days[0], days[1]))
    return lifted(Type("day", 0, low, high), lambda x, y: x + y // DAY, a, b)


def negative(a: Term) -> Term:
    """The term below zero. Raises FormulaError."""
    if a.type.name != "span":
        number(a)
    low, high = minus(bounds(a.type))
    kind = Type(a.type.name, a.type.places, low, high)
    return lifted(kind, lambda x: -x, a, step=a.step)


def _subtract(a: Term, b: Term) -> Term | None:
    a, b = dated(a, b.type.name), dated(b, a.type.name)
    match _kinds(a, b):
        case (x, y) if x in _NUMBERS and y in _NUMBERS:
            a, b = aligned(a, b)
            return _plus(a, negative(b))
        case ("span", "span"):
            return _plus(a, negative(b))
        case (x, "span") if x in _TIMES:
            return _moved(a, negative(b))
        case (x, y) if x == y and x in _TIMES:
            return between(a, b)
        case _:
            return None


def between(a: Term, b: Term) -> Term:
    """The duration from the second to the first, both days or both moments."""
    unit = DAY if a.type.name == "day" else 1
    low, high = times(plus(bounds(a.type), minus(bounds(b.type))), (unit, unit))
    return lifted(Type("span", 0, low, high), lambda x, y: (x - y) * unit, a, b, step=unit)


def _multiply(a: Term, b: Term) -> Term | None:
    if a.type.name in _NUMBERS and b.type.name == "span":
        a, b = b, a
    low, high = times(bounds(a.type), bounds(b.type))
    match _kinds(a, b):
        case ("span", "whole"):
            return lifted(Type("span", 0, low, high), lambda x, y: x * y, a, b, step=a.step)
        case (x, y) if x in _NUMBERS and y in _NUMBERS:
            places = a.type.places + b.type.places
            if places > MOST_PLACES:
                raise FormulaError(f"has {places} decimal places, at most {MOST_PLACES}; use round")
            kind = Type("decimal" if "decimal" in (x, y) else "whole", places, low, high)
            return lifted(kind, lambda x, y: x * y, a, b)
        case _:
            return None


def divide(a: Term, b: Term) -> Term | None:
    """A quotient with at least two decimal places, rounded; missing where the divisor is 0."""
    if _kinds(a, b) != ("span", "span"):
        if a.type.name not in _NUMBERS or b.type.name not in _NUMBERS:
            return None
        a, b = aligned(a, b)
    return quotient(a, b, max(2, a.type.places))


def quotient(a: Term, b: Term, places: int) -> Term:
    """Of two terms in the same unit."""
    more = 10**places
    limits = times(bounds(a.type), (more, more))
    largest, divisor = spread(limits), spread(bounds(b.type))
    if max(largest or 0, divisor or 0) * 2 >= MOST:
        raise FormulaError("divides numbers that are too large; use round first")
    kind = Type("decimal" if places else "whole", places, *divided(limits, bounds(b.type)))
    return _divided(kind, lambda x, y: _halves(x * more, y), a, b)


def _halves(x: Any, y: Any) -> Any:
    """Rounded to the nearest, halves away from zero."""
    size = np.abs(y)
    return (np.abs(x) * 2 + size) // (size * 2) * np.sign(x) * np.sign(y)


def _whole(a: Term, b: Term, *, rest: bool) -> Term | None:
    """`//` and `%`: rounded down, and what is left."""
    if a.type.name not in _NUMBERS or b.type.name not in _NUMBERS:
        return None
    a, b = aligned(a, b)
    if rest:
        kind = Type(_wider(a, b), a.type.places, *_rest(b.type))
        return _divided(kind, lambda x, y: x % y, a, b)
    kind = Type("whole", 0, *divided(bounds(a.type), bounds(b.type), floor))
    return _divided(kind, lambda x, y: x // y, a, b)


def _rest(divisor: Type) -> tuple[int | None, int | None]:
    low, high = bounds(divisor)
    least = None if low is None else min(low + 1, 0)
    return least, None if high is None else max(high - 1, 0)


def _divided(kind: Type, work: Callable[[Any, Any], Any], a: Term, b: Term) -> Term:
    def make(scope: Scope) -> Made:
        (x, gone), (y, away) = a.make(scope), b.make(scope)
        zero = np.broadcast_to(np.equal(y, 0), scope.count)
        missing = either((gone, away, zero if zero.any() else None))
        return work(x, np.where(zero, 1, y)), missing

    return Term(kept(kind), make, depth=deeper(a, b))


def rounded(a: Term, places: int) -> Term:
    """A number with so many places; halves away from zero."""
    fewer = a.type.places - places
    if fewer <= 0:
        return scaled(a, places)
    step = 10**fewer
    low, high = (None if end is None else halves(Fraction(end, step)) for end in bounds(a.type))
    kind = Type("decimal" if places else "whole", places, low, high)
    return lifted(kind, lambda x: _halves(x, step), a)


def stepped(a: Term, *, up: bool) -> Term:
    """The whole number below, or above."""
    step = 10**a.type.places
    shift = step - 1 if up else 0
    low, high = (None if end is None else (end + shift) // step for end in bounds(a.type))
    return lifted(Type("whole", 0, low, high), lambda x: (x + shift) // step, a)
