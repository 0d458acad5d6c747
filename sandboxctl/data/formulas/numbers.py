"""Least, most, absolute, rounded; and a total split into parts that add up to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from sandboxctl.data.formulas.arithmetic import rounded
from sandboxctl.data.formulas.bounds import bounds, kept
from sandboxctl.data.formulas.logic import alike
from sandboxctl.data.formulas.syntax import FormulaError
from sandboxctl.data.formulas.terms import MOST_PLACES, Made, Term, deeper, either, lifted, number
from sandboxctl.data.scope import Scope
from sandboxctl.data.types import Type


def whole(term: Term, why: str) -> int:
    """A whole number that stands in the formula itself. Raises FormulaError."""
    if not isinstance(term.literal, int) or isinstance(term.literal, bool):
        raise FormulaError(f"needs {why} as a plain whole number")
    return term.literal


def round_to(term: Term, places: int) -> Term:
    """So many decimal places, halves away from zero."""
    if not 0 <= places <= MOST_PLACES:
        raise FormulaError(f"cannot round to {places} places; from 0 to {MOST_PLACES}")
    return rounded(number(term), places)


def absolute(term: Term) -> Term:
    """Without its sign."""
    if term.type.name != "span":
        number(term)
    low, high = bounds(term.type)
    if low is None or high is None:
        least, most = 0, None
    else:
        most = max(-low, high)
        least = 0 if low <= 0 <= high else min(abs(low), abs(high))
    kind = Type(term.type.name, term.type.places, least, most)
    return lifted(kind, np.abs, term, step=term.step)


def extreme(terms: Sequence[Term], *, most: bool) -> Term:
    """The least or the most of several."""
    return reduce(lambda a, b: _extreme(a, b, most=most), terms)


def _extreme(a: Term, b: Term, *, most: bool) -> Term:
    a, b = alike(a, b, "compares {a} with {b}")
    if a.type.name not in ("whole", "decimal", "day", "moment", "span"):
        raise FormulaError(f"asks which is more, but {a.type} has no order here")
    (low, high), (least, top) = bounds(a.type), bounds(b.type)
    fold = max if most else min
    kind = Type(
        "decimal" if "decimal" in (a.type.name, b.type.name) else a.type.name,
        a.type.places,
        _end(fold, low, least, certain=most),
        _end(fold, high, top, certain=not most),
    )
    work = np.maximum if most else np.minimum
    return lifted(kind, work, a, b, step=int(np.gcd(a.step, b.step)))


def _end(fold: Any, a: int | None, b: int | None, *, certain: bool) -> int | None:
    """One end of the bounds; ``certain`` where one of the two already says something."""
    known = [end for end in (a, b) if end is not None]
    if len(known) < 2 and not certain:
        return None
    return int(fold(known)) if known else None


def part(total: Term, ordinal: Term, siblings: Term) -> Term:
    """What one of several gets of a total: whole units, the first ones one unit more."""
    number(total)
    for term in (ordinal, siblings):
        if number(term).type.places:
            raise FormulaError("needs whole numbers as ordinal and siblings")

    def make(scope: Scope) -> Made:
        made = [term.make(scope) for term in (total, ordinal, siblings)]
        amount, place, count = (data for data, _ in made)
        none = np.broadcast_to(np.less(count, 1), scope.count)
        share, left = np.divmod(amount, np.where(none, 1, count))
        missing = either([*(gone for _, gone in made), none if none.any() else None])
        return share + (place <= left), missing

    low, high = bounds(total.type)
    kind = Type(total.type.name, total.type.places, None if low is None else min(low, 0), high)
    if high is not None:
        kind = Type(kind.name, kind.places, kind.low, max(high, 0))
    return Term(kept(kind), make, depth=deeper(total, ordinal, siblings))
