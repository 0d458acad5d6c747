"""Rows that belong to a row: `sum(payments.amount)` of a claim, `ordinal` of a payment."""

from __future__ import annotations

from typing import Any

import numpy as np

from sandboxctl.data.chance.mix import Index
from sandboxctl.data.formulas.bounds import bounds, joined, kept, times
from sandboxctl.data.formulas.syntax import FormulaError
from sandboxctl.data.formulas.terms import Made, Term
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.relations.counting import most_children, parent_table
from sandboxctl.data.scope import Scope
from sandboxctl.data.types import Type
from sandboxctl.data.values import Mask

WORDS = ("ordinal", "siblings")
FUNCTIONS = ("sum", "count", "min", "max", "first", "last")
_LARGEST = np.iinfo(np.int64).max


def parent(place: Place) -> str | None:
    """The table whose rows this table's rows belong to."""
    return parent_table(place.data, place.table)


def children(place: Place) -> list[str]:
    """The tables whose rows belong to this table's rows."""
    return [table for table in place.data.tables if parent_table(place.data, table) == place.table]


def word(place: Place, name: str) -> Term:
    """`ordinal`: which of the rows of its parent it is, from 1. `siblings`: how many there are."""
    most = most_children(place.data, place.table) or 1

    def make(scope: Scope) -> Made:
        from sandboxctl.data.relations import families

        ordinals, counts = families.place(scope)
        return (ordinals + 1 if name == "ordinal" else counts), None

    return Term(Type("whole", 0, 1, max(most, 1)), make)


def checked(place: Place, function: str, table: str) -> str:
    """The table, if its rows belong to this table's. Raises FormulaError."""
    if table in children(place):
        return table
    if table not in place.data.tables:
        raise FormulaError(f"{function}(…) needs a table, and {table} is none")
    known = children(place)
    has = f"only {', '.join(known)}" if known else f"no table has `rows: {{per: {place.table}}}`"
    raise FormulaError(f"rows of {table} do not belong to rows of {place.table}: {has}")


def count(place: Place, table: str) -> Term:
    """How many there are."""
    return Term(
        Type("whole", 0, 0, _most(place, table)), lambda scope: (_children(scope, table)[2], None)
    )


def _most(place: Place, table: str) -> int:
    return most_children(place.data, table) or 0


def aggregate(place: Place, function: str, table: str, name: str, column: Term) -> Term:
    """One value of the rows that belong to each row."""
    if function in ("first", "last"):
        return _end(table, column, last=function == "last")
    if function == "sum":
        return _sum(place, table, column)
    if column.type.name in ("text", "truth", "uuid"):
        raise FormulaError(f"{function}(…) needs numbers or times, and {name} is {column.type}")
    fold, blank = (np.minimum, _LARGEST) if function == "min" else (np.maximum, -_LARGEST)
    return _extreme(table, column, fold, blank)


def _sum(place: Place, table: str, column: Term) -> Term:
    if column.type.name not in ("whole", "decimal", "span"):
        raise FormulaError(f"sum(…) needs numbers, and has {column.type}")

    def make(scope: Scope) -> Made:
        below, starts, counts = _children(scope, table)
        values, missing = _filled(below, column, 0)
        running = np.concatenate([[0], np.cumsum(np.where(missing, 0, values))])
        return running[starts + counts] - running[starts], None

    low, high = times(joined(bounds(column.type), (0, 0)), (0, _most(place, table)))
    kind = Type(column.type.name, column.type.places, low, high)
    return Term(kept(kind), make, depth=column.depth + 1, step=column.step)


def _extreme(table: str, column: Term, fold: Any, blank: int) -> Term:
    def make(scope: Scope) -> Made:
        below, starts, counts = _children(scope, table)
        values, missing = _filled(below, column, blank)
        values = np.where(missing, blank, values)
        found = np.full(scope.count, blank, np.int64)
        some = counts > 0
        if some.any():
            found[some] = fold.reduceat(values, starts[some])
        return np.where(found == blank, 0, found), found == blank

    return Term(column.type, make, depth=column.depth + 1, step=column.step)


def _end(table: str, column: Term, *, last: bool) -> Term:
    def make(scope: Scope) -> Made:
        below, starts, counts = _children(scope, table)
        none = counts == 0
        at = np.where(none, 0, starts + counts - 1 if last else starts)
        rows = below.rows[at] if below.count else np.zeros(scope.count, np.uint64)
        values, missing = column.make(scope.dataset.scope(table, rows))
        return values, none if missing is None else none | missing

    return Term(column.type, make, depth=column.depth + 1, step=column.step)


def _filled(below: Scope, column: Term, blank: int) -> tuple[Index, Mask]:
    values, missing = column.make(below)
    gone = np.zeros(below.count, np.bool_) if missing is None else missing
    return np.where(gone, blank, values), gone


def _children(scope: Scope, table: str) -> tuple[Scope, Index, Index]:
    from sandboxctl.data.relations import families

    found: tuple[Scope, Index, Index] = scope.once(
        ("formula", "children", table), lambda: families.children(scope, table)
    )
    return found
