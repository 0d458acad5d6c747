"""The names that edge cases choose from, by sex."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from sandboxctl.data.chance.mix import U64, Index
from sandboxctl.data.fields.people_tables import FORENAME, SURNAME
from sandboxctl.data.people.isles import WELSH
from sandboxctl.data.people.long import LONG_FORENAMES, LONG_SURNAME
from sandboxctl.data.people.names import COMMUNITIES, SEXES, SURNAMES


@dataclass(frozen=True, slots=True, eq=False)
class Pools:
    """Positions of women's names, then of men's; ``part`` is forename or surname."""

    part: str
    names: Index
    starts: Index
    sizes: U64


def _pools(part: str, women: Iterable[int], men: Iterable[int]) -> Pools:
    lists = list(dict.fromkeys(women)), list(dict.fromkeys(men))
    sizes = [len(names) for names in lists]
    return Pools(
        part,
        np.array(lists[0] + lists[1], np.int64),
        np.array([0, sizes[0]], np.int64),
        np.array(sizes, np.uint64),
    )


def _given(wanted: Callable[[str], bool]) -> Pools:
    women, men = (
        [
            FORENAME[name]
            for community in COMMUNITIES
            for names in (community.female, community.male)[sex]
            for name in names
            if wanted(name)
        ]
        for sex in SEXES
    )
    return _pools("forename", women, men)


def _family(wanted: Callable[[str], bool]) -> Pools:
    """A surname that the other sex bears is none of ours."""
    women, men = (
        [SURNAME[name] for name in SURNAMES if wanted(name) and not _is_of_other_sex(name, sex)]
        for sex in SEXES
    )
    return _pools("surname", women, men)


def _is_of_other_sex(name: str, sex: int) -> bool:
    return any(
        name in (community.male_surnames, community.female_surnames)[sex]
        for community in COMMUNITIES
    )


def _accented(name: str) -> bool:
    return not name.isascii()


FORENAME_POOLS = {
    "welsh": _pools(
        "forename", *([FORENAME[n] for one in of for n in one] for of in (WELSH.female, WELSH.male))
    ),
    "accented_name": _given(_accented),
    "long_name": _pools("forename", *([FORENAME[n] for n in names] for names in LONG_FORENAMES)),
}
SURNAME_POOLS = {
    "welsh": _family(WELSH.surnames.__contains__),
    "accented_name": _family(_accented),
    "hyphenated_name": _family(lambda name: "-" in name),
    "apostrophe_name": _family(lambda name: "'" in name),
    "long_name": _family(lambda name: len(name) >= LONG_SURNAME),
    "one_letter_surname": _family(lambda name: len(name) == 1),
}
"""Edge case → names. The later one counts where two happen."""
