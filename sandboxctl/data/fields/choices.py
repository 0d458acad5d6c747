"""Yes and no, and one of a few."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

import numpy as np

from sandboxctl.data.kinds.choices import Boolean, Choice, kind_of
from sandboxctl.data.kinds.conditions import written
from sandboxctl.data.lots import draw, lots
from sandboxctl.data.mix import U64, Index, happens
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Codes, Flags, Numbers, Values


def _boolean(scope: Scope, name: str, column: Boolean) -> Values:
    bits = scope.bits(name)
    if column.by is None:
        return Flags(happens(bits, column.chance))
    from sandboxctl.data.fields.cases import case_of

    chances = [*(case.chance for case in column.cases.values()), column.chance]
    bounds = np.array([round(chance * 2**32) for chance in chances], np.uint64)
    limit = bounds.take(case_of(scope, column.by, tuple(column.cases)))
    return Flags((bits >> np.uint64(32)) < limit)


def _choice(scope: Scope, name: str, column: Choice) -> Values:
    index = chosen(scope, name)
    entries = scope.dataset.once(("entries", scope.table, name), lambda: _entries(column))
    match entries:
        case Codes(entries=texts):
            return Codes(texts, index)
        case Flags(values=flags):
            return Flags(flags.take(index))
        case Numbers(values=numbers, places=places):
            return Numbers(numbers.take(index), places=places)


def _entries(column: Choice) -> Codes | Flags | Numbers:
    """All values of a choice, each once."""
    values, kind = column.values, kind_of(column.values)
    if kind.name == "truth":
        return Flags(np.array(values, np.bool_))
    if kind.name == "text":
        return Codes(tuple(map(written, values)), np.arange(len(values)))
    units = [int(Fraction(str(value)) * 10**kind.places) for value in values]
    return Numbers(np.array(units, np.int64), places=kind.places)


def chosen(scope: Scope, name: str) -> Index:
    """Which of its values a choice column has, as positions."""
    return scope.once(("chosen", name), lambda: _chosen(scope, name))


def _chosen(scope: Scope, name: str) -> Index:
    column = scope.content.columns[name]
    assert isinstance(column, Choice)
    key = ("lots", scope.table, name)
    makers = scope.dataset.once(key, lambda: [*map(partial(_drawer, column), column.of.values())])
    if column.by is None:
        return makers[0](scope.bits(name))
    from sandboxctl.data.fields.cases import by_case, case_of

    return by_case(scope.bits(name), case_of(scope, column.by, tuple(column.of)), makers)


def _drawer(column: Choice, weights: dict[bool | int | float | str, float]) -> Callable[[U64], Index]:
    """What draws from one group, as positions among all values."""
    these = lots(weights.values())
    every = list(map(written, column.values))
    place = np.array([every.index(written(value)) for value in weights], np.int64)
    if (place == np.arange(len(place))).all():
        return lambda bits: draw(these, bits)
    return lambda bits: place.take(draw(these, bits))


MAKERS: dict[type, Maker] = {Boolean: _boolean, Choice: _choice}
