"""Names that go together: what a community is."""

from __future__ import annotations

from dataclasses import dataclass

COHORTS = (1940, 1960, 1975, 1990, 2005)
"""Born before the first of these years, before the next, …, or after all of them."""

BIRTHS = len(COHORTS) + 1


@dataclass(frozen=True, slots=True)
class Community:
    """``shares``: per mille of each cohort; forenames a list for each cohort, most given first.

    ``flat`` says how evenly surnames are spread: low where a few of them are very frequent;
    ``doubled`` is how many double-barrelled ones are made of them.
    """

    shares: tuple[int, ...]
    female: tuple[tuple[str, ...], ...]
    male: tuple[tuple[str, ...], ...]
    surnames: tuple[str, ...]
    female_surnames: tuple[str, ...] = ()
    male_surnames: tuple[str, ...] = ()
    rare_surnames: tuple[str, ...] = ()
    flat: int = 8
    doubled: int = 0

    def forenames(self, cohort: int, sex: int) -> tuple[str, ...]:
        """Of a birth cohort; older and younger cohorts share a list where there are few."""
        lists = (self.female, self.male)[sex]
        return lists[cohort * len(lists) // BIRTHS]

    def family_names(self, sex: int) -> tuple[str, ...]:
        """Surnames; those that only women or only men bear come first, they are frequent."""
        return (self.female_surnames, self.male_surnames)[sex] + self.surnames


def words(*lists: str) -> tuple[tuple[str, ...], ...]:
    """Names between blanks; an underscore stands for a blank within a name."""
    return tuple(tuple(name.replace("_", " ") for name in one.split()) for one in lists)
