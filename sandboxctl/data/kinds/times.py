"""When: days, moments and how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Literal

from pydantic import Field

from sandboxctl.data.forms import Days, Moments
from sandboxctl.data.kinds.kind import Kind, Place, Problem, upside_down
from sandboxctl.data.types import Type

DAY_ONE = date(1970, 1, 1)
START = datetime(1970, 1, 1, tzinfo=UTC)


class Date(Kind):
    """A day, both ends included."""

    kind: Literal["date"]
    between: Days = Field(description="The first day and the last.")

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        low, high = ((day - DAY_ONE).days for day in self.between)
        return Type("day", 0, low, high)

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from upside_down(self.between, place.path)


class Timestamp(Kind):
    """A second in UTC, both ends included; a bare date as upper end means all of that day."""

    kind: Literal["timestamp"]
    between: Moments = Field(description="The first moment and the last.")

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        low, high = (int((moment - START).total_seconds()) for moment in self.between)
        return Type("moment", 0, low, high)

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from upside_down(self.between, place.path)


TimesColumn = Date | Timestamp
