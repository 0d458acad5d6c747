"""Days and moments."""

from __future__ import annotations

from sandboxctl.data.fields.quantities import within
from sandboxctl.data.kinds.times import DAY_ONE, START, Date, Timestamp
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Days, Seconds, Values


def _date(scope: Scope, name: str, column: Date) -> Values:
    low, high = ((day - DAY_ONE).days for day in column.between)
    return Days(within(scope, name, low, high))


def _timestamp(scope: Scope, name: str, column: Timestamp) -> Values:
    low, high = (int((moment - START).total_seconds()) for moment in column.between)
    return Seconds(within(scope, name, low, high))


MAKERS: dict[type, Maker] = {Date: _date, Timestamp: _timestamp}
