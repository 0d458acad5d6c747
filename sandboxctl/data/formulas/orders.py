"""Whether one value is at most another one in every row, and what to say where it may not be."""

from __future__ import annotations

import ast
from fractions import Fraction
from functools import partial
from itertools import starmap
from math import ceil, floor

from sandboxctl.data.formulas import binding
from sandboxctl.data.formulas.bounds import MOST, bounds, said
from sandboxctl.data.formulas.linear import ZERO, View, unit
from sandboxctl.data.formulas.syntax import parse, source
from sandboxctl.data.formulas.terms import MOST_PLACES, Term, dated

_WIDE = 1_000
_CASES = 8
_STEPS = ("date", "year", "floor", "ceil", "round")
SMALLEST = Fraction(1, 10**MOST_PLACES)
"""What is more than 0 is at least that."""


def equal(view: View, a: ast.expr, b: ast.expr) -> str | None:
    if not _countable(view, a, b):
        x, y = _opened(view, a), _opened(view, b)
        same = ast.dump(x) == ast.dump(y) or _options(view, a, b)
        return None if same else f"{source(a)} and {source(b)} may be different"
    return ordered(view, a, b, strict=False) or ordered(view, b, a, strict=False)


def different(view: View, a: ast.expr, b: ast.expr) -> str | None:
    if not _countable(view, a, b):
        return f"{source(a)} and {source(b)} may be the same"
    apart = not ordered(view, a, b, strict=True) or not ordered(view, b, a, strict=True)
    return None if apart else f"{source(a)} and {source(b)} may be the same"


def _options(view: View, a: ast.expr, b: ast.expr) -> bool:
    terms = [binding.part(view.place, each) for each in (a, b)]
    known = {option for term in terms for option in term.options}
    return all(term.options for term in terms) and len(known) == 1


def _countable(view: View, a: ast.expr, b: ast.expr) -> bool:
    kinds = {binding.part(view.place, each).type.name for each in (a, b)}
    return not kinds <= {"text", "truth", "uuid"}


def among(view: View, a: ast.expr, sign: ast.cmpop, b: ast.expr) -> str | None:
    term = binding.part(view.place, a)
    assert isinstance(b, ast.Tuple | ast.List)
    listed = {binding.part(view.place, each).literal for each in b.elts}
    low, high = bounds(term.type)
    if isinstance(sign, ast.NotIn):
        whys = [different(view, a, each) for each in b.elts]
        return next(filter(None, whys), None)
    if term.options and set(term.options) <= listed:
        return None
    few = low is not None and high is not None and high - low < _WIDE
    if few and term.type.name == "whole" and set(range(low or 0, (high or 0) + 1)) <= listed:
        return None
    return f"{source(a)} may be something else"


def ordered(view: View, a: ast.expr, b: ast.expr, *, strict: bool, level: int = 0) -> str | None:
    """That the first is at most the second, or so in each case that they may stand for."""
    if _at_most(view, a, b, strict=strict):
        return None
    if level == _CASES or view.knowledge.is_spent():
        return _apart(view, a, b)
    deeper = partial(ordered, view, strict=strict, level=level + 1)
    if not strict and any(deeper(*pair) is None for pair in _eased(view, a, b)):
        return None
    pairs = [(x, b) for x in _cases(view, a)] or [(a, y) for y in _cases(view, b)]
    return next(filter(None, starmap(deeper, pairs)), None) if pairs else _apart(view, a, b)


def _eased(view: View, a: ast.expr, b: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """Pairs in the same order: rounding keeps it, and leaves what is round already."""
    match _opened(view, a), _opened(view, b):
        case (
            ast.Call(func=ast.Name(id=name), args=[x, *more]),
            ast.Call(func=ast.Name(id=other), args=[y, *rest]),
        ) if name == other and name in _STEPS and [*map(ast.dump, more)] == [*map(ast.dump, rest)]:
            return [(x, y)]
        case (ast.Call(func=ast.Name(id="round"), args=[x, *_]) as one, _):
            return [(x, b)] if _rounder(view, b, one) else []
        case (_, ast.Call(func=ast.Name(id="round"), args=[y, *_]) as one):
            return [(a, y)] if _rounder(view, a, one) else []
        case _:
            return []


def _rounder(view: View, node: ast.expr, rounded: ast.expr) -> bool:
    first, second = _typed(view, node, rounded)
    return first.type.places <= second.type.places


def _cases(view: View, node: ast.expr) -> list[ast.expr]:
    return cases(_opened(view, node))


def _opened(view: View, node: ast.expr) -> ast.expr:
    """The formula of a column of this row in place of its name."""
    place = view.place.neighbour(node.id) if isinstance(node, ast.Name) else None
    text = getattr(place.column, "formula", None) if place else None
    return parse(text) if isinstance(text, str) else node


def _at_most(view: View, a: ast.expr, b: ast.expr, *, strict: bool) -> bool:
    first, second = _typed(view, a, b)
    x = view.sum(a, second.type.name)
    y = view.sum(b, first.type.name)
    enough = SMALLEST if strict else ZERO
    least = view.knowledge.least(y.plus(x, Fraction(-1)), enough)
    return least is not None and least >= enough


def _typed(view: View, a: ast.expr, b: ast.expr) -> tuple[Term, Term]:
    first, second = (binding.part(view.place, each) for each in (a, b))
    return dated(first, second.type.name), dated(second, first.type.name)


def _apart(view: View, a: ast.expr, b: ast.expr) -> str:
    first, second = _typed(view, a, b)
    late = first.type.name in ("day", "moment")
    high, low = _most(view, a, first, second), _least(view, b, second, first)
    if high is None or low is None:
        return f"nothing is known of how {source(a)} and {source(b)} compare"
    return (
        f"{source(a)} may be as {'late' if late else 'large'} as {said(first.type, high)}, "
        f"{source(b)} as {'early' if late else 'low'} as {said(second.type, low)}"
        f"{_better(view, a, b)}"
    )


def _least(view: View, node: ast.expr, term: Term, other: Term) -> int | None:
    form = view.sum(node, other.type.name)
    found = view.knowledge.least(form, Fraction(MOST))
    return None if found is None else floor(found / unit(term))


def _most(view: View, node: ast.expr, term: Term, other: Term) -> int | None:
    form = view.sum(node, other.type.name).times(Fraction(-1))
    found = view.knowledge.least(form, Fraction(MOST))
    return None if found is None else ceil(-found / unit(term))


def _better(view: View, a: ast.expr, b: ast.expr) -> str:
    """How two columns of the row would be in order by construction."""
    if not (isinstance(a, ast.Name) and isinstance(b, ast.Name)):
        return ""
    if _opened(view, a) is not a or _opened(view, b) is not b:
        return ""
    kind = binding.part(view.place, b).type.name
    begins = "; make it hold by construction, for example"
    if kind in ("day", "moment"):
        name = "date" if kind == "day" else "timestamp"
        return f"{begins} `{b.id}: {{kind: {name}, after: {a.id}, gap: [0d, 30d]}}`"
    more = f"max({a.id}, …)" if kind != "span" else f"{a.id} + hours(…)"
    return f"{begins} `{b.id}: {{kind: expression, of: '{more}'}}`"


def cases(node: ast.expr) -> list[ast.expr]:
    """What a value may stand for, where that is more than itself; else it is missing."""
    match node:
        case ast.IfExp(body=body, orelse=other):
            found = [body, other]
        case ast.Call(func=ast.Name(id="coalesce" | "max" | "min"), args=[_, _, *_] as args):
            found = args
        case _:
            return []
    return [each for each in found if not _nothing(each)]


def _nothing(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=None) | ast.Name(id="none"):
            return True
        case _:
            return False
