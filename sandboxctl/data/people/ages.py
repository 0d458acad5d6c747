"""How old people in the UK are, by sex.

Source  ONS mid-year population estimates, UK, mid-2022, in bands of five years; rounded, typed in
        from knowledge and not from the release: good to a few per cent. Within a band the years
        are spread evenly to 74, and fall by a fixed ratio above.
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
_PEOPLE = (
    (3580, 0.487), (3980, 0.488), (4160, 0.488), (3940, 0.486), (4150, 0.487), (4430, 0.497),
    (4700, 0.507), (4550, 0.508), (4330, 0.508), (4060, 0.507), (4570, 0.508), (4600, 0.508),
    (4030, 0.510), (3400, 0.514), (3130, 0.520), (2660, 0.533), (1700, 0.558), (1040, 0.600),
    (480, 0.670), (130, 0.740), (15, 0.810),
)  # fmt: skip
"""Thousands of people, and the share of women and girls; the last band has no end."""

_FALL = {75: 0.96, 80: 0.92, 85: 0.87, 90: 0.78, 95: 0.68, 100: 0.55}
"""First age of a band → how many of a year of age are left in the next."""


def _by_age() -> list[tuple[float, float]]:
    """Women and men of each age."""
    people: list[tuple[float, float]] = []
    for number, (thousands, women) in enumerate(_PEOPLE):
        first = number * _BAND
        years = _BAND if first < HUNDRED else OLDEST - HUNDRED + 1
        weights = [_FALL.get(first, 1.0) ** year for year in range(years)]
        each = [thousands * weight / sum(weights) for weight in weights]
        people += [(count * women, count * (1 - women)) for count in each]
    return people


PEOPLE = _by_age()


@lru_cache(maxsize=64)
def cells(ages: range) -> tuple[int, ...]:
    """Of 65,536 people of these ages: how many are of each age and sex.

    A cell is ``2 * age + sex``.
    """
    wanted = [people if age in ages else 0.0 for age, both in enumerate(PEOPLE) for people in both]
    return slots(wanted, AGE_BITS)
