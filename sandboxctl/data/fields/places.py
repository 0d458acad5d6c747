"""Addresses in streets of invented towns; and town and postcode, which agree with them."""

from __future__ import annotations

import numpy as np

from sandboxctl.data.elsewhere import ALL_STAYS, CARE_OF
from sandboxctl.data.fields.identity import joined
from sandboxctl.data.fields.people_births import case
from sandboxctl.data.fields.places_districts import MAKERS as DISTRICTED
from sandboxctl.data.fields.places_homes import NUMBERS, home
from sandboxctl.data.fields.places_stays import gone, stays
from sandboxctl.data.gazetteer import INWARD, STREETS, last_lines, names, outward
from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.kinds.places import Address, Postcode, Town
from sandboxctl.data.mix import Index, below, draws
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Cells, Codes, Joined, Optional, Patched, Values


def _address(scope: Scope, name: str, column: Address) -> Values:  # noqa: ARG001 - as all makers
    here = home(scope, column.home, column.towns)
    parts: tuple[Values | str, ...] = Codes(NUMBERS, here.number), Codes(STREETS, here.street)
    if column.form == "line":
        last = Codes(last_lines(column.towns), here.district)
        parts = (*parts, ", ", last, Codes(INWARD, here.inward))
    care = case(scope, "care_of")
    if len(care):
        parts = (_care_of(scope, care), *parts)
    return _patched(scope, Joined(parts), [one.address for one in ALL_STAYS])


def _care_of(scope: Scope, care: Index) -> Values:
    present = np.zeros(scope.count, np.bool_)
    present[care] = True
    which = below(draws(scope.key("care_of", "of"), scope.people), len(CARE_OF)).view(np.int64)
    return Optional(Codes(CARE_OF, which), present)


def _patched(scope: Scope, values: Values, texts: list[str]) -> Values:
    """Another text, one for each stay, where there is no home."""
    stay = stays(scope)
    if stay is None:
        return values
    rows = np.flatnonzero(stay >= 0)
    return Patched(values, rows, tuple(np.array(texts, np.object_)[stay[rows]]))


def _town(scope: Scope, name: str, column: Town) -> Cells:  # noqa: ARG001 - as all makers
    here = home(scope, column.home, column.towns)
    return Cells(Codes(names(column.towns), here.town), gone(scope, lambda _: True))


def _postcode(scope: Scope, name: str, column: Postcode) -> Values | Cells:
    if column.unique:
        identifier = IDENTIFIERS["postcode"]
        ranks = scope.ranks(name, identifier.size, unique=True)
        return joined(identifier.unrank(ranks.astype(np.int64)))
    here = home(scope, column.home, column.towns)
    made = Joined((Codes(outward(column.towns), here.district), Codes(INWARD, here.inward)))
    patched = _patched(scope, made, [one.postcode or "" for one in ALL_STAYS])
    return Cells(patched, gone(scope, lambda one: one.postcode is None))


MAKERS: dict[type, Maker] = {
    Address: _address,
    Town: _town,
    Postcode: _postcode,
    **DISTRICTED,
}
