"""What the names in a formula stand for: columns, rows that they lead to, and a few words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from sandboxctl.data.formulas import family
from sandboxctl.data.formulas.bounds import bounds, kept
from sandboxctl.data.formulas.syntax import FormulaError
from sandboxctl.data.formulas.terms import Made, Term, either
from sandboxctl.data.kinds import conditions
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.scope import Scope
from sandboxctl.data.types import TRUTH, Type
from sandboxctl.data.values import Days, Flags, Mask, Numbers, Seconds, Spans, Uuids

EDGE = "edge"
ROW = "row"


def target(place: Place) -> tuple[str, str] | None:
    """Table and column that a reference column points at; None for any other."""
    found = getattr(place.column, "target", None)
    return found if isinstance(found, tuple) and len(found) == 2 else None


def column(place: Place, names: tuple[str, ...]) -> Place:
    """The column that a path leads to, from the table of ``place``. Raises FormulaError."""
    there = place.neighbour(names[0])
    if there is None:
        raise FormulaError(_unknown(place, names[0]))
    for before, name in pairwise(names):
        goal = target(there)
        if goal is None:
            raise FormulaError(f"{before} is no reference, so {before}.{name} leads nowhere")
        content = place.data.tables.get(goal[0])
        next_one = there.at(goal[0], name)
        if content is None:
            raise FormulaError(f"{before} refers to {goal[0]}, which is no table")
        if next_one is None:
            what = _near(name, content.columns, f"it has {_list(content.columns)}")
            raise FormulaError(f"{goal[0]} has no column {name}; {what}")
        there = next_one
    return there


def _unknown(place: Place, name: str) -> str:
    columns = place.content.columns
    words = [ROW, EDGE, *(family.WORDS if family.parent(place) else ())]
    what = _near(name, [*columns, *words], f"{place.table} has {_list(columns)}")
    return f"{name} is not a column of {place.table}; {what}"


def _near(name: str, known: Iterable[str], otherwise: str) -> str:
    found = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {found[0]}?" if found else otherwise


def _list(names: Iterable[str]) -> str:
    known = list(names)
    return ", ".join(known[:12]) + (" …" if len(known) > 12 else "")


def resolved(place: Place, names: tuple[str, ...]) -> tuple[Place | None, str]:
    """The column that a path names, or the word that it is. A column wins over a word."""
    first = names[0]
    if place.neighbour(first) is None:
        if first == EDGE and len(names) == 2:
            return None, EDGE
        if names == (ROW,):
            return None, ROW
        if names[0] in family.WORDS and len(names) == 1 and family.parent(place):
            return None, first
    return column(place, names), ""


def needed(place: Place, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The columns, as (table, column), that a path goes through; nothing of what is wrong."""
    there = place.neighbour(names[0])
    for name in (*names[1:], None):
        if there is None:
            return
        yield there.table, there.name
        goal = target(there) if name else None
        there = there.at(goal[0], name) if goal and name else None


def word(place: Place, name: str, names: tuple[str, ...]) -> Term:
    """`row`, `edge.…`, `ordinal` and `siblings`."""
    if name == ROW:
        return Term(
            Type("whole", 0, 1, max(place.rows, 1)),
            lambda scope: (scope.rows.astype(np.int64) + 1, None),
        )
    if name == EDGE:
        return _edge(place, names[1])
    return family.word(place, name)


def _edge(place: Place, name: str) -> Term:
    cases = place.content.edge_cases
    if name not in cases:
        what = _near(name, cases, f"it has {_list(cases) or 'none'}")
        raise FormulaError(f"{place.table} has no edge case {name}; {what}")
    return Term(TRUTH, lambda scope: (scope.edge(name), None))


def read(names: tuple[str, ...], kind: Type, depth: int) -> Term:
    """The values of a column, of this row or of the row that references lead to."""

    def make(scope: Scope) -> Made:
        gone: Mask | None = None
        for name in names[:-1]:
            gone = either((gone, scope.cells(name).missing))
            scope = scope.parent(name)
        cells = scope.cells(names[-1])
        return _data(cells.values, kind), either((gone, cells.missing))

    low, high = bounds(kind)
    return Term(kept(replace(kind, low=low, high=high)), make, depth=depth)


def _data(values: object, kind: Type) -> object:
    if kind.name == "text":
        return values
    if isinstance(values, Uuids):
        return values.high, values.low
    assert isinstance(values, Numbers | Flags | Days | Seconds | Spans)
    return values.values


def options(place: Place) -> tuple[str, ...]:
    """All texts that a column can be, if that is known."""
    known = None if place.content.edge_cases else conditions.options(place)
    return known or () if place.type.name == "text" else ()
