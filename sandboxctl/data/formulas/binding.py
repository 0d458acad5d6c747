"""A tree becomes a term: what every name stands for, what every part is, or what is wrong."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from sandboxctl.data.formulas import arithmetic, family, logic, names
from sandboxctl.data.formulas.functions import FUNCTIONS, MANY
from sandboxctl.data.formulas.syntax import (
    COLUMN,
    WORDS,
    Elsewhere,
    FormulaError,
    TooDeep,
    parse,
    path,
    source,
)
from sandboxctl.data.formulas.terms import Term, plain
from sandboxctl.data.kinds.kind import Place

DEEPEST = 64
"""Levels of a formula together with those of the columns that it is built on."""


@dataclass
class _Open:
    """What is being bound, one column for another: each is done once, none goes round."""

    done: dict[tuple[str, str], Term | FormulaError] = field(default_factory=dict)
    busy: set[tuple[str, str]] = field(default_factory=set)
    level: int = 0


_open: ContextVar[_Open | None] = ContextVar("open formulas", default=None)


@contextmanager
def _opened() -> Iterator[_Open]:
    found = _open.get()
    if found is not None:
        yield found
        return
    token = _open.set(made := _Open())
    try:
        yield made
    finally:
        _open.reset(token)


def bound(place: Place, text: str) -> Term:
    """A formula of the table of ``place``. Raises FormulaError."""
    root = parse(text)
    with _opened():
        return _bind(place, root)


def formula(place: Place, text: str) -> Term:
    """The formula of the column at ``place``: what others see of it. Raises FormulaError."""
    key = (place.table, place.name)
    with _opened() as opened:
        if key in opened.busy:
            raise Elsewhere("refers to itself")
        if key not in opened.done:
            opened.busy.add(key)
            try:
                opened.done[key] = bound(place, text)
            except FormulaError as error:
                opened.done[key] = error
            finally:
                opened.busy.discard(key)
        made = opened.done[key]
    if isinstance(made, FormulaError):
        raise made
    return made


def part(place: Place, node: ast.expr) -> Term:
    """A part of a formula. Raises FormulaError."""
    with _opened():
        return _any(place, node)


def named(place: Place, names_: tuple[str, ...]) -> Term:
    """What a path stands for. Raises FormulaError."""
    with _opened():
        there, word = names.resolved(place, names_)
        return names.word(place, word, names_) if there is None else _column(place, names_)


def _bind(place: Place, node: ast.expr) -> Term:
    """Any part; a value that is missing altogether only where that makes sense."""
    term = _any(place, node)
    if term.void:
        raise FormulaError("None can stand in `… if … else None` only")
    return term


def _any(place: Place, node: ast.expr) -> Term:
    with _opened() as opened:
        opened.level += 1
        try:
            if opened.level > DEEPEST:
                raise TooDeep(_TOO_DEEP, placed=True)
            term = _part(place, node)
        except FormulaError as error:
            if error.placed or isinstance(error, Elsewhere):
                raise
            raise FormulaError(f"{error}, in `{source(node)}`", placed=True) from None
        finally:
            opened.level -= 1
    if term.depth > DEEPEST:
        raise TooDeep(_TOO_DEEP, placed=True)
    return term


_TOO_DEEP = f"is built on formulas that are nested too deeply; at most {DEEPEST} levels altogether"


def _part(place: Place, node: ast.expr) -> Term:
    match node:
        case ast.Constant(value=value):
            return plain(value)  # type: ignore[arg-type]  # the parser has refused any other
        case ast.Name(id=name) if name in WORDS and not place.neighbour(name):
            return plain(WORDS[name])
        case ast.Call(func=ast.Name(id=name), args=args) if name != COLUMN:
            return _call(place, name, args)
        case ast.BinOp(left=left, op=operator, right=right):
            return arithmetic.binary(operator, _bind(place, left), _bind(place, right))
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return logic.negated(_bind(place, inner))
        case ast.UnaryOp(op=sign, operand=inner):
            return _signed(_bind(place, inner), isinstance(sign, ast.USub))
        case ast.BoolOp(op=operator, values=parts):
            terms = [_bind(place, part) for part in parts]
            return logic.both(terms) if isinstance(operator, ast.And) else logic.any_of(terms)
        case ast.Compare(left=first, ops=signs, comparators=others):
            return _compared(place, [first, *others], signs)
        case ast.IfExp(test=test, body=body, orelse=other):
            return logic.chosen(_bind(place, test), _any(place, body), _any(place, other))
        case ast.Tuple() | ast.List():
            raise FormulaError("has a list, which can stand after `in` only")
        case _:
            return _named(place, node)


def _signed(term: Term, negative: bool) -> Term:
    if not negative:
        return arithmetic.negative(arithmetic.negative(term))
    made = arithmetic.negative(term)
    value = term.literal
    literal = -value if value is not None and not isinstance(value, bool | str) else None
    return replace(made, literal=literal)


def _compared(place: Place, parts: list[ast.expr], signs: list[ast.cmpop]) -> Term:
    found = [
        _contained(place, a, b, sign)
        if isinstance(sign, ast.In | ast.NotIn)
        else logic.compared(sign, _bind(place, a), _bind(place, b))
        for a, sign, b in zip(parts, signs, parts[1:], strict=False)
    ]
    return found[0] if len(found) == 1 else logic.both(found)


def _contained(place: Place, node: ast.expr, among: ast.expr, sign: ast.cmpop) -> Term:
    if not isinstance(among, ast.Tuple | ast.List) or not among.elts:
        raise FormulaError("needs a list after `in`, such as ('open', 'closed')")
    term = _bind(place, node)
    found = [logic.compared(ast.Eq(), term, _bind(place, each)) for each in among.elts]
    one = found[0] if len(found) == 1 else logic.any_of(found)
    return logic.negated(one) if isinstance(sign, ast.NotIn) else one


def _call(place: Place, name: str, args: list[ast.expr]) -> Term:
    function = FUNCTIONS.get(name)
    if function is None:
        near = difflib.get_close_matches(name, FUNCTIONS, n=1)
        known = f"did you mean {near[0]}?" if near else f"there are {', '.join(FUNCTIONS)}"
        raise FormulaError(f"{name} is not a function; {known}")
    least, most = function.takes
    if not least <= len(args) <= most:
        raise FormulaError(f"{name} is written {function.called}; it has {len(args)} arguments")
    if name in family.FUNCTIONS and (made := _aggregate(place, name, args)):
        return made
    if function.make is None:
        raise FormulaError(f"{name} is written {function.called}, with the name of a table")
    if most == MANY and len(args) == 1 and name != "coalesce":
        raise FormulaError(f"{name} needs two values or a column of another table")
    bind = _any if name in ("coalesce", "is_missing") else _bind
    return function.make(*[bind(place, each) for each in args])


def _aggregate(place: Place, name: str, args: list[ast.expr]) -> Term | None:
    """A function of rows that belong to this one; None if that is not what was meant."""
    found = path(args[0])
    if len(args) > 1 or not found or place.neighbour(found[0]):
        return None
    table = family.checked(place, name, found[0])
    if name == "count":
        if len(found) > 1:
            raise FormulaError("count is written count(children)")
        return family.count(place, table)
    if len(found) != 2:
        return None
    there = Place(place.data, place.sizes, table, next(iter(place.data.tables[table].columns)))
    return family.aggregate(place, name, table, found[1], _column(there, (found[1],)))


def _named(place: Place, node: ast.expr) -> Term:
    found = path(node)
    if not found:
        raise FormulaError("needs the plain name of a column there")
    return named(place, found)


def _column(place: Place, path: tuple[str, ...]) -> Term:
    """The values of a column, with what is known of them."""
    there = names.column(place, path)
    text = getattr(there.column, "formula", None)
    if not isinstance(text, str):
        return replace(names.read(path, there.type, 1), options=names.options(there))
    try:
        term = formula(there, text)
    except TooDeep:
        raise
    except FormulaError as error:
        raise Elsewhere(str(error)) from None
    read = names.read(path, term.type, term.depth + 1)
    return replace(read, options=term.options, step=term.step)
