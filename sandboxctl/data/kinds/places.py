"""Where somebody or something is. All such columns of a table tell of the same home of a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from sandboxctl.data import geography
from sandboxctl.data.expectations import Shares
from sandboxctl.data.forms import Line, Name, Unique
from sandboxctl.data.gazetteer import DISTRICTS, INWARD, TOWNS
from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.kinds.kind import Kind, Place, Problem
from sandboxctl.data.types import Type

STREET_HOMES = 8
AREA_POSTCODES = DISTRICTS * len(INWARD)
AWAY = ("no_fixed_abode", "overseas_address", "bfpo", "unknown_address")

Wording = Literal["code", "name"]


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


Areas = Annotated[
    tuple[Line, ...], BeforeValidator(_several, json_schema_input_type=str | list[str])
]


class _Placed(Kind):
    shared: ClassVar[str]
    """The option that all columns of one home must have alike."""

    home: Name = Field(
        default="home",
        description="Which place of the row; columns with the same one agree with each other.",
    )

    def problems(self, place: Place) -> Iterator[Problem]:
        """Columns of the same home that could not agree with this one; each pair once."""
        mine = getattr(self, self.shared)
        for name, other in place.content.columns.items():
            if name == place.name:
                return
            if not isinstance(other, _Placed) or other.home != self.home:
                continue
            theirs = getattr(other, self.shared, mine)
            if mine != theirs:
                yield (
                    (*place.path, self.shared),
                    f"is {_said(mine)}, while {name}, of the same home, has {_said(theirs)}: "
                    "they would not agree; say the same in both, or give one another `home`",
                )


def _said(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


class _Invented(_Placed):
    """In an invented town."""

    shared = "towns"
    heeds = AWAY
    unique: Unique = False
    towns: int = Field(
        default=len(TOWNS), ge=1, le=len(TOWNS), description="Spread over so many towns."
    )

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from super().problems(place)
        for case in AWAY:
            if self.unique and place.content.edge_cases.get(case, 0):
                yield (
                    (*place.path, "unique"),
                    f"cannot hold: the edge case {case} gives several rows the same value",
                )


class Address(_Invented):
    """Number and street in an invented town, with a postcode of an area that is not assigned."""

    noun = "addresses"
    where = "in these towns"
    heeds = (*AWAY, "care_of")
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

    noun = "towns"
    where = "in the gazetteer"
    kind: Literal["town"]

    def capacity(self, place: Place) -> int:  # noqa: ARG002 - the same everywhere
        return self.towns

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from super().problems(place)
        if self.unique:
            yield (
                (*place.path, "unique"),
                "cannot hold: homes are spread over the towns as they come",
            )


class Postcode(_Invented):
    """Of an area that Royal Mail has not assigned: that of the invented town.

    Unique ones come from all such areas, so they agree with no town.
    """

    noun = "postcodes"
    where = "in areas that are not assigned"
    kind: Literal["postcode"]

    def capacity(self, place: Place) -> int:  # noqa: ARG002 - the same everywhere
        return IDENTIFIERS["postcode"].size

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from super().problems(place)
        for name, other in place.content.columns.items():
            alone = name == place.name or not isinstance(other, _Invented)
            if self.unique and not alone and getattr(other, "home", None) == self.home:
                yield (
                    (*place.path, "unique"),
                    "takes postcodes from everywhere, so they cannot agree with "
                    f"{name}, of the same home; give it another `home`",
                )


class _Real(_Placed):
    """In a real district."""

    shared = "within"
    heeds = ("overseas_address", "bfpo", "unknown_address")
    within: Areas = Field(
        default=(geography.UK,),
        min_length=1,
        max_length=400,
        description="Names or codes of nations, regions and districts; "
        "`wards` are the districts whose wards are known.",
    )

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

    def _shares(self, words: list[str]) -> Shares:
        """The share of each word, one for each district, by population."""
        people: Counter[str] = Counter()
        for word, district in zip(words, self.districts, strict=True):
            people[word] += district.thousands
        return Shares({word: count / people.total() for word, count in people.items()})


class Country(_Real):
    """England, Scotland, Wales or Northern Ireland, by population; abroad, the country there."""

    kind: Literal["country"]
    of: Wording = Field(default="name", description="Its name, or the GSS code of the nation.")

    def expected(self, place: Place) -> Shares:  # noqa: ARG002 - the same everywhere
        return self._shares([one.nation[self.of == "name"] for one in self.districts])


class Lad(_Real):
    """A real local authority district (GSS code or name, April 2023), by population."""

    kind: Literal["lad"]
    of: Wording = Field(default="code", description="Its GSS code or its name.")

    def expected(self, place: Place) -> Shares:  # noqa: ARG002 - the same everywhere
        return self._shares([getattr(one, self.of) for one in self.districts])


class Ward(_Real):
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

    def expected(self, place: Place) -> Shares:  # noqa: ARG002 - the same everywhere
        by = self._shares([one.code for one in self.districts]).shares
        shares: Counter[str] = Counter()
        for district, share in by.items():
            names = geography.wards().get(district, ())
            for ward in names:
                shares[ward[self.of == "name"]] += share / len(names)  # type: ignore[assignment]
        return Shares(shares)


class Location(_Real):
    """A point some kilometres around the middle of the district, and no building in particular.

    Latitude and longitude are WGS84 in degrees, easting and northing metres of the British
    National Grid, in Northern Ireland too. Points near a coast may be in the sea.
    """

    heeds = (*AWAY,)
    kind: Literal["location"]
    of: Literal["latitude", "longitude", "easting", "northing"] = Field(
        description="Which coordinate; the columns of one home are those of one point."
    )

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return Type("decimal", 5) if self.of in ("latitude", "longitude") else Type("whole")

    @property
    def is_missing(self) -> bool:
        """An edge case may leave it without a point."""
        return True


PlacesColumn = Address | Town | Postcode | Country | Lad | Ward | Location
