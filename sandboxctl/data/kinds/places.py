"""Where somebody or something is. All such columns of a table tell of the same home of a row."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sandboxctl.data.forms import Name, Unique
from sandboxctl.data.kinds.kind import Kind, Place

STREET_HOMES = 8
TOWNS = 40
AREA_POSTCODES = 99 * 10 * 20 * 20


class _Placed(Kind):
    home: Name = Field(
        default="home",
        description="Which place of the row; columns with the same one agree with each other.",
    )


class Address(_Placed):
    """One line: number, street, invented town, and a postcode of an area that is not assigned."""

    noun = "addresses"
    kind: Literal["address"]
    unique: Unique = False
    towns: int = Field(default=TOWNS, ge=1, le=TOWNS, description="Spread over so many towns.")

    def capacity(self, place: Place) -> int:  # noqa: ARG002 - the same everywhere
        return self.towns * AREA_POSTCODES * STREET_HOMES


PlacesColumn = Address
