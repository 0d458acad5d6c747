"""Shows that a rule holds in every row, by how its columns are made; or says why it may not.

A rule is broken where it is false; where it is missing, because a value in it is, it holds.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from sandboxctl.data.formulas import names, orders
from sandboxctl.data.formulas.linear import Knowledge, View
from sandboxctl.data.formulas.syntax import parse, path, source
from sandboxctl.data.kinds.conditions import options
from sandboxctl.data.kinds.kind import Kind, Place
from sandboxctl.data.kinds.missing import When

_PAIRS = ((ast.Eq, ast.NotEq), (ast.Lt, ast.GtE), (ast.LtE, ast.Gt), (ast.In, ast.NotIn))
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    sign: other for a, b in _PAIRS for sign, other in ((a, b), (b, a))
}


@dataclass(frozen=True, slots=True)
class Prover:
    """``facts`` may be relied upon, as they stand in the formula."""

    view: View
    facts: frozenset[str] = frozenset()

    def doubt(self, node: ast.expr) -> str | None:
        """Why a rule may not hold; None if it does."""
        if ast.dump(node) in self.facts:
            return None
        match node:
            case ast.Constant(value=True) | ast.Name(id="true"):
                return None
            case ast.BoolOp(op=ast.And(), values=parts):
                return next((why for part in parts if (why := self.doubt(part))), None)
            case ast.BoolOp(values=parts):
                return self._one_of(parts)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self._not(inner)
            case ast.IfExp(test=test, body=body, orelse=other):
                return self._given([test]).doubt(body) or self.doubt(other)
            case ast.Compare(left=first, ops=signs, comparators=others):
                pairs = zip([first, *others], signs, others, strict=False)
                return next((why for a, s, b in pairs if (why := self._compared(a, s, b))), None)
            case ast.Call(func=ast.Name(id="is_missing"), args=[inner]):
                return self._missing(inner)
            case _:
                return self._plain(node)

    def _given(self, more: list[ast.expr]) -> Prover:
        parts = [part for fact in more for part in _conjuncts(fact)]
        return replace(self, facts=self.facts | {ast.dump(part) for part in parts})

    def _one_of(self, parts: list[ast.expr]) -> str | None:
        """One of them holds wherever the others do not."""
        why: str | None = ""
        for part in parts:
            others = [negation(other) for other in parts if other is not part]
            why = self._given(others).doubt(part)
            if why is None:
                return None
        return why

    def _not(self, inner: ast.expr) -> str | None:
        match inner:
            case ast.Call(func=ast.Name(id="is_missing"), args=[only]):
                return self._present(only)
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp():
                return self.doubt(negation(inner))
            case _:
                return f"{source(inner)} may be true"

    def _plain(self, node: ast.expr) -> str | None:
        """A column that is true or false: as true as its own formula."""
        found = path(node)
        place = names.resolved(self.view.place, found)[0] if found else None
        text = getattr(place.column, "formula", None) if place else None
        if not isinstance(text, str) or not found or not place:
            return f"{source(node)} may be false"
        view = replace(self.view, place=place, way=(*self.view.way, *found[:-1]))
        return Prover(view).doubt(parse(text))

    def _column(self, node: ast.expr) -> Kind | None:
        """A column of this table, by its name."""
        found = path(node)
        if not found or len(found) > 1 or self.view.way:
            return None
        place = names.resolved(self.view.place, found)[0]
        return place.column if place else None

    def _missing(self, node: ast.expr) -> str | None:
        match getattr(self._column(node), "missing", None):
            case When(when=when, rate=1) if self._follows(parse(when)):
                return None
            case _:
                return f"{source(node)} may have a value there"

    def _present(self, node: ast.expr) -> str | None:
        found = path(node)
        place = names.resolved(self.view.place, found)[0] if found else None
        if found and len(found) == 1 and place and not place.column.is_missing:
            return None
        column = self._column(node)
        if column is None or column.model_copy(update={"missing": 0}).is_missing:
            return f"{source(node)} may be missing there"  # in another way, too
        match column.missing:
            case When(when=when, otherwise=0) if self._follows(negation(parse(when))):
                return None
            case _:
                return f"{source(node)} may be missing there"

    def _follows(self, node: ast.expr) -> bool:
        """Whether it is among the facts, part by part."""
        match node:
            case ast.BoolOp(op=ast.Or(), values=parts):
                return ast.dump(node) in self.facts or any(map(self._follows, parts))
            case ast.BoolOp(values=parts):
                return all(map(self._follows, parts))
            case ast.Compare(left=a, ops=[ast.Eq()], comparators=[ast.Constant(value=str(one))]):
                return ast.dump(node) in self.facts or self._is_left(a, one)
            case _:
                return ast.dump(node) in self.facts

    def _is_left(self, node: ast.expr, value: str) -> bool:
        """Whether the facts rule out all other values of a column that has a few."""
        found = path(node)
        place = names.resolved(self.view.place, found)[0] if found else None
        known = (options(place) if place else None) or ()
        others = [ast.Constant(value=one) for one in known if one != value]
        denied = [ast.Compare(left=node, ops=[ast.NotEq()], comparators=[one]) for one in others]
        return bool(denied) and all(ast.dump(one) in self.facts for one in denied)

    def _compared(self, a: ast.expr, sign: ast.cmpop, b: ast.expr) -> str | None:
        one = ast.dump(ast.Compare(left=a, ops=[sign], comparators=[b]))
        if one in self.facts:
            return None
        match sign:
            case ast.In() | ast.NotIn():
                return orders.among(self.view, a, sign, b)
            case ast.LtE() | ast.Lt():
                return orders.ordered(self.view, a, b, strict=isinstance(sign, ast.Lt))
            case ast.GtE() | ast.Gt():
                return orders.ordered(self.view, b, a, strict=isinstance(sign, ast.Gt))
            case ast.Eq():
                return orders.equal(self.view, a, b)
            case _:
                return orders.different(self.view, a, b)


def negation(node: ast.expr) -> ast.expr:
    """The opposite, with every `not` as far inside as it goes."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return inner
        case ast.BoolOp(op=sign, values=parts):
            other = ast.Or() if isinstance(sign, ast.And) else ast.And()
            return ast.BoolOp(op=other, values=[negation(part) for part in parts])
        case ast.Compare(left=a, ops=[sign], comparators=[b]):
            return ast.Compare(left=a, ops=[_OPPOSITE[type(sign)]()], comparators=[b])
        case _:
            return ast.UnaryOp(op=ast.Not(), operand=node)


def _conjuncts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        return [part for each in node.values for part in _conjuncts(each)]
    return [node]


def doubt(place: Place, text: str) -> str | None:
    """Why a rule of the table of ``place`` may be broken; None if it holds in every row."""
    return Prover(View(place, Knowledge())).doubt(parse(text))
