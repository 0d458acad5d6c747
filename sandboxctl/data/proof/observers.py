"""Each looks at one promise of a column or table, batch by batch."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from sandboxctl.data.expectations import Expectation
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.proof import limits
from sandboxctl.data.proof.reading import units
from sandboxctl.data.proof.result import Check, Result, none
from sandboxctl.data.proof.rows import Rows, kept
from sandboxctl.data.proof.tally import EachTally, tally_any
from sandboxctl.data.types import Type


class Observer(Protocol):
    """Sees every batch of a table, in order, and says what it found.

    ``tests`` is how many of its results luck has a part in; each gets ``alarm`` as its chance of
    being wrong."""

    @property
    def tests(self) -> int: ...
    def see(self, rows: Rows) -> None: ...
    def results(self, alarm: float) -> list[Result]: ...


class Looks:
    """The values of a column, beside what many of them should look like."""

    def __init__(self, place: Place, expected: Expectation) -> None:
        self.place, self.tally = place, tally_any(expected)
        self.tests = len(self.tally.groups) if isinstance(self.tally, EachTally) else 1

    def see(self, rows: Rows) -> None:
        name = self.place.name
        which = rows.present(name) & rows.plain(name)
        match self.tally:
            case EachTally(by=by):
                which &= rows.present(by) & rows.plain(by)
                self.tally.see(kept(rows.column(name), which), kept(rows.column(by), which))
            case plain:
                plain.see(kept(rows.column(name), which))

    def results(self, alarm: float) -> list[Result]:
        where = written_place(self.place)
        match self.tally:
            case EachTally():
                return self.tally.results(where, alarm)
            case plain:
                return [plain.result(where, alarm)]


class Rate:
    """How often something happens that has a declared chance."""

    def __init__(self, check: Check, where: str, rate: float) -> None:
        self.check, self.where, self.rate = check, where, rate
        self.rows = self.hits = 0

    def result(self, alarm: float) -> Result:
        low, high = limits.likely(self.rate, self.rows, alarm) if self.rows else (0, 0)
        mean = self.rate * self.rows
        limit = max(high - mean, mean - low)
        return Result(
            self.check,
            self.where,
            f"{self.rate:.4%} of rows: {low:,} to {high:,}",
            f"{self.hits:,} of {self.rows:,} rows",
            abs(self.hits - mean),
            limit,
            low <= self.hits <= high,
            alarm,
        )


class Missing:
    """Rows without a value, where there is a rate for that."""

    def __init__(self, place: Place, rate: float) -> None:
        self.place, self.tests = place, 1
        self._rate = Rate("missing", written_place(place), rate)

    def see(self, rows: Rows) -> None:
        plain = rows.plain(self.place.name)
        self._rate.rows += int(plain.sum())
        self._rate.hits += int((plain & ~rows.present(self.place.name)).sum())

    def results(self, alarm: float) -> list[Result]:
        return [self._rate.result(alarm)]


class EdgeCase:
    """Rows in which a rare case of life happens."""

    def __init__(self, table: str, case: str, rate: float) -> None:
        self.case, self.tests = case, 1
        self._rate = Rate("edge case", f"{table}: {case}", rate)

    def see(self, rows: Rows) -> None:
        self._rate.rows += int(rows.first.sum())
        self._rate.hits += int((rows.first & rows.scope.edge(self.case)).sum())

    def results(self, alarm: float) -> list[Result]:
        return [self._rate.result(alarm)]


class Present:
    """A column in which nothing may be missing."""

    tests = 0

    def __init__(self, place: Place) -> None:
        self.place, self._missing = place, 0

    def see(self, rows: Rows) -> None:
        name = self.place.name
        self._missing += int((rows.plain(name) & ~rows.present(name)).sum())

    def results(self, alarm: float) -> list[Result]:  # noqa: ARG002 - luck has no part in it
        where = written_place(self.place)
        return [none("missing", where, "none", self._missing, "rows without a value")]


class Bounds:
    """Numbers, days and times that lie between known ends."""

    tests = 0

    def __init__(self, place: Place, kind: Type) -> None:
        self.place, self.type = place, kind
        self.low = -math.inf if kind.low is None else kind.low
        self.high = math.inf if kind.high is None else kind.high
        self._outside = 0
        self._least, self._most = math.inf, -math.inf

    def see(self, rows: Rows) -> None:
        name = self.place.name
        values = units(kept(rows.column(name), rows.present(name) & rows.plain(name)))
        if len(values):
            self._least = min(self._least, int(values.min()))
            self._most = max(self._most, int(values.max()))
        if self._least < self.low or self._most > self.high:
            self._outside += int(np.sum((values < self.low) | (values > self.high)))

    def results(self, alarm: float) -> list[Result]:  # noqa: ARG002 - luck has no part in it
        declared = self._told(self.low, self.high)
        came = self._least <= self._most
        found = f"values outside{f'; {self._told(self._least, self._most)}' if came else ''}"
        return [none("bounds", written_place(self.place), declared, self._outside, found)]

    def _told(self, low: float, high: float) -> str:
        ends = ("anything" if math.isinf(end) else told(self.type, int(end)) for end in (low, high))
        return " to ".join(ends)


def written_place(place: Place) -> str:
    return f"{place.table}.{place.name}"


def told(kind: Type, value: int) -> str:
    """A number in units of `values` as a person writes it."""
    match kind.name:
        case "day":
            return str(np.datetime64(value, "D"))
        case "moment":
            return f"{np.datetime64(value, 's')}Z"
        case "decimal":
            return f"{value / 10**kind.places:,.{kind.places}f}"
        case "span":
            return f"{value:,} s"
        case _:
            return f"{value:,}"
