"""Formulas where they stand: as a column, as the condition of a missing value, as a rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from sandboxctl.data.formulas import binding, names
from sandboxctl.data.formulas.logic import certain, truth
from sandboxctl.data.formulas.syntax import Elsewhere, FormulaError, parse, path, paths
from sandboxctl.data.formulas.terms import Term
from sandboxctl.data.formulas.texts import each, valued
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.scope import Scope
from sandboxctl.data.types import TEXT, Type
from sandboxctl.data.values import Cells, Codes, Mask


def wrong(place: Place, text: str, *, condition: bool = False) -> str | None:
    """What is wrong with a formula; None if nothing is, or if another column says it."""
    try:
        term = binding.bound(place, text)
        if condition:
            truth(term)
    except Elsewhere:
        return None
    except FormulaError as error:
        return str(error)
    return None


def type_of(place: Place, text: str) -> Type:
    """What its values are; text if that cannot be known, as the formula is refused then."""
    try:
        return binding.formula(place, text).type
    except FormulaError:
        return TEXT


def needs(place: Place, text: str) -> Iterator[tuple[str, str]]:
    """The columns, as (table, column), that it goes through; nothing of what is wrong."""
    try:
        root = parse(text)
    except FormulaError:
        return
    found = [each for names_ in paths(root) for each in names.needed(place, names_)]
    found += [each for call in ast.walk(root) for each in _below(place, call)]
    yield from dict.fromkeys(found)


def _below(place: Place, node: ast.AST) -> Iterator[tuple[str, str]]:
    """The column of other rows that an aggregate reads."""
    match node:
        case ast.Call(args=[ast.expr() as only]):
            found = path(only)
            if found and len(found) == 2 and not place.neighbour(found[0]) and place.at(*found):
                yield found[0], found[1]
        case _:
            return


def values(scope: Scope, name: str, text: str) -> Cells:
    """A column by its formula."""
    term = _term(scope, name, text)
    data, missing = term.make(scope)
    if term.type.name == "text":
        if isinstance(data, str):
            return Cells(Codes((data,), np.zeros(scope.count, np.int64)), missing)
        return Cells(data, missing)
    if term.type.name == "uuid":
        return Cells(valued(data, term.type), missing)
    return Cells(valued(each(data, scope.count), term.type), missing)


def holds(scope: Scope, name: str, text: str) -> Mask:
    """In which rows a condition is true; not where it is missing."""
    return certain(_term(scope, name, text).make(scope), scope.count)


def fails(scope: Scope, text: str) -> Mask:
    """In which rows a condition is false; not where it is missing."""
    name = next(iter(scope.content.columns))
    data, missing = _term(scope, name, text).make(scope)
    return certain((np.logical_not(data), missing), scope.count)


def _term(scope: Scope, name: str, text: str) -> Term:
    """Understood once for all rows."""

    def bound() -> Term:
        place = Place(scope.data, scope.dataset.sizes, scope.table, name)
        return binding.bound(place, text)

    return scope.dataset.once(("formula", scope.table, text), bound)
