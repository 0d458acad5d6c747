"""Days and moments."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from sandboxctl.data.chance.lots import draw, lots
from sandboxctl.data.chance.mix import Index
from sandboxctl.data.fields.correlated import bits_of
from sandboxctl.data.fields.draws import even, sampler
from sandboxctl.data.fields.links import followed
from sandboxctl.data.kinds.distributions import DAY
from sandboxctl.data.kinds.measures import ends
from sandboxctl.data.kinds.times import Date, Timestamp
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Cells, Days, Seconds, Values

_HOUR = DAY // 24


def _date(scope: Scope, name: str, column: Date) -> Values | Cells:
    if column.is_relative:
        other, gap = _relative(scope, name, column)
        days = _plain(other.values)
        since = days.values if isinstance(days, Days) else days.values // DAY
        return Cells(Days(since + gap), other.missing)
    if column.has_seasons:
        return Days(_days(scope, name, column, 1))
    return Days(sampler(column.law(Fraction(1)))(bits_of(scope, name)))


def _timestamp(scope: Scope, name: str, column: Timestamp) -> Values | Cells:
    if column.is_relative:
        other, gap = _relative(scope, name, column)
        times = _plain(other.values)
        since = times.values * DAY if isinstance(times, Days) else times.values
        return Cells(Seconds(since + gap), other.missing)
    if not column.has_seasons:
        return Seconds(sampler(column.law(Fraction(1)))(bits_of(scope, name)))
    return Seconds(_days(scope, name, column, DAY) * DAY + _clock(scope, name, column))


def _relative(scope: Scope, name: str, column: Date | Timestamp) -> tuple[Cells, Index]:
    """The other column, and the way from it in the column's own unit."""
    assert column.gap is not None  # refused otherwise
    assert column.other is not None
    gap = sampler(column.gap.law(column.unit))(bits_of(scope, name))
    return followed(scope, column.other), gap if column.after else -gap


def _plain(values: Values) -> Days | Seconds:
    assert isinstance(values, Days | Seconds)  # refused otherwise
    return values


def _days(scope: Scope, name: str, column: Date | Timestamp, unit: int) -> Index:
    """A day by the weights of its month and weekday."""
    low, high = ends(column.law(Fraction(1)))
    first, last = low // unit, high // unit
    key = ("days", scope.table, name)
    lot = scope.dataset.once(key, lambda: lots(column.day_weights(first, last)))
    return draw(lot, bits_of(scope, name)) + first


def _clock(scope: Scope, name: str, column: Timestamp) -> Index:
    """A second of the day, by the weights of the hours."""
    key = ("hours", scope.table, name)
    lot = scope.dataset.once(key, lambda: lots(column.hour_weights()))
    bits = scope.bits(name, "time of day")
    hour = draw(lot, bits)
    hour *= _HOUR
    hour += even(bits << np.uint64(32), 0, _HOUR - 1)
    return hour


MAKERS: dict[type, Maker] = {Date: _date, Timestamp: _timestamp}
