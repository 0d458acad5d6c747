"""How people are addressed, by sex and age; the shares are rough, and our own estimate."""

from __future__ import annotations

from sandboxctl.data.people.ages import FEMALE, MALE, OLDEST
from sandboxctl.data.people.shares import slots

TITLES = ("Mr", "Mrs", "Miss", "Ms", "Mx", "Dr", "Master", "Prof", "Rev")
TITLE_BITS = 10

_BANDS = (16, 25, 35, 55, 75, OLDEST + 1)
"""Ages below which the rows of the next table apply."""

_PER_MILLE = {
    FEMALE: (
        {"Miss": 998, "Mx": 2},
        {"Miss": 850, "Ms": 110, "Mrs": 25, "Mx": 10, "Dr": 5},
        {"Miss": 470, "Ms": 190, "Mrs": 310, "Mx": 7, "Dr": 23},
        {"Mrs": 550, "Ms": 190, "Miss": 220, "Dr": 30, "Mx": 4, "Prof": 4, "Rev": 2},
        {"Mrs": 730, "Ms": 125, "Miss": 115, "Dr": 20, "Mx": 2, "Prof": 4, "Rev": 4},
        {"Mrs": 870, "Miss": 90, "Ms": 25, "Dr": 10, "Rev": 3, "Prof": 2},
    ),
    MALE: (
        {"Master": 820, "Mr": 178, "Mx": 2},
        {"Mr": 985, "Mx": 10, "Dr": 5},
        {"Mr": 971, "Dr": 23, "Mx": 6},
        {"Mr": 954, "Dr": 33, "Prof": 7, "Mx": 3, "Rev": 3},
        {"Mr": 956, "Dr": 27, "Prof": 9, "Rev": 7, "Mx": 1},
        {"Mr": 964, "Dr": 20, "Rev": 10, "Prof": 6},
    ),
}

GROUPS = len(_BANDS) * len(_PER_MILLE)


def group(sex: int, age: int) -> int:
    """Which of `GROUPS` people are in."""
    band = next(number for number, bound in enumerate(_BANDS) if age < bound)
    return 2 * band + sex


def counts(group: int) -> tuple[int, ...]:
    """How many of 1,024 people of a group have each of `TITLES`."""
    shares = _PER_MILLE[group % 2][group // 2]
    return slots([shares.get(title, 0) for title in TITLES], TITLE_BITS)
