"""What is known of a person. All such columns of a table tell of the same person of a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from sandboxctl.data.expectations import Curve, Shares
from sandboxctl.data.forms import Day, Line, Name, Whole
from sandboxctl.data.kinds.kind import Kind, Place, Problem
from sandboxctl.data.people.ages import OLDEST, cells
from sandboxctl.data.people.births import DAY_ONE, Births, turned
from sandboxctl.data.types import Type

if TYPE_CHECKING:
    from sandboxctl.data.model import Table

SELF = "self"
NEW_YEAR = date(2026, 1, 1)

OF_PERSONS = ("under_18", "over_100", "near_duplicate")
OF_AGES = (*OF_PERSONS, "born_29_february")
OF_NAMES = (*OF_AGES, "single_name", "accented_name", "long_name", "welsh")
OF_SURNAMES = ("apostrophe_name", "hyphenated_name", "one_letter_surname")


def _text(value: object) -> object:
    """Codes are often numbers in YAML, and text in a column."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if whole else value


On = Annotated[Day, Field(ge=date(1200, 1, 1))]
Ages = tuple[
    Annotated[Whole, Field(ge=0, le=OLDEST)],
    Annotated[Whole, Field(ge=0, le=OLDEST)],
]
Code = Annotated[Line, BeforeValidator(_text, json_schema_input_type=str | int)]


class _Personal(Kind):
    person: Name = Field(
        default=SELF,
        description="Which person of the row; columns with the same one agree with each other.",
    )


class Forename(_Personal):
    """A given name that fits sex, year of birth and where the family comes from."""

    heeds: ClassVar[tuple[str, ...]] = OF_NAMES
    kind: Literal["forename"]

    @property
    def is_missing(self) -> bool:
        """Who has a single name has no forename; the table decides whether there are any."""
        return True


class Surname(_Personal):
    """A family name that mostly fits where the family comes from; one in 25 is double-barrelled."""

    heeds: ClassVar[tuple[str, ...]] = (*OF_NAMES, *OF_SURNAMES)
    kind: Literal["surname"]


class FullName(_Personal):
    """Forename and surname, in the mix of ages and origins found in the UK; no title."""

    heeds: ClassVar[tuple[str, ...]] = (*OF_NAMES, *OF_SURNAMES)
    kind: Literal["full_name"]


class Title(_Personal):
    """Mr, Mrs, Miss, Ms, Mx, Dr, Master, Prof or Rev, by sex and age."""

    heeds: ClassVar[tuple[str, ...]] = (*OF_AGES, "no_title", "prefer_not_to_say")
    kind: Literal["title"]

    @property
    def is_missing(self) -> bool:
        """Edge cases of the table leave it out."""
        return True


class Sex(_Personal):
    """The words female and male, or other codes for them."""

    heeds: ClassVar[tuple[str, ...]] = (*OF_PERSONS, "prefer_not_to_say")
    kind: Literal["sex"]
    codes: dict[Literal["female", "male", "prefer_not_to_say"], Code] = Field(
        default_factory=dict,
        description="What to write instead of female, male and prefer not to say, such as F, M, X.",
    )

    @property
    def entries(self) -> tuple[str, str, str]:
        """How women, men, and those who prefer not to say are written."""
        return (
            self.codes.get("female", "female"),
            self.codes.get("male", "male"),
            self.codes.get("prefer_not_to_say", "prefer not to say"),
        )

    def problems(self, place: Place) -> Iterator[Problem]:
        if self.entries[0] == self.entries[1]:
            yield (*place.path, "codes"), f"writes female and male alike: {self.entries[0]}"

    def expected(self, place: Place) -> Shares:
        people = cells(births(place.content, self.person).ages)
        women = sum(people[::2]) / sum(people)
        return Shares({self.entries[0]: women, self.entries[1]: 1 - women})


class DateOfBirth(_Personal):
    """A day of birth after the age structure of the UK (roughly ONS mid-2022)."""

    noun = "dates of birth"
    heeds: ClassVar[tuple[str, ...]] = OF_AGES
    kind: Literal["date_of_birth"]
    on: On = Field(default=NEW_YEAR, description="The day on which people have these ages.")
    ages: Ages = Field(default=(0, OLDEST), description="The youngest and the oldest age.")

    def type(self, place: Place) -> Type:
        low, high = births(place.content, self.person).widened(place.content.edge_cases).days
        return Type("day", 0, low, high)

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from _upside_down(self.ages, place)
        if Births(self.on, *sorted(self.ages)) != births(place.content, self.person):
            other = leader(place.content, self.person)
            yield place.path, f"should have the same `on` and `ages` as {other}: it is one person"
        yield from _no_leap_day(place, births(place.content, self.person))

    def expected(self, place: Place) -> Curve:
        who = births(place.content, self.person)
        points, shares, total = [who.days[0] - 1], [0.0], 0
        for age in reversed(who.ages):
            total += sum(cells(who.ages)[2 * age : 2 * age + 2])
            points.append(turned(who.on, age))
            shares.append(total / sum(cells(who.ages)))
        return Curve(tuple(points), tuple(shares))


class Age(_Personal):
    """Whole years on a day; agrees with the date of birth of the same person."""

    heeds: ClassVar[tuple[str, ...]] = OF_AGES
    kind: Literal["age"]
    on: On = Field(default=NEW_YEAR, description="The day on which people are so old.")
    ages: Ages | None = Field(
        default=None,
        description="The youngest and the oldest; a `date_of_birth` of the same person says it.",
    )

    def type(self, place: Place) -> Type:
        first, last = births(place.content, self.person).widened(place.content.edge_cases).days
        return Type("whole", 0, _years(last, self.on), _years(first, self.on))

    def problems(self, place: Place) -> Iterator[Problem]:
        if self.ages is not None:
            yield from _upside_down(self.ages, place)
        who, other = births(place.content, self.person), leader(place.content, self.person)
        if self.ages not in (None, (who.low, who.high)):
            yield (*place.path, "ages"), f"should be those of {other}: it is one person"
        latest = who.widened(place.content.edge_cases).days[1]
        if turned(self.on, 0) < latest:
            yield (*place.path, "on"), f"is {self.on}: people of {other} are born after that"
        yield from _no_leap_day(place, who)

    def expected(self, place: Place) -> Shares | None:
        who = births(place.content, self.person)
        if who.on != self.on:
            return None
        people = cells(who.ages)
        counted = {str(age): sum(people[2 * age : 2 * age + 2]) for age in who.ages}
        return Shares({age: count / sum(people) for age, count in counted.items() if count})


class Email(_Personal):
    """An address in a reserved domain (RFC 2606); always unique, it ends in the row's number."""

    noun = "e-mail addresses"
    always_unique = True
    heeds: ClassVar[tuple[str, ...]] = (*OF_NAMES, *OF_SURNAMES, "third_party_contact")
    kind: Literal["email"]


def leader(content: Table, person: str) -> str:
    """The column that says how old a person of the rows may be; the empty name if none does."""
    for kind in (DateOfBirth, Age):
        for name, column in content.columns.items():
            if isinstance(column, kind) and column.person == person:
                return name
    return ""


def births(content: Table, person: str) -> Births:
    """How old a person of the rows may be, and when."""
    match content.columns.get(leader(content, person)):
        case DateOfBirth(on=on, ages=(low, high)) | Age(on=on, ages=(low, high)):
            return Births(on, *sorted((low, high)))
        case Age(on=on):
            return Births(on)
        case _:
            return Births(NEW_YEAR)


def _years(day: int, on: date) -> int:
    """Whole years on a day of who was born on another."""
    born = DAY_ONE + timedelta(day)
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _upside_down(ages: tuple[int, int], place: Place) -> Iterator[Problem]:
    if ages[0] > ages[1]:
        yield (*place.path, "ages"), f"is upside down: {ages[0]} is more than {ages[1]}"


def _no_leap_day(place: Place, who: Births) -> Iterator[Problem]:
    if place.content.edge_cases.get("born_29_february") and not who.leap_days():
        yield (
            (*place.path, "ages"),
            f"leaves nobody born on a 29 February: from {who.low} to {who.high} on {who.on}",
        )


PeopleColumn = Forename | Surname | FullName | Title | Sex | DateOfBirth | Age | Email
