"""Numbers, and how long something takes."""

from __future__ import annotations

import numpy as np

from sandboxctl.data.chance.mix import Index
from sandboxctl.data.fields import choices
from sandboxctl.data.fields.cases import by_case, case_of
from sandboxctl.data.fields.correlated import bits_of
from sandboxctl.data.fields.draws import Sampler, sampler
from sandboxctl.data.kinds.measures import Measure
from sandboxctl.data.kinds.quantities import Decimal, Duration, Integer, Money
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Numbers, Spans, Values


def _integer(scope: Scope, name: str, column: Integer) -> Values:
    if column.unique and column.between:
        low, high = column.between
        return Numbers(scope.ranks(name, high - low + 1, unique=True).view(np.int64) + low)
    return Numbers(_units(scope, name, column))


def _decimal(scope: Scope, name: str, column: Decimal) -> Values:
    return Numbers(_units(scope, name, column), places=column.places)


def _money(scope: Scope, name: str, column: Money) -> Values:
    return Numbers(_units(scope, name, column), places=2)


def _duration(scope: Scope, name: str, column: Duration) -> Values:
    return Spans(_units(scope, name, column))


def _units(scope: Scope, name: str, column: Measure) -> Index:
    """Whole units of the column's distribution, or of that of each row's case."""
    samplers = scope.dataset.once(("samplers", scope.table, name), lambda: _samplers(column))
    bits = bits_of(scope, name)
    if column.by is None:
        return samplers[0](bits)
    case = case_of(scope, column.by, tuple(column.per_case))
    return by_case(bits, case, samplers[1:] + samplers[:1])


def _samplers(column: Measure) -> list[Sampler]:
    """Its own, then those of its cases; its own may lack what every case has."""
    cases = list(column.spreads().values())
    own = column if column.is_sound else cases[0]
    return [sampler(spread.law(column.unit)) for spread in (own, *cases)]


MAKERS: dict[type, Maker] = {
    Integer: _integer,
    Decimal: _decimal,
    Money: _money,
    Duration: _duration,
    **choices.MAKERS,
}
