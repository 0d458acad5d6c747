"""Times counted from another column: later or earlier by construction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from sandboxctl.data.kinds.conditions import Other, find, unknown
from sandboxctl.data.kinds.distributions import DAY, DAY_ONE, LengthSpread
from sandboxctl.data.kinds.flaws import flaws
from sandboxctl.data.kinds.kind import Kind, Place, Problem
from sandboxctl.data.kinds.lengths import Length
from sandboxctl.data.kinds.measures import ends
from sandboxctl.data.relations import references

FIRST, LAST = (date(1000, 1, 1) - DAY_ONE).days, (date(9999, 12, 31) - DAY_ONE).days
NOT_TOGETHER = ("between", "mean", "sd", "quantiles", "distribution", "months", "weekdays", "hours")


def _gap(value: object) -> object:
    """The least and the most are a gap."""
    return {"between": value} if isinstance(value, list | tuple) else value


Gap = Annotated[
    LengthSpread,
    BeforeValidator(_gap, json_schema_input_type=tuple[Length, Length] | LengthSpread),
]


class Relative(Kind):
    """A time that may be counted from another one."""

    seconds_each: ClassVar[int] = DAY
    """How long its unit is."""

    after: Other | None = Field(
        default=None,
        description="A date or timestamp that it comes after: a column of the same table, or "
        "reference.column of the row that a reference leads to. It is missing where that is.",
    )
    before: Other | None = Field(default=None, description="The same, that it comes before.")
    gap: Gap | None = Field(
        default=None,
        description="How long after or before: [0d, 30d], or a distribution of durations.",
    )

    @property
    def other(self) -> str | None:
        """The column it is counted from."""
        return self.after or self.before

    @property
    def is_relative(self) -> bool:
        """Whether it is counted from another column."""
        return self.other is not None

    @property
    def is_missing(self) -> bool:
        return super().is_missing or self.is_relative

    @property
    def missing_rate(self) -> float | None:
        return None if self.is_relative else super().missing_rate

    @property
    def unit(self) -> Fraction:
        """Units in a second."""
        return Fraction(1, self.seconds_each)

    def needs(self, place: Place) -> Iterator[tuple[str, str]]:
        if self.other:
            yield from references.columns_of(place, self.other)

    def relative_range(self, place: Place) -> tuple[int | None, int | None]:
        """The first and last unit that may come of the other column and the gap."""
        there = find(place, self.other or "")
        if there is None or self.gap is None:
            return None, None
        kind = there.type
        if kind.name not in ("day", "moment") or kind.low is None or kind.high is None:
            return None, None
        if [*flaws(self.gap, place.path, self.unit, "")]:
            return None, None
        low, high = (self.converted(end, kind.name == "day") for end in (kind.low, kind.high))
        least, most = ends(self.gap.law(self.unit))
        return (low + least, high + most) if self.after else (low - most, high - least)

    def converted(self, time: int, is_day: bool) -> int:
        """A day or a second in its own unit."""
        return time * DAY // self.seconds_each if is_day else time // self.seconds_each

    def wrong_relative(self, place: Place) -> Iterator[Problem]:
        """What cannot work about after, before and gap."""
        if not self.is_relative:
            if self.gap is not None:
                yield (*place.path, "gap"), "needs `after` or `before`, a column to count from"
            return
        key = "after" if self.after else "before"
        if self.after and self.before:
            yield (*place.path, "before"), "goes without `after`: it is counted from one column"
        for name in NOT_TOGETHER:
            if name in self.model_fields_set:
                yield (*place.path, name), f"goes without `{key}`: say it in `gap`"
        if self.gap is None:
            yield (*place.path, "gap"), f"is missing: how long {key} {self.other}"
        else:
            yield from flaws(self.gap, (*place.path, "gap"), self.unit, "whole days")
        yield from self._wrong_other(place, key)

    def _wrong_other(self, place: Place, key: str) -> Iterator[Problem]:
        there = find(place, self.other or "")
        if there is None:
            yield unknown(place, key, self.other or "")
            return
        if there.type.name not in ("day", "moment"):
            why = f"{self.other} is {there.type}; should be a date or a timestamp"
            yield (*place.path, key), why
            return
        low, high = self.relative_range(place)
        days = DAY // self.seconds_each
        if (
            low is not None
            and high is not None
            and not FIRST * days <= low <= high < (LAST + 1) * days
        ):
            yield (*place.path, "gap"), "leads beyond the years 1000 to 9999"
