"""In which district somebody lives: real ones, by their public codes."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from sandboxctl.data import geography
from sandboxctl.data.expectations import Shares
from sandboxctl.data.forms import Line
from sandboxctl.data.kinds.kind import Place, Problem
from sandboxctl.data.kinds.placed import AWAY, Placed
from sandboxctl.data.types import Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENOUGH = 32
"""Rows for each value, before the shares of districts can be told from luck."""

Wording = Literal["code", "name"]


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


Areas = Annotated[
    tuple[Line, ...], BeforeValidator(_several, json_schema_input_type=str | list[str])
]


class Districted(Placed):
    """In a real district."""

    shared: ClassVar[str] = "within"
    heeds: ClassVar[tuple[str, ...]] = AWAY[1:]
    within: Areas = Field(
        default=(geography.UK,),
        min_length=1,
        max_length=400,
        description="Names or codes of nations, regions and districts; "
        "`wards` are the districts whose wards are known.",
    )

    @property
    def is_missing(self) -> bool:
        """Who lives abroad lives in no district; the table decides whether there are any."""
        return True

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from super().problems(place)
        for label in geography.unknown(self.within):
            yield (
                (*place.path, "within"),
                f"names {label}, which is no nation, region or district of the UK",
            )

    @property
    def districts(self) -> tuple[geography.District, ...]:
        return geography.select(self.within)


def _expected(place: Place, parts: Iterable[tuple[str, Fraction]]) -> Shares | None:
    """Words, each of so many thousand people; a word may come several times.

    Eight homes at once are in a district, so a few rows say little of many districts.
    """
    people: dict[str, Fraction] = {}
    for word, thousands in parts:
        people[word] = people.get(word, Fraction(0)) + thousands
    if place.rows < ENOUGH * len(people) or not people:
        return None
    total = sum(people.values())
    return Shares({word: float(count / total) for word, count in people.items()})


class Country(Districted):
    """England, Scotland, Wales or Northern Ireland, by population; abroad, the country there."""

    kind: Literal["country"]
    of: Wording = Field(default="name", description="Its name, or the GSS code of the nation.")

    def expected(self, place: Place) -> Shares | None:
        named = self.of == "name"
        return _expected(
            place, ((one.nation[named], Fraction(one.thousands)) for one in self.districts)
        )


class Lad(Districted):
    """A real local authority district (GSS code or name, April 2023), by population."""

    kind: Literal["lad"]
    of: Wording = Field(default="code", description="Its GSS code or its name.")

    def expected(self, place: Place) -> Shares | None:
        return _expected(
            place, ((getattr(one, self.of), Fraction(one.thousands)) for one in self.districts)
        )


class Ward(Districted):
    """A real electoral ward of the district (GSS code or name); equally likely in each district."""

    kind: Literal["ward"]
    of: Wording = Field(default="code", description="Its GSS code or its name.")
    within: Areas = Field(
        default=(geography.WARDS,),
        min_length=1,
        max_length=400,
        description="As for `lad`; only districts whose wards are known.",
    )

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from super().problems(place)
        known = geography.wards()
        lost = [one.name for one in self.districts if one.code not in known]
        if lost:
            yield (
                (*place.path, "within"),
                f"has {len(lost)} districts whose wards are not known, {lost[0]} for one; "
                f"those of {len(known)} are: `within: wards`",
            )

    def expected(self, place: Place) -> Shares | None:
        lists = ((one, geography.wards().get(one.code, ())) for one in self.districts)
        named = self.of == "name"
        return _expected(
            place,
            (
                (ward[named], Fraction(one.thousands, len(wards)))
                for one, wards in lists
                for ward in wards
            ),
        )


class Location(Districted):
    """A point some kilometres around the middle of the district, the same for all of a street.

    It is that of no building: where it falls in a district is drawn, and follows no map.
    Latitude and longitude are WGS84 in degrees, easting and northing metres of the British
    National Grid, in Northern Ireland too. Points near a coast may be in the sea.
    """

    heeds: ClassVar[tuple[str, ...]] = AWAY
    kind: Literal["location"]
    of: Literal["latitude", "longitude", "easting", "northing"] = Field(
        description="Which coordinate; the columns of one home are those of one point."
    )

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return Type("decimal", 5) if self.of in ("latitude", "longitude") else Type("whole")
