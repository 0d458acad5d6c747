"""When: days and moments, by themselves or counted from another column."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import accumulate
from typing import Literal, TypeAlias

from sandboxctl.data.expectations import Curve, Expectation
from sandboxctl.data.kinds.distributions import DAY, DAY_ONE, START, DaySpread, MomentSpread
from sandboxctl.data.kinds.flaws import flaws
from sandboxctl.data.kinds.kind import Place, Problem
from sandboxctl.data.kinds.measures import ends, expectation
from sandboxctl.data.kinds.relative import Relative
from sandboxctl.data.kinds.seasons import DaySeasons, HourSeasons, wrong_seasons
from sandboxctl.data.types import Type

__all__ = ["DAY_ONE", "START", "Date", "TimesColumn", "Timestamp"]


class Date(DaySpread, DaySeasons, Relative):
    """A day: between two others, or some days after or before that of another column."""

    noun = "days"
    kind: Literal["date"]

    def type(self, place: Place) -> Type:
        if self.is_relative:
            return Type("day", 0, *self.relative_range(place))
        sound = not [*flaws(self, place.path, Fraction(1), self.noun)]
        return Type("day", 0, *(ends(self.law(Fraction(1))) if sound else (None, None)))

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from self.wrong_relative(place)
        if not self.is_relative:
            wrong = list(flaws(self, place.path, Fraction(1), self.noun))
            yield from wrong or _wrong_seasons(self, 1, place)

    def expected(self, place: Place) -> Expectation | None:
        if self.is_relative:
            return None
        if not self.has_seasons:
            return expectation(self.law(Fraction(1)), self.type(place))
        first, last = ends(self.law(Fraction(1)))
        return _stairs(range(first, last + 1), self.day_weights(first, last))


class Timestamp(MomentSpread, HourSeasons, Relative):
    """A second in UTC: between two others, or some time after or before that of another column.

    A bare date as the upper end means all of that day."""

    noun = "moments"
    kind: Literal["timestamp"]
    seconds_each = 1

    def type(self, place: Place) -> Type:
        if self.is_relative:
            return Type("moment", 0, *self.relative_range(place))
        sound = not [*flaws(self, place.path, Fraction(1), self.noun)]
        return Type("moment", 0, *(ends(self.law(Fraction(1))) if sound else (None, None)))

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from self.wrong_relative(place)
        if not self.is_relative:
            wrong = list(flaws(self, place.path, Fraction(1), self.noun))
            yield from wrong or _wrong_seasons(self, DAY, place)

    def expected(self, place: Place) -> Expectation | None:
        if self.is_relative:
            return None
        low, high = ends(self.law(Fraction(1)))
        if not self.has_seasons:
            return expectation(self.law(Fraction(1)), self.type(place))
        days = self.day_weights(low // DAY, high // DAY)
        if not self.hours:
            return _stairs(range(low - 1 + DAY, high + 1, DAY), days)
        hours = self.hour_weights()
        weights = tuple(day * hour for day in days for hour in hours)
        return _stairs(range(low - 1 + DAY // 24, high + 1, DAY // 24), weights)


def _wrong_seasons(column: Date | Timestamp, unit: int, place: Place) -> Iterator[Problem]:
    if not column.has_seasons:
        return
    if column.distribution != "uniform":
        why = "goes without months, weekdays and hours, unless it is uniform"
        yield (*place.path, "distribution"), why
        return
    yield from wrong_seasons(column, ends(column.law(Fraction(1))), unit, place.path)


def _stairs(points: range, weights: tuple[Fraction, ...]) -> Curve:
    """Each point with the share of the weights up to it."""
    sums = list(accumulate(map(float, weights)))
    return Curve((points[0] - points.step, *points), (0.0, *(s / sums[-1] for s in sums[:-1]), 1.0))


TimesColumn: TypeAlias = Date | Timestamp
