"""When things happen more often: weights of months, days of the week and hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, Field

from sandboxctl.data.forms import Frozen
from sandboxctl.data.kinds.distributions import DAY_ONE
from sandboxctl.data.kinds.kind import Path, Problem

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_DAYS = 20_000

Weight = Annotated[float, Field(ge=0, le=1e6)]


def _month(value: object) -> object:
    """1 to 12, from a number or a name."""
    if not isinstance(value, Mapping):
        return value
    return {_position(key, MONTHS): weight for key, weight in value.items()}


def _weekday(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    return {_position(key, WEEKDAYS) - 1: weight for key, weight in value.items()}


def _position(key: object, names: tuple[str, ...]) -> int:
    """Counted from 1."""
    if isinstance(key, int) and not isinstance(key, bool) and 1 <= key <= len(names):
        return key
    short = key[:3].lower() if isinstance(key, str) else ""
    if short not in names:
        raise ValueError(f"has no {key}; it goes by {', '.join(names)}")
    return names.index(short) + 1


class DaySeasons(Frozen):
    """Of days."""

    months: Annotated[dict[int, Weight], BeforeValidator(_month)] = Field(
        default_factory=dict,
        description="Month, as 1 to 12 or jan to dec: weight; 1 for those not named.",
    )
    weekdays: Annotated[dict[int, Weight], BeforeValidator(_weekday)] = Field(
        default_factory=dict, description="mon to sun: weight; 1 for those not named."
    )

    @property
    def has_seasons(self) -> bool:
        """Whether any weight is given."""
        return bool(self.months or self.weekdays)

    def day_weights(self, first: int, last: int) -> tuple[Fraction, ...]:
        """Of each day, counted from 1970-01-01."""
        months = {month: Fraction(str(weight)) for month, weight in self.months.items()}
        weekdays = {day: Fraction(str(weight)) for day, weight in self.weekdays.items()}
        days = (DAY_ONE + timedelta(number) for number in range(first, last + 1))
        one = Fraction(1)
        return tuple(_weight(day, months, weekdays, one) for day in days)


def _weight(
    day: date, months: Mapping[int, Fraction], weekdays: Mapping[int, Fraction], one: Fraction
) -> Fraction:
    return months.get(day.month, one) * weekdays.get(day.weekday(), one)


class HourSeasons(DaySeasons):
    """Of moments, in UTC."""

    hours: dict[Annotated[int, Field(ge=0, le=23)], Weight] = Field(
        default_factory=dict, description="0 to 23: weight; 0 for those not named."
    )

    @property
    def has_seasons(self) -> bool:
        return super().has_seasons or bool(self.hours)

    def hour_weights(self) -> tuple[Fraction, ...]:
        """Of each hour of a day."""
        if not self.hours:
            return (Fraction(1),) * 24
        return tuple(Fraction(str(self.hours.get(hour, 0))) for hour in range(24))


def wrong_seasons(
    seasons: DaySeasons, bounds: tuple[int, int], unit: int, path: Path
) -> Iterator[Problem]:
    """``bounds`` in days or in seconds; ``unit`` is how many of them make a day."""
    low, high = bounds
    first, last = low // unit, high // unit
    if low % unit or (high + 1) % unit:
        why = "should begin at 00:00:00 and end at 23:59:59 where months, weekdays or hours weigh"
        yield (*path, "between"), why
    elif last - first >= MOST_DAYS:
        why = f"has {last - first + 1:,} days; with months, weekdays or hours at most {MOST_DAYS:,}"
        yield (*path, "between"), why
    elif not sum(seasons.day_weights(first, last)):
        key = "months" if seasons.months else "weekdays"
        yield (*path, key), "leave no day between the bounds"
    elif isinstance(seasons, HourSeasons) and not sum(seasons.hour_weights()):
        yield (*path, "hours"), "have no weight above 0"
