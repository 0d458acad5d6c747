"""What a column of synthetic data may hold, one model per kind.

Every value is a function of seed, table, column and row (`sandboxctl.data`). Identifiers come
from ranges that nobody can be given; how many such values exist is known here, so that what
cannot be unique is refused before a row is made (`columns.problems`). Sources: ``docs/data.md``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

LONGEST_TEXT = 2_000
STREET_HOMES = 8
TOWNS = 40
AREA_POSTCODES = 99 * 10 * 20 * 20
POSTCODE_AREAS = 410

Line = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")]
"""Text without NUL, which no database holds."""

Scalar = bool | int | float | Line
Unique = Annotated[bool, Field(description="No two rows have the same value.")]
Rate = Annotated[float, Field(ge=0, le=1)]
Whole = Annotated[int, Field(ge=-(2**62), le=2**62)]
Amount = Annotated[float, Field(ge=-1e9, le=1e9)]
ColumnName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
ColumnPath = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}$")
]


def _weights(value: object) -> object:
    """A plain list means equal weights."""
    if not isinstance(value, list | tuple):
        return value
    if any(isinstance(item, list | dict) for item in value):
        raise ValueError("should be a list of plain values, or a mapping from value to weight")
    return dict.fromkeys(value, 1.0)


def _lines(value: object) -> object:
    """A plain list is one group without a name; a group may be a single text."""
    if isinstance(value, list | tuple):
        return {"": value}
    if isinstance(value, dict):
        return {str(k): [v] if isinstance(v, str) else v for k, v in value.items()}
    return value


def _whole_days(value: object) -> object:
    """A bare date as the upper end means the end of that day."""
    match value:
        case [first, datetime() as last]:
            return [first, last]
        case [first, date() as last]:
            return [first, datetime.combine(last, time(23, 59, 59))]
        case [first, str() as last] if len(last) == len("2026-01-01"):
            return [first, f"{last}T23:59:59"]
        case _:
            return value


def _utc(value: datetime) -> datetime:
    """Naive times are UTC; whole seconds."""
    if not 1000 <= value.year < 9999:
        raise ValueError("should lie between the years 1000 and 9998")
    aware = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.replace(microsecond=0)


Day = Annotated[date, Field(ge=date(1000, 1, 1))]
Moment = Annotated[datetime, AfterValidator(_utc)]


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    missing: Rate = Field(default=0, description="Share of rows without a value.")


class Sequence(BaseModel):
    """1, 2, 3 … : the row's number; always unique."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["sequence"]
    start: Whole = Field(default=1, description="The number of the first row.")


class Uprn(_Kind):
    """A property reference in the block 999,900,000,000 to 999,999,999,999."""

    kind: Literal["uprn"]
    unique: Unique = False


class Address(_Kind):
    """One line: number, street, invented town, and a postcode of an area that is not assigned."""

    kind: Literal["address"]
    unique: Unique = False
    towns: int = Field(default=TOWNS, ge=1, le=TOWNS, description="Spread over so many towns.")


class Postcode(_Kind):
    """A postcode of an area that Royal Mail has not assigned."""

    kind: Literal["postcode"]
    unique: Unique = False


class PersonName(_Kind):
    """Given name and surname, in the mix of origins found in the UK."""

    kind: Literal["person_name"]


class Email(_Kind):
    """An address in a reserved domain (RFC 2606); always unique, it ends in the row's number."""

    kind: Literal["email"]
    of: ColumnName | None = Field(default=None, description="A person_name column it agrees with.")


class Phone(_Kind):
    """A number that Ofcom keeps for drama: never given to anybody."""

    kind: Literal["phone"]
    type: Literal["mobile", "landline"] = Field(default="mobile", description="Which range.")
    unique: Unique = False


class Nino(_Kind):
    """A National Insurance number with the prefix QQ, which is never issued."""

    kind: Literal["nino"]
    unique: Unique = False


class NhsNumber(_Kind):
    """An NHS number in the range 999 000 0000 to 999 999 9999, with a correct check digit."""

    kind: Literal["nhs_number"]
    unique: Unique = False


class Choice(_Kind):
    """One of a list, or of a mapping from value to weight."""

    kind: Literal["choice"]
    of: Annotated[
        dict[Scalar, float],
        BeforeValidator(_weights, json_schema_input_type=list[Scalar] | dict[Scalar, float]),
    ] = Field(
        min_length=1, max_length=10_000, description="Equally likely values, or value: weight."
    )


class Integer(_Kind):
    """A whole number, both ends included."""

    kind: Literal["integer"]
    between: tuple[Whole, Whole] = Field(description="The least and the most.")
    unique: Unique = False


class Decimal(_Kind):
    """A number with a fixed number of decimal places, both ends included."""

    kind: Literal["decimal"]
    between: tuple[Amount, Amount] = Field(description="The least and the most.")
    places: int = Field(default=2, ge=0, le=6, description="Digits after the point.")


class Boolean(_Kind):
    """True with the given chance."""

    kind: Literal["boolean"]
    chance: Rate = Field(default=0.5, description="Share of rows that are true.")


class Date(_Kind):
    """A day, both ends included."""

    kind: Literal["date"]
    between: tuple[Day, Day] = Field(description="The first day and the last.")


class Timestamp(_Kind):
    """A second in UTC, both ends included; a bare date as upper end means all of that day."""

    kind: Literal["timestamp"]
    between: Annotated[tuple[Moment, Moment], BeforeValidator(_whole_days)] = Field(
        description="The first moment and the last."
    )


class Text(_Kind):
    """A sentence of a list; or of the list that belongs to the value of the `by` column."""

    kind: Literal["text"]
    of: Annotated[
        dict[str, tuple[Line, ...]],
        BeforeValidator(_lines, json_schema_input_type=list[Line] | dict[str, list[Line] | Line]),
    ] = Field(
        min_length=1, max_length=10_000, description="Sentences, or value of `by`: sentences."
    )
    by: ColumnName | None = Field(default=None, description="A choice column of the same table.")


class Reference(_Kind):
    """The key of a row of another table."""

    kind: Literal["reference"]
    to: ColumnPath = Field(description="table.column")
    distribution: Literal["uniform", "zipf"] = Field(
        default="uniform", description="zipf: a few rows are referred to very often."
    )
    unique: bool = Field(default=False, description="Each row of the other table at most once.")

    @property
    def target(self) -> tuple[str, str]:
        """Table and column it points at."""
        table, _, column = self.to.partition(".")
        return table, column


class Uuid(_Kind):
    """A random-looking UUID (version 4); always unique."""

    kind: Literal["uuid"]


Column = Annotated[
    Sequence | Uprn | Address | Postcode | PersonName | Email | Phone | Nino | NhsNumber
    | Choice | Integer | Decimal | Boolean | Date | Timestamp | Text | Reference | Uuid,
    Field(discriminator="kind"),
]  # fmt: skip
