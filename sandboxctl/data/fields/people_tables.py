"""Tables that a few bits of a draw pick a name from; made once.

A forename is packed with the community that it is of, so that one step finds both.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sandboxctl.data.chance.mix import Index
from sandboxctl.data.people.ages import OLDEST
from sandboxctl.data.people.community import BIRTHS, COHORTS, Community
from sandboxctl.data.people.names import COMMUNITIES, FORENAMES, SEXES, SURNAMES, doubled
from sandboxctl.data.people.shares import WHOLE, slots, zipf
from sandboxctl.data.people.titles import GROUPS, counts, group

Table = NDArray[np.uint16]
Code = TypeVar("Code", np.uint8, np.uint16)

FORENAME_BITS = 13
SURNAME_BITS = 12
NAME_BITS = 11
"""Of a packed forename: the position of the name; the community stands above."""

MARRIED_OUT = 80
"""Of 1,000 people those whose surname comes from anywhere, whatever their forename."""

DOUBLED, RARE = 40, 2
"""Of 1,000 people those with a double-barrelled surname, and a very long one."""

_FLAT = 12
"""How evenly forenames are spread: of a list of 36, the first has 6 %."""

FORENAME = {name: number for number, name in enumerate(FORENAMES)}
SURNAME = {name: number for number, name in enumerate(SURNAMES)}


def table(entries: Sequence[int], counts: Sequence[int], kind: type[Code]) -> NDArray[Code]:
    """Each entry as many times as it has slots."""
    return np.repeat(np.array(entries, kind), counts)


@lru_cache(maxsize=1)
def forenames() -> Table:
    """For each cohort and sex, `FORENAME_BITS` of slots."""
    return np.concatenate([_forenames(cohort, sex) for cohort in range(BIRTHS) for sex in SEXES])


def _forenames(cohort: int, sex: int) -> Table:
    packed, weights = list[int](), list[int]()
    for number, community in enumerate(COMMUNITIES):
        names = community.forenames(cohort, sex)
        falling = zipf(len(names), _FLAT)
        packed += [number << NAME_BITS | FORENAME[name] for name in names]
        weights += [community.shares[cohort] * weight for weight in falling]
    return table(packed, slots(weights, FORENAME_BITS), np.uint16)


@lru_cache(maxsize=1)
def surnames() -> Table:
    """For each community and sex, `SURNAME_BITS` of slots."""
    return np.concatenate([_surnames(own, sex) for own in COMMUNITIES for sex in SEXES])


def _surnames(own: Community, sex: int) -> Table:
    weights: dict[str, int] = {}
    total = sum(sum(community.shares) for community in COMMUNITIES)
    for community in COMMUNITIES:
        share = MARRIED_OUT * sum(community.shares)
        share += (1000 - MARRIED_OUT) * total if community is own else 0
        for name, weight in _family_names(community, sex).items():
            weights[name] = weights.get(name, 0) + share * weight
    mine = _family_names(own, sex)
    half_a_slot = sum(weights.values()) >> (SURNAME_BITS + 1)
    kept = {name: one for name, one in weights.items() if name in mine or one > half_a_slot}
    numbers = [SURNAME[name] for name in kept]
    return table(numbers, slots(list(kept.values()), SURNAME_BITS), np.uint16)


@lru_cache(maxsize=64)
def _family_names(community: Community, sex: int) -> dict[str, int]:
    """Surname → parts of the community."""
    names, pairs, rare = community.family_names(sex), doubled(community), community.rare_surnames
    weights = dict.fromkeys(names, 0)
    for name, weight in zip(names, zipf(len(names), community.flat), strict=True):
        weights[name] += weight
    for few, per_mille in ((pairs, DOUBLED), (rare, RARE)):
        weights |= dict.fromkeys(few, WHOLE * per_mille // 1000 // max(len(few), 1))
    return weights


@lru_cache(maxsize=64)
def cohorts(year: int) -> Index:
    """For each cell (see `people_births`), where the forenames of its cohort and sex begin."""
    births = [sum(year - age >= bound for bound in COHORTS) for age in range(OLDEST + 1)]
    return np.array([(2 * cohort + sex) << FORENAME_BITS for cohort in births for sex in SEXES])


@lru_cache(maxsize=1)
def titles() -> NDArray[np.uint8]:
    """For each group of sex and age, slots of positions in `titles.TITLES`."""
    each = [counts(number) for number in range(GROUPS)]
    return np.concatenate([table(range(len(one)), one, np.uint8) for one in each])


@lru_cache(maxsize=1)
def title_groups() -> Index:
    """For each cell, its group of sex and age."""
    return np.array([group(sex, age) for age in range(OLDEST + 1) for sex in SEXES])
