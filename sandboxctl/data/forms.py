"""What the keys of a `data:` section may hold: the forms that several kinds share."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
)

LONGEST_TEXT = 2_000
NAME = r"^[a-z][a-z0-9_]{0,62}$"
PATH = r"^[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}$"


class Frozen(BaseModel):
    """Built when it is first used: a command uses few of all there are. Safe from many threads
    since pydantic 2.14."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        populate_by_name=True,
        defer_build=True,
    )


def _number(value: object) -> object:
    """YAML's true is a whole number to Python, and to nobody else."""
    if isinstance(value, bool):
        raise ValueError("should be a number, not true or false")
    return value


def _utc(value: datetime) -> datetime:
    """Naive times are UTC; whole seconds."""
    if not 1000 <= value.year < 9999:
        raise ValueError("should lie between the years 1000 and 9998")
    aware = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.replace(microsecond=0)


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


Line = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")]
"""Text without NUL, which no database holds."""

Formula = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
"""Of the language in `formulas`, such as ``valid_from <= valid_to``."""

Scalar = bool | int | float | Line
Truth = Annotated[bool, Strict()]
"""true or false; YAML 1.2's `no` and `off` are text, and 0 is a number."""

Unique = Annotated[bool, Strict(), Field(description="No two rows have the same value.")]
Rate = Annotated[float, BeforeValidator(_number), Field(ge=0, le=1)]
Whole = Annotated[int, BeforeValidator(_number), Field(ge=-(2**62), le=2**62)]
HEAVIEST = 10**9
"""A weight: what is drawn by weights has to add them up."""

Amount = Annotated[float, BeforeValidator(_number), Field(ge=-1e9, le=1e9)]
Name = Annotated[str, StringConstraints(pattern=NAME)]
"""Of a table or column: safe in SQL and in an expression without quoting."""

Path = Annotated[str, StringConstraints(pattern=PATH)]
"""``table.column``."""

Day = Annotated[date, Field(ge=date(1000, 1, 1))]
Moment = Annotated[datetime, AfterValidator(_utc)]
Days = tuple[Day, Day]
Moments = Annotated[tuple[Moment, Moment], BeforeValidator(_whole_days)]
