"""Yes and no, and one of a few."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from sandboxctl.data.chance.mix import happens
from sandboxctl.data.fields.cases import case_of, chosen
from sandboxctl.data.kinds.choices import Boolean, Choice, kind_of
from sandboxctl.data.kinds.conditions import written
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Codes, Flags, Numbers, Values


def _boolean(scope: Scope, name: str, column: Boolean) -> Values:
    bits = scope.bits(name)
    if column.by is None:
        return Flags(happens(bits, column.chance))
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
        case _:
            return Numbers(entries.values.take(index), places=entries.places)


def _entries(column: Choice) -> Codes | Flags | Numbers:
    """All values of a choice, each once."""
    values, kind = column.values, kind_of(column.values)
    if kind.name == "truth":
        return Flags(np.array(values, np.bool_))
    if kind.name == "text":
        return Codes(tuple(map(written, values)), np.arange(len(values)))
    units = [int(Fraction(str(value)) * 10**kind.places) for value in values]
    return Numbers(np.array(units, np.int64), places=kind.places)


MAKERS: dict[type, Maker] = {Boolean: _boolean, Choice: _choice}
