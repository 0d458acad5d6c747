"""Comparisons, `and or not`, `… if … else …`, and what to do about missing values.

A value that is missing makes a comparison missing. `and` is false where one side is false, `or` is
true where one side is true, whatever the other one; `if` takes the other branch.
"""

from __future__ import annotations

import ast
import difflib
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from sandboxctl.data.formulas.arithmetic import aligned
from sandboxctl.data.formulas.bounds import bounds, joined, kept
from sandboxctl.data.formulas.syntax import FormulaError
from sandboxctl.data.formulas.terms import Made, Term, dated, deeper, either, lifted
from sandboxctl.data.formulas.texts import each, equal, where
from sandboxctl.data.scope import Scope
from sandboxctl.data.types import TRUTH, Type
from sandboxctl.data.values import Mask

COMPARING: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = MappingProxyType(
    {
        ast.Eq: operator.eq,
        ast.NotEq: operator.ne,
        ast.Lt: operator.lt,
        ast.LtE: operator.le,
        ast.Gt: operator.gt,
        ast.GtE: operator.ge,
    }
)
_NUMBERS = ("whole", "decimal")


def truth(term: Term) -> Term:
    """The term, if it is true or false. Raises FormulaError."""
    if term.type.name != "truth":
        raise FormulaError(f"needs true or false and has {term.type}")
    return term


def compared(sign: ast.cmpop, a: Term, b: Term) -> Term:
    """One comparison. Raises FormulaError where the two have nothing in common."""
    a, b = alike(a, b, "compares {a} with {b}")
    same = isinstance(sign, ast.Eq | ast.NotEq)
    if a.type.name not in ("whole", "decimal", "day", "moment", "span") and not same:
        raise FormulaError(f"asks which is more, but {a.type} has no order here; use == or !=")
    if a.type.name == "text":
        _possible(a, b)
        found = equal(a, b)
    elif a.type.name == "uuid":
        found = lifted(TRUTH, lambda x, y: (x[0] == y[0]) & (x[1] == y[1]), a, b)
    else:
        return lifted(TRUTH, COMPARING[type(sign)], a, b)
    return negated(found) if isinstance(sign, ast.NotEq) else found


def alike(a: Term, b: Term, why: str) -> tuple[Term, Term]:
    """The two as one type: numbers with the same places, plain texts as the dates they are."""
    a, b = dated(a, b.type.name), dated(b, a.type.name)
    names = (a.type.name, b.type.name)
    if names[0] in _NUMBERS and names[1] in _NUMBERS:
        return aligned(a, b)
    if names[0] != names[1]:
        said = why.format(a=a.type, b=b.type)
        more = "; date(…) makes a date of a timestamp" if {*names} == {"day", "moment"} else ""
        raise FormulaError(said + more)
    return a, b


def _possible(a: Term, b: Term) -> None:
    """A plain text that a choice never is would be a typing mistake."""
    for column, literal in ((a, b), (b, a)):
        value = literal.literal
        if column.literal is not None or not column.options or not isinstance(value, str):
            continue
        if value not in column.options:
            near = difflib.get_close_matches(value, column.options, n=1)
            known = f"did you mean '{near[0]}'?" if near else f"it is {_list(column.options)}"
            raise FormulaError(f"compares with '{value}', which it never is; {known}")


def _list(options: Sequence[str]) -> str:
    return ", ".join(options[:8]) + (" …" if len(options) > 8 else "")


def negated(term: Term) -> Term:
    return lifted(TRUTH, np.logical_not, truth(term))


def both(terms: Sequence[Term]) -> Term:
    """`and`: false where one is false."""
    return _combined(terms, stops=False)


def any_of(terms: Sequence[Term]) -> Term:
    """`or`: true where one is true."""
    return _combined(terms, stops=True)


def _combined(terms: Sequence[Term], *, stops: bool) -> Term:
    for term in terms:
        truth(term)

    def make(scope: Scope) -> Made:
        made = [term.make(scope) for term in terms]
        decided = np.zeros(scope.count, np.bool_)
        for data, missing in made:
            # where it is missing, what stands in its place decides nothing
            known = data if stops else np.logical_not(data)
            decided |= known if missing is None else known & ~missing
        gone = either(missing for _, missing in made)
        return (decided if stops else ~decided), None if gone is None else gone & ~decided

    return Term(TRUTH, make, depth=deeper(*terms))


def chosen(condition: Term, a: Term, b: Term) -> Term:
    """`a if condition else b`."""
    truth(condition)
    a, b = united(a, b)

    def make(scope: Scope) -> Made:
        holds = certain(condition.make(scope), scope.count)
        return _either(holds, a.make(scope), b.make(scope), a.type)

    return _branches(make, condition, a, b)


def certain(made: Made, count: int) -> Mask:
    """Where it is true; not where it is missing."""
    data, missing = made
    found: Mask = each(data, count)
    return found if missing is None else found & ~missing


def united(a: Term, b: Term) -> tuple[Term, Term]:
    """The two as one type; `None` is of any."""
    if a.void:
        return blank(b.type), b
    if b.void:
        return a, blank(a.type)
    return alike(a, b, "would be {a} in one case and {b} in another")


def blank(kind: Type) -> Term:
    """The missing value, of a type."""
    if kind.name == "uuid":
        raise FormulaError("cannot leave out a UUID")
    data = "" if kind.name == "text" else kind.name != "truth" and 0
    low, high = bounds(kind)
    return Term(
        replace(kind, low=low, high=high),
        lambda scope: (data, np.ones(scope.count, np.bool_)),
        step=86_400,
        void=True,
    )


def _branches(make: Callable[[Scope], Made], *terms: Term) -> Term:
    a, b = terms[-2:]
    low, high = joined(bounds(a.type), bounds(b.type))
    wide = "decimal" if "decimal" in (a.type.name, b.type.name) else a.type.name
    length = max(a.type.characters, b.type.characters)
    kind = kept(replace(a.type, name=wide, low=low, high=high, length=length))
    options = (*a.options, *b.options) if a.options and b.options else ()
    step = np.gcd(a.step, b.step)
    return Term(kind, make, depth=deeper(*terms), step=int(step), options=options)


def _either(holds: Mask, a: Made, b: Made, kind: Type) -> Made:
    (x, gone), (y, away) = a, b
    missing = None
    if gone is not None or away is not None:
        missing = np.where(holds, gone is not None and gone, away is not None and away)
    if kind.name == "text":
        return where(holds, x, y), missing
    if kind.name == "uuid":
        halves = zip(x, y, strict=True)
        return tuple(np.where(holds, first, second) for first, second in halves), missing
    return np.where(holds, x, y), missing


def coalesced(terms: Sequence[Term]) -> Term:
    """The first that is not missing."""
    last = terms[-1]
    for term in reversed(terms[:-1]):
        last = _coalesced(term, last)
    return last


def _coalesced(a: Term, b: Term) -> Term:
    a, b = united(a, b)

    def make(scope: Scope) -> Made:
        made = a.make(scope)
        if made[1] is None:
            return made
        return _either(~made[1], made, b.make(scope), a.type)

    return _branches(make, a, b)


def is_missing(term: Term) -> Term:
    """Whether there is no value."""

    def make(scope: Scope) -> Made:
        _, missing = term.make(scope)
        return (False if missing is None else missing), None

    return Term(TRUTH, make, depth=deeper(term))
