"""What is known of a column or a function beside its bounds, for proofs."""

from __future__ import annotations

import ast
from fractions import Fraction

from sandboxctl.data.formulas import binding
from sandboxctl.data.formulas.linear import Known, Sum, View, natural, number
from sandboxctl.data.formulas.syntax import parse
from sandboxctl.data.formulas.terms import DAY, Term
from sandboxctl.data.kinds.distributions import LengthSpread
from sandboxctl.data.kinds.measures import ends
from sandboxctl.data.kinds.relative import Relative

_ROUNDED = ("date", "floor", "ceil", "round")
_MONTHS = {"add_months": 1, "add_years": 12}


def column(view: View, term: Term) -> Known:
    """Of a column: `after` and `before` another one, by at least and at most the gap."""
    low, high = natural(term)
    found = view.place.column
    if not isinstance(found, Relative) or found.other is None or found.gap is None:
        return Known(low, high)
    if found.relative_range(view.place) == (None, None):
        return Known(low, high)
    names = tuple(found.other.split("."))
    other = view.sum(parse(f"col('{found.other}')"))
    least, most = _gap(found, found.gap)
    if found.after is None:
        least, most = -most, -least
    # a day that is counted from a moment begins before it
    whole = found.seconds_each == DAY and binding.named(view.place, names).type.name == "moment"
    return Known(
        low,
        high,
        (other.plus(number(least - (DAY - 1 if whole else 0))),),
        (other.plus(number(most)),),
    )


def _gap(found: Relative, gap: LengthSpread) -> tuple[Fraction, Fraction]:
    low, high = ends(gap.law(found.unit))
    return Fraction(low * found.seconds_each), Fraction(high * found.seconds_each)


def call(view: View, node: ast.expr, term: Term) -> Known:
    """Of a function or an operator that is no sum."""
    low, high = natural(term)
    least: list[Sum] = []
    most: list[Sum] = []
    match node:
        case ast.Call(func=ast.Name(id=("max" | "min") as name), args=[_, _, *_] as args):
            (least if name == "max" else most).extend(map(view.sum, args))
        case ast.Call(func=ast.Name(id="abs"), args=[inner]):
            least += [view.sum(inner), view.sum(inner).times(Fraction(-1))]
        case ast.Call(func=ast.Name(id=name), args=[inner, *_]) if name in _ROUNDED:
            below, above = _around(name, term)
            least.append(view.sum(inner).plus(number(below)))
            most.append(view.sum(inner).plus(number(above)))
        case ast.Call(func=ast.Name(id=name), args=[inner, count]) if name in _MONTHS:
            _months(view, inner, count, _MONTHS[name], (least, most))
        case ast.Call(func=ast.Name(id="part"), args=[total, _, _]):
            if _from_zero(view, total):
                most.append(view.sum(total))
        case ast.Call(func=ast.Name(id="days_between"), args=[a, b]):
            _days(view, a, b, (least, most))
        case ast.BinOp(left=a, op=ast.Mult(), right=b):
            _product(view, a, b, (least, most))
            _product(view, b, a, (least, most))
        case ast.BinOp(left=a, op=ast.Div() | ast.FloorDiv(), right=b):
            divisor = natural(binding.part(view.place, b))[0]
            if _from_zero(view, a) and divisor is not None and divisor >= 1:
                most.append(view.sum(a))
        case _:
            pass
    return Known(low, high, tuple(least), tuple(most))


Found = tuple[list[Sum], list[Sum]]


def _around(name: str, term: Term) -> tuple[Fraction, Fraction]:
    """How far below and above what it is made of a rounded value may be."""
    half = Fraction(1, 2 * 10**term.type.places)
    whole = Fraction(DAY if name == "date" else 1)
    return {
        "date": (1 - whole, Fraction(0)),
        "floor": (-whole, Fraction(0)),
        "ceil": (Fraction(0), whole),
        "round": (-half, half),
    }[name]


def _from_zero(view: View, node: ast.expr) -> bool:
    low, _ = natural(binding.part(view.place, node))
    return low is not None and low >= 0


def _product(view: View, a: ast.expr, b: ast.expr, found: Found) -> None:
    """What is 0 or more, by a factor between two numbers."""
    if not _from_zero(view, a):
        return
    for end, sums in zip(natural(binding.part(view.place, b)), found, strict=True):
        if end is not None:
            sums.append(view.sum(a).times(end))


def _months(view: View, day: ast.expr, count: ast.expr, months: int, found: Found) -> None:
    """A month has 28 to 31 days."""
    low, high = natural(binding.part(view.place, count))
    if low is None or low < 0:
        return
    found[0].append(view.sum(day).plus(number(low * months * 28 * DAY)))
    if high is not None:
        found[1].append(view.sum(day).plus(number(high * months * 31 * DAY)))


def _days(view: View, a: ast.expr, b: ast.expr, found: Found) -> None:
    """Exact between dates; between timestamps it may be a day more or less."""
    types = [binding.part(view.place, each).type.name for each in (a, b)]
    exact = view.sum(b, types[0]).plus(view.sum(a, types[1]), Fraction(-1)).times(Fraction(1, DAY))
    slack = 0 if "moment" not in types else 1
    found[0].append(exact.plus(number(-slack)))
    found[1].append(exact.plus(number(slack)))
