"""Formulas as sums: `visit - reported` is a sum of two columns, and so are its bounds.

What is no sum is an atom of one, with bounds of its own and with what is known of it beside them:
a column with `after: x` is at least x, max(a, b) is at least a. In seconds, or as plain numbers.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from sandboxctl.data.formulas import binding, names
from sandboxctl.data.formulas.bounds import bounds
from sandboxctl.data.formulas.syntax import parse, path
from sandboxctl.data.formulas.terms import DAY, Term, dated
from sandboxctl.data.kinds.kind import Place

MOST_STEPS = 400
"""So many replacements are tried; a rule that people write takes a handful."""

ZERO = Fraction(0)
NOTHING: Mapping[Atom, Fraction] = MappingProxyType({})

Atom = tuple[tuple[str, ...], str]
"""References that lead to its row, and what it is."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A constant, and so many times each atom."""

    constant: Fraction
    parts: Mapping[Atom, Fraction]

    def plus(self, other: Sum, times: Fraction = Fraction(1)) -> Sum:
        parts = dict(self.parts)
        for atom, count in other.parts.items():
            parts[atom] = parts.get(atom, ZERO) + times * count
        left = {atom: count for atom, count in parts.items() if count}
        return Sum(self.constant + times * other.constant, left)

    def times(self, count: Fraction) -> Sum:
        return Sum(ZERO, NOTHING).plus(self, count)


Limit = Fraction | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an atom: between two numbers, at least and at most some sums."""

    low: Limit
    high: Limit
    least: tuple[Sum, ...] = ()
    most: tuple[Sum, ...] = ()


def number(value: Fraction | int) -> Sum:
    return Sum(Fraction(value), NOTHING)


class Knowledge:
    """All atoms that a proof has met so far."""

    def __init__(self) -> None:
        self.atoms: dict[Atom, Known] = {}
        self.sums: dict[Atom, Sum] = {}
        self._tries = 0

    def is_spent(self) -> bool:
        """Counts the cases that are tried; a proof that takes more is given up."""
        self._tries += 1
        return self._tries > MOST_STEPS

    def least(self, total: Sum, enough: Fraction) -> Limit:
        """A number that a sum is never below: looks no further once it is enough."""
        seen: set[tuple[Fraction, frozenset[tuple[Atom, Fraction]]]] = set()
        ahead = [total]
        best: Limit = None
        while ahead and len(seen) < MOST_STEPS:
            form = ahead.pop(0)
            key = (form.constant, frozenset(form.parts.items()))
            if key in seen:
                continue
            seen.add(key)
            found = self._bound(form)
            best = found if best is None or (found is not None and found > best) else best
            if best is not None and best >= enough:
                break
            ahead += self._replaced(form)[: MOST_STEPS - len(ahead)]
        return best

    def _bound(self, form: Sum) -> Limit:
        total = form.constant
        for atom, count in form.parts.items():
            known = self.atoms[atom]
            end = known.low if count > 0 else known.high
            if end is None:
                return None
            total += count * end
        return total

    def _replaced(self, form: Sum) -> list[Sum]:
        """The same sum or less: one of its atoms is replaced by what it is never beyond."""
        return [
            form.plus(Sum(ZERO, {atom: Fraction(1)}), -count).plus(other, count)
            for atom, count in form.parts.items()
            for other in (self.atoms[atom].least if count > 0 else self.atoms[atom].most)
        ]


@dataclass(frozen=True, slots=True)
class View:
    """A row as a formula sees it: ``way`` are the references that lead to it."""

    place: Place
    knowledge: Knowledge
    way: tuple[str, ...] = ()

    def sum(self, node: ast.expr, like: str = "") -> Sum:
        """A formula as a sum; ``like`` is the type it is compared with."""
        term = dated(binding.part(self.place, node), like)
        if term.literal is not None or term.type.low == term.type.high is not None:
            return number(natural(term)[0] or 0)
        return self._parts(node, term)

    def _parts(self, node: ast.expr, term: Term) -> Sum:
        kind = term.type.name
        match node:
            case ast.UnaryOp(op=sign, operand=inner):
                return self.sum(inner).times(Fraction(-1 if isinstance(sign, ast.USub) else 1))
            case ast.BinOp(left=a, op=ast.Add(), right=b) if kind != "text":
                return self.sum(a, kind).plus(self.sum(b))
            case ast.BinOp(left=a, op=ast.Sub(), right=b):
                types = [binding.part(self.place, each).type.name for each in (a, b)]
                return self.sum(a, types[1]).plus(self.sum(b, types[0]), Fraction(-1))
            case ast.BinOp(left=a, op=ast.Mult(), right=b):
                x, y = self.sum(a), self.sum(b)
                if not x.parts or not y.parts:
                    return y.times(x.constant) if not x.parts else x.times(y.constant)
            case ast.Call(func=ast.Name(id=name), args=[inner]) if name in UNITS:
                return self.sum(inner).times(Fraction(UNITS[name]))
            case _:
                pass
        found = path(node)
        return self._column(found) if found and found[-1] else self._atom(node, term)

    def _column(self, found: tuple[str, ...]) -> Sum:
        place, _ = names.resolved(self.place, found)
        if place is None:
            term = binding.named(self.place, found)
            return self._known(((*self.way, *found), ""), lambda: _limits(term))
        view = replace(self, place=place, way=(*self.way, *found[:-1]))
        text = getattr(place.column, "formula", None)
        if isinstance(text, str):
            return view.formula(text)
        from sandboxctl.data.formulas.relations import column

        atom = ((*view.way, place.name), "")
        return self._known(atom, lambda: column(view, binding.named(place, (place.name,))))

    def formula(self, text: str) -> Sum:
        """That of the column at ``place``; each is looked into once."""
        key = (self.way, f"{self.place.table} {self.place.name}")
        if key not in self.knowledge.sums:
            self.knowledge.sums[key] = self.sum(parse(text))
        return self.knowledge.sums[key]

    def _atom(self, node: ast.expr, term: Term) -> Sum:
        from sandboxctl.data.formulas.relations import call

        atom = (self.way, f"{self.place.table} {ast.dump(node)}")
        return self._known(atom, lambda: call(self, node, term))

    def _known(self, atom: Atom, find: Callable[[], Known]) -> Sum:
        if atom not in self.knowledge.atoms:
            self.knowledge.atoms[atom] = Known(None, None)
            self.knowledge.atoms[atom] = find()
        return Sum(ZERO, {atom: Fraction(1)})


UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": DAY, "weeks": 7 * DAY}


def natural(term: Term) -> tuple[Limit, Limit]:
    """Bounds as plain numbers, times in seconds."""
    low, high = bounds(term.type)
    step = unit(term)
    return None if low is None else low * step, None if high is None else high * step


def unit(term: Term) -> Fraction:
    """What one of its units is."""
    return Fraction(DAY) if term.type.name == "day" else Fraction(1, 10**term.type.places)


def _limits(term: Term) -> Known:
    return Known(*natural(term))
