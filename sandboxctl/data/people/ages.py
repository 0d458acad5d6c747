"""How old people in the UK are, by sex.

Source  ONS mid-year population estimates, UK, mid-2022, in bands of five years; rounded, typed in
        from knowledge and not yet checked against the release. Within a band the years are spread
        evenly to 74, and fall by a fixed ratio above: that is our own estimate.
"""

from __future__ import annotations

from functools import lru_cache

from sandboxctl.data.people.shares import slots

OLDEST = 110
GROWN_UP = 18
HUNDRED = 100
AGE_BITS = 16

FEMALE, MALE = 0, 1

_BAND = 5
_PARTS = 10**9
_PEOPLE = (
    (3580, 487), (3980, 488), (4160, 488), (3940, 486), (4150, 487), (4430, 497),
    (4700, 507), (4550, 508), (4330, 508), (4060, 507), (4570, 508), (4600, 508),
    (4030, 510), (3400, 514), (3130, 520), (2660, 533), (1700, 558), (1040, 600),
    (480, 670), (130, 740), (15, 810),
)  # fmt: skip
"""Thousands of people, and how many of 1,000 are women or girls; the last band has no end."""

_FALL = {75: 96, 80: 92, 85: 87, 90: 78, 95: 68, 100: 55}
"""First age of a band → how many of 100 people of an age there are a year older."""


def _by_age() -> list[tuple[int, int]]:
    """Women and men of each age, in parts of 1,000,000,000 of a thousand people."""
    people: list[tuple[int, int]] = []
    for number, (thousands, women) in enumerate(_PEOPLE):
        first = number * _BAND
        weights = [_PARTS]
        for _ in range(first + 1, first + _BAND if first < HUNDRED else OLDEST + 1):
            weights.append(weights[-1] * _FALL.get(first, 100) // 100)
        each = [thousands * _PARTS * weight // sum(weights) for weight in weights]
        people += [(count * women // 1000, count * (1000 - women) // 1000) for count in each]
    return people


PEOPLE = _by_age()


@lru_cache(maxsize=64)
def cells(ages: range) -> tuple[int, ...]:
    """Of 65,536 people of these ages: how many are of each age and sex.

    A cell is ``2 * age + sex``.
    """
    wanted = [people if age in ages else 0 for age, both in enumerate(PEOPLE) for people in both]
    return slots(wanted, AGE_BITS)
