"""Addresses: streets of eight homes, spread over invented towns.

The rows of a street do not stand together: within each 256 rows, 32 streets are shuffled.
"""

from __future__ import annotations

import numpy as np

from sandboxctl.data.fields.identity import joined
from sandboxctl.data.identifiers.areas import STREET_NAMES, STREET_TYPES, TOWNS
from sandboxctl.data.identifiers.registry import postcode
from sandboxctl.data.kinds.places import AREA_POSTCODES, STREET_HOMES, Address
from sandboxctl.data.mix import U64, Index, below, draws, permute, stream
from sandboxctl.data.scope import Maker, Scope
from sandboxctl.data.values import Codes, Joined, Numbers, Optional, Values

_BLOCK = 256
_STREETS = _BLOCK // STREET_HOMES
_GAP = 3


def _address(scope: Scope, name: str, column: Address) -> Values:  # noqa: ARG001 - as all makers
    """One line for each row, all different up to 3,168,000 for each town.

    A street has one postcode and eight homes, numbered in order; some are one house of flats.
    """
    key, rows, towns = scope.key("home", column.home), scope.people, column.towns
    block, place = np.divmod(rows, np.uint64(_BLOCK))
    place = permute(stream(key, "place"), place, _BLOCK)
    street, home = np.divmod(place, np.uint64(STREET_HOMES))
    count = towns * AREA_POSTCODES
    unit = permute(stream(key, "unit"), (block * np.uint64(_STREETS) + street) % count, count)
    town = (unit // np.uint64(AREA_POSTCODES)).astype(np.int64)
    return Joined(
        (
            *_number(stream(key, "number"), unit, home.astype(np.int64), rows),
            " ",
            _pick(stream(key, "name"), unit, STREET_NAMES),
            " ",
            _pick(stream(key, "type"), unit, STREET_TYPES),
            ", ",
            Codes(tuple(TOWNS)[:towns], town),
            ", ",
            joined(postcode(tuple(TOWNS.values())[:towns], unit.astype(np.int64))),
        )
    )


def _number(key: int, unit: U64, home: Index, rows: U64) -> tuple[Values, Values]:
    """In a street of houses the number differs from home to home, in one of flats the flat does."""
    bits = draws(key, unit)
    flats = (bits & np.uint64(7)) == 0
    first = below(bits, 60).astype(np.int64) + 1
    step = home * _GAP + below(draws(stream(key, "gap"), rows), _GAP).astype(np.int64)
    flat = Optional(Joined(("Flat ", Numbers(home + 1), ", ")), flats)
    return flat, Numbers(np.where(flats, first, first + step))


def _pick(key: int, unit: U64, entries: tuple[str, ...]) -> Codes:
    return Codes(entries, below(draws(key, unit), len(entries)).astype(np.int64))


MAKERS: dict[type, Maker] = {Address: _address}
