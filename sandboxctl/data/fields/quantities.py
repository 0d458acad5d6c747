"""Numbers, yes and no, and one of a few."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from sandboxctl.data.kinds.quantities import Boolean, Choice, Decimal, Integer
from sandboxctl.data.mix import Index, below, happens, pick
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Codes, Flags, Numbers, Values


def _integer(scope: Scope, name: str, column: Integer) -> Values:
    low, high = column.between
    ranks = scope.ranks(name, high - low + 1, unique=column.unique)
    return Numbers(ranks.view(np.int64) + low)


def _decimal(scope: Scope, name: str, column: Decimal) -> Values:
    return Numbers(within(scope, name, *column.scaled), places=column.places)


def within(scope: Scope, name: str, low: int, high: int) -> Index:
    """Whole numbers from low to high, both included."""
    return below(scope.bits(name), high - low + 1).view(np.int64) + low


def _boolean(scope: Scope, name: str, column: Boolean) -> Values:
    return Flags(happens(scope.bits(name), column.chance))


def _choice(scope: Scope, name: str, column: Choice) -> Values:
    index = chosen(scope, name)
    kind = column.type(None)  # type: ignore[arg-type]  # a choice knows its type by itself
    if kind.name == "truth":
        return Flags(np.array([bool(value) for value in column.of])[index])
    if kind.name == "text":
        return Codes(tuple(map(written, column.of)), index)
    scale = 10**kind.places
    return Numbers(
        np.array([int(Fraction(str(value)) * scale) for value in column.of])[index],
        places=kind.places,
    )


def chosen(scope: Scope, name: str) -> Index:
    """Which of its values a choice column has, as positions."""
    column = scope.content.columns[name]
    assert isinstance(column, Choice)
    return scope.once(("chosen", name), lambda: pick(scope.bits(name), tuple(column.of.values())))


def written(value: float | str) -> str:
    """A plain value of the blueprint as text; true and false as every format writes them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


MAKERS: dict[type, Maker] = {
    Integer: _integer,
    Decimal: _decimal,
    Boolean: _boolean,
    Choice: _choice,
}
