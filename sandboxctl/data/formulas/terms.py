"""A part of a formula after it was understood: its type, and how it is worked out.

What a term makes is plain: whole numbers for numbers and times, booleans for truth, `Values` or
one str for text, a pair of halves for a UUID; with them, in which rows there is no value. A result
that is the same in every row is a single Python value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np

from sandboxctl.data.formulas.bounds import bounds, kept
from sandboxctl.data.formulas.syntax import FormulaError
from sandboxctl.data.scope import Scope
from sandboxctl.data.types import TRUTH, Type
from sandboxctl.data.values import Mask

DAY = 86_400
MOST_PLACES = 12

Made = tuple[Any, Mask | None]


@dataclass(frozen=True, slots=True)
class Term:
    """``literal`` is a plain value written in the formula; ``step`` divides every duration;
    ``options`` are all texts that it can be; ``void`` is the missing value itself; ``depth``
    counts the levels of this formula and of those it is built on."""

    type: Type
    make: Callable[[Scope], Made]
    depth: int = 1
    literal: bool | int | Decimal | str | None = None
    step: int = 1
    options: tuple[str, ...] = ()
    void: bool = False


def lifted(kind: Type, work: Callable[..., Any], *terms: Term, step: int = 1) -> Term:
    """A function of values becomes one of terms: missing where any of them is."""

    def make(scope: Scope) -> Made:
        made = [term.make(scope) for term in terms]
        return work(*[data for data, _ in made]), either(missing for _, missing in made)

    return Term(kept(kind), make, depth=deeper(*terms), step=step)


def deeper(*terms: Term) -> int:
    return 1 + max((term.depth for term in terms), default=0)


def either(masks: Iterable[Mask | None]) -> Mask | None:
    """Missing in any of them."""
    found: Mask | None = None
    for mask in masks:
        if mask is not None:
            found = mask if found is None else found | mask
    return found


def constant(kind: Type, value: Any, literal: bool | int | Decimal | str | None = None) -> Term:
    return Term(kind, lambda _: (value, None), literal=literal)


def plain(value: bool | int | float | str | None) -> Term:
    """A value written in a formula."""
    match value:
        case None:
            nothing = Type("text", length=0)
            return Term(nothing, lambda scope: ("", np.ones(scope.count, np.bool_)), void=True)
        case bool():
            return constant(TRUTH, value, value)
        case str():
            kind = kept(Type("text", length=len(value)))
            return replace(constant(kind, value, value), options=(value,))
        case int():
            return constant(kept(Type("whole", 0, value, value)), value, value)
        case _:
            return _decimal(Decimal(repr(value)))


def _decimal(value: Decimal) -> Term:
    """As many places as are written."""
    if not value.is_finite():
        raise FormulaError("has a number that is too large")
    places = max(-int(value.as_tuple().exponent), 0)
    if places > MOST_PLACES:
        raise FormulaError(f"has a number of {places} decimal places; at most {MOST_PLACES}")
    units = int(value.scaleb(places))
    kind = Type("decimal" if places else "whole", places, units, units)
    return constant(kept(kind), units, value)


def number(term: Term) -> Term:
    """The term, if it is a number. Raises FormulaError."""
    if term.type.name not in ("whole", "decimal"):
        raise FormulaError(f"needs a number and has {term.type}")
    return term


def scaled(term: Term, places: int) -> Term:
    """A number with so many decimal places, at least as many as it has."""
    more = 10 ** (places - term.type.places)
    if more == 1:
        return term
    low, high = (None if end is None else end * more for end in bounds(term.type))
    kind = Type("decimal", places, low, high)
    return lifted(kind, lambda data: data * more, term)


def dated(term: Term, like: str) -> Term:
    """A plain text such as '2026-01-31' where a date or a timestamp is wanted; else the term."""
    if not isinstance(term.literal, str) or like not in ("day", "moment"):
        return term
    try:
        if like == "day":
            value = (date.fromisoformat(term.literal) - date(1970, 1, 1)).days
        else:
            moment = datetime.fromisoformat(term.literal)
            aware = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
            value = int(aware.timestamp() // 1)
    except (ValueError, OverflowError):
        shape = "2026-01-31" if like == "day" else "2026-01-31 09:30"
        raise FormulaError(f"'{term.literal}' should be written like '{shape}'") from None
    return constant(Type("day" if like == "day" else "moment", 0, value, value), value)
