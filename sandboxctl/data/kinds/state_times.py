"""When a case comes into a state, and when it leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from sandboxctl.data.forms import NAME, Name, Truth
from sandboxctl.data.kinds.kind import Kind, Place, Problem
from sandboxctl.data.kinds.states import Outcome, State
from sandboxctl.data.relations import references
from sandboxctl.data.relations.counting import Walked, counting
from sandboxctl.data.relations.machine import Machine
from sandboxctl.data.types import Type

_DAY = 86_400

Since = Annotated[str, StringConstraints(pattern=NAME[:-1] + r"(\.[a-z][a-z0-9_]{0,62})?$")]
"""A column of the table, or ``reference.column``."""


class _Moment(Kind):
    """Counted from the start of the path."""

    of: Name = Field(description="The state column of the same table.")
    since: Since = Field(
        description="When the path begins: a date or timestamp, such as claim.received."
    )
    days: Truth = Field(default=False, description="Only the day.")

    @property
    def is_missing(self) -> bool:
        return True  # where there is no `since`, and `left` in every last row

    def type(self, place: Place) -> Type:
        begin = references.column_at(place, self.since)
        kind = begin.type if begin else Type("moment")
        unit = _DAY if kind.name == "day" else 1
        machine = self._machine(place)
        longest = machine.at_most * max(high for _, high in machine.stays) if machine else None
        low = None if kind.low is None else kind.low * unit
        high = None if kind.high is None or longest is None else kind.high * unit + longest
        if not self.days:
            return Type("moment", 0, low, high)
        ends = (None if end is None else end // _DAY for end in (low, high))
        return Type("day", 0, *ends)

    def _machine(self, place: Place) -> Machine | None:
        """Of the state column; None if there is none."""
        there = place.neighbour(self.of)
        if there and isinstance(there.column, Outcome):
            there = place.at(*there.column.target)
        return there.column.machine if there and isinstance(there.column, State) else None

    def needs(self, place: Place) -> Iterator[tuple[str, str]]:
        return references.columns_of(place, self.since)

    def problems(self, place: Place) -> Iterator[Problem]:
        there, begin = place.neighbour(self.of), references.column_at(place, self.since)
        if there is None or not isinstance(there.column, State | Outcome):
            yield (*place.path, "of"), f"{self.of} should be a state column of the same table"
        if begin is None:
            why = f"{self.since} should be a column of this table, or reference.column"
            yield (*place.path, "since"), why
        elif begin.type.name not in ("day", "moment"):
            why = f"{self.since} should be a date or a timestamp; it is {begin.type}"
            yield (*place.path, "since"), why


class Entered(_Moment):
    """When the state of the row began."""

    kind: Literal["entered"]


class Left(_Moment):
    """When the state of the row ended; missing for the last one of a path."""

    kind: Literal["left"]

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from super().problems(place)
        how = counting(place.data, place.table)
        if not (isinstance(how, Walked) and how.column == self.of):
            why = f"only a table with `rows: {{per: …, history: {self.of}}}` has more than the last"
            yield (*place.path, "of"), why


StateTimesColumn = Entered | Left
