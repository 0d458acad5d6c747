"""When people of an age were born."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sandboxctl.data.people.ages import GROWN_UP, HUNDRED, OLDEST

DAY_ONE = date(1970, 1, 1)


def turned(on: date, age: int) -> int:
    """The last day of birth, in days since 1970, of those who are at least so old on a day.

    Who is born on 29 February has no birthday in most years, and is older from 1 March.
    """
    year = on.year - age
    day = date(year, 2, 28) if _is_no_day(year, on) else date(year, on.month, on.day)
    return (day - DAY_ONE).days


def _is_no_day(year: int, on: date) -> bool:
    return (on.month, on.day) == (2, 29) and not is_leap(year)


def is_leap(year: int) -> bool:
    """Whether it has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@dataclass(frozen=True, slots=True)
class Births:
    """People from one age to another on a day."""

    on: date
    low: int = 0
    high: int = OLDEST

    @property
    def days(self) -> tuple[int, int]:
        """The first day of birth and the last."""
        return turned(self.on, self.high + 1) + 1, turned(self.on, self.low)

    def rare(self, case: str) -> Births:
        """The people of an edge case: within the bounds if there are such people, or else not."""
        low, high = RARE[case]
        meet = max(low, self.low), min(high, self.high)
        return Births(self.on, *(meet if meet[0] <= meet[1] else (low, high)))

    def widened(self, rates: Mapping[str, float]) -> Births:
        """With the people of those edge cases that happen."""
        more = [self.rare(case) for case in RARE if rates.get(case)]
        low, high = (min(b.low for b in [self, *more]), max(b.high for b in [self, *more]))
        return Births(self.on, low, high)

    @property
    def ages(self) -> range:
        return range(self.low, self.high + 1)

    def leap_days(self) -> dict[int, int]:
        """Age → the 29 February, in days since 1970, on which people of that age may be born."""
        return {
            age: day
            for age in self.ages
            for year in (self.on.year - age - 1, self.on.year - age)
            if is_leap(year)
            and turned(self.on, age + 1) < (day := _february(year)) <= turned(self.on, age)
        }

    def all_leap_days(self, rates: Mapping[str, float]) -> dict[int, int]:
        """As `leap_days`, of those edge cases that happen too."""
        days = self.leap_days()
        for case in RARE:
            days |= self.rare(case).leap_days() if rates.get(case) else {}
        return days

    def born_in_leap_years(self, rates: Mapping[str, float]) -> tuple[int, ...]:
        """For each age, the nearest with a 29 February: of children, adults or the very old."""
        usual, possible = self.leap_days(), self.all_leap_days(rates)
        return tuple(
            min(
                [other for other in possible if _group(other) == _group(age)] or usual,
                key=lambda other: abs(other - age),
            )
            for age in range(OLDEST + 1)
        )


def _february(year: int) -> int:
    return (date(year, 2, 29) - DAY_ONE).days


def _group(age: int) -> int:
    return (age >= GROWN_UP) + (age > HUNDRED)


RARE = {"under_18": (0, GROWN_UP - 1), "over_100": (HUNDRED + 1, OLDEST)}
"""Edge case → ages. The later one counts where both happen."""
