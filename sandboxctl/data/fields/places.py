"""Addresses in streets of invented towns; and town and postcode, which agree with them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sandboxctl.data.chance.mix import Index, below, draws
from sandboxctl.data.fields.identity import joined
from sandboxctl.data.fields.people_births import case
from sandboxctl.data.fields.places_districts import MAKERS as DISTRICTED
from sandboxctl.data.fields.places_homes import NUMBERS, home
from sandboxctl.data.fields.places_stays import gone, stays
from sandboxctl.data.geography.elsewhere import ALL_STAYS, CARE_OF, UNKNOWN
from sandboxctl.data.geography.gazetteer import INWARD, STREETS, last_lines, names, outward
from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.kinds.places import Address, Postcode, Town
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Cells, Codes, Joined, Values

CARES = ("", *CARE_OF)
FRONTS = (
    *(care + number for care in CARES for number in NUMBERS),
    *(stay.address for stay in ALL_STAYS),
)
"""How an address begins; that of a stay is all of it, and nothing follows."""

_STREETS = (*STREETS, "")
_STREETS_OF_LINES = (*(f"{street}, " for street in STREETS), "")
_ENDS = (*INWARD, "")
_PSEUDO = "ZZ99 "
_INWARD = (*INWARD, *((stay.postcode or UNKNOWN).removeprefix(_PSEUDO) for stay in ALL_STAYS))
"""The postcode of a stay is as long as others; where it has none it is missing anyway."""


@lru_cache(maxsize=64)
def _lasts(towns: int) -> tuple[str, ...]:
    return (*last_lines(towns), "")


@lru_cache(maxsize=64)
def _outers(towns: int) -> tuple[str, ...]:
    return (*outward(towns), _PSEUDO)


def _address(scope: Scope, name: str, column: Address) -> Values:  # noqa: ARG001 - as all makers
    here, stay = home(scope, column.home, column.towns), stays(scope)
    front = Codes(FRONTS, _instead(_with_care(scope, here.number), stay, len(CARES) * len(NUMBERS)))
    if column.form == "street":
        return Joined((front, Codes(_STREETS, _nothing(here.street, stay, _STREETS))))
    last = _lasts(column.towns)
    return Joined(
        (
            front,
            Codes(_STREETS_OF_LINES, _nothing(here.street, stay, _STREETS_OF_LINES)),
            Codes(last, _nothing(here.district, stay, last)),
            Codes(_ENDS, _nothing(here.inward, stay, _ENDS)),
        )
    )


def _with_care(scope: Scope, number: Index) -> Index:
    """Positions in `FRONTS`: some numbers follow the name of somebody else."""
    care = case(scope, "care_of")
    if not len(care):
        return number
    which = below(draws(scope.key("care_of", "of"), scope.people[care]), len(CARE_OF))
    front = number.copy()
    front[care] += (which.view(np.int64) + 1) * len(NUMBERS)
    return front


def _instead(index: Index, stay: Index | None, start: int) -> Index:
    """Where there is no home the stay's own entry, counted from ``start``."""
    return index if stay is None else np.where(stay >= 0, stay + start, index)


def _nothing(index: Index, stay: Index | None, entries: tuple[str, ...]) -> Index:
    """Where there is no home the last entry, which stands for that."""
    return index if stay is None else np.where(stay >= 0, len(entries) - 1, index)


def _town(scope: Scope, name: str, column: Town) -> Cells:  # noqa: ARG001 - as all makers
    here = home(scope, column.home, column.towns)
    return Cells(Codes(names(column.towns), here.town), gone(scope, lambda _: True))


def _postcode(scope: Scope, name: str, column: Postcode) -> Values | Cells:
    if column.unique:
        identifier = IDENTIFIERS["postcode"]
        ranks = scope.ranks(name, identifier.size, unique=True)
        return joined(identifier.unrank(ranks.astype(np.int64)))
    here, stay = home(scope, column.home, column.towns), stays(scope)
    outer = _outers(column.towns)
    made = Joined(
        (
            Codes(outer, _nothing(here.district, stay, outer)),
            Codes(_INWARD, _instead(here.inward, stay, len(INWARD))),
        )
    )
    return Cells(made, gone(scope, lambda one: one.postcode is None))


MAKERS: dict[type, Maker] = {
    Address: _address,
    Town: _town,
    Postcode: _postcode,
    **DISTRICTED,
}
