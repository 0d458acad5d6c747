"""Where somebody or something is. All such columns of a table tell of the same home of a row.

Address, town and postcode agree with each other, and so do country, district, ward and location.
All homes with one postcode are in one real district; an invented town belongs to none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from sandboxctl.data.forms import Unique
from sandboxctl.data.geography.gazetteer import DISTRICTS, INWARD, TOWNS
from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.kinds.districts import Country, Lad, Location, Ward
from sandboxctl.data.kinds.kind import Place, Problem
from sandboxctl.data.kinds.placed import AWAY, Placed

STREET_HOMES = 8
AREA_POSTCODES = len(DISTRICTS) * len(INWARD)


class _Invented(Placed):
    """In an invented town."""

    shared: ClassVar[str] = "towns"
    heeds: ClassVar[tuple[str, ...]] = AWAY
    towns: int = Field(
        default=len(TOWNS), ge=1, le=len(TOWNS), description="Spread over so many towns."
    )


class _Single(_Invented):
    """Of a kind that can be unique."""

    unique: Unique = False

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from super().problems(place)
        for case in AWAY:
            if self.unique and place.content.edge_cases.get(case, 0):
                yield (
                    (*place.path, "unique"),
                    f"cannot hold: the edge case {case} gives several rows the same value",
                )


class Address(_Single):
    """Number and street in an invented town, with a postcode of an area that is not assigned."""

    noun = "addresses"
    where = "in these towns"
    heeds: ClassVar[tuple[str, ...]] = (*AWAY, "care_of")
    kind: Literal["address"]
    form: Literal["line", "street"] = Field(
        default="line",
        description="One line with town and postcode, or number and street alone.",
    )

    def capacity(self, place: Place) -> int:  # noqa: ARG002 - the same everywhere
        return self.towns * AREA_POSTCODES * STREET_HOMES

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from super().problems(place)
        if self.unique and self.form == "street":
            yield (
                (*place.path, "unique"),
                "needs `form: line`: number and street alone come again in other towns",
            )


class Town(_Invented):
    """An invented town; it agrees with address and postcode of the same home."""

    kind: Literal["town"]

    @property
    def is_missing(self) -> bool:
        """Who has no home has no town; the table decides whether there are any."""
        return True


class Postcode(_Single):
    """Of an area that Royal Mail has not assigned: that of the invented town.

    Unique ones come from all such areas, so they agree with no town.
    """

    noun = "postcodes"
    where = "in areas that are not assigned"
    kind: Literal["postcode"]

    def capacity(self, place: Place) -> int:  # noqa: ARG002 - the same everywhere
        return IDENTIFIERS["postcode"].size

    @property
    def is_missing(self) -> bool:
        """Abroad there is none; a unique one goes with no such case."""
        return not self.unique or bool(self.missing)

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from super().problems(place)
        if not self.unique:
            return
        for name, other in place.content.columns.items():
            if name == place.name or not isinstance(other, _Invented):
                continue
            if other.home == self.home:
                yield (
                    (*place.path, "unique"),
                    "takes postcodes from everywhere, so they cannot agree with "
                    f"{name}, of the same home; give it another `home`",
                )


PlacesColumn = Address | Town | Postcode | Country | Lad | Ward | Location
