"""What happens to a case: the states it goes through, and when."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from sandboxctl.data import references
from sandboxctl.data.counting import Walked, counting
from sandboxctl.data.forms import NAME, Amount, Name, Path
from sandboxctl.data.kinds.kind import Kind, Place, Problem
from sandboxctl.data.kinds.lengths import Length
from sandboxctl.data.machine import Machine
from sandboxctl.data.rows import Per
from sandboxctl.data.types import Type

_DAY = 86_400


def _shares(value: Any) -> Any:
    """One state, or a list of equally likely ones."""
    return (
        dict.fromkeys([value] if isinstance(value, str) else value, 1.0) if _plain(value) else value
    )


def _plain(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    )


def _stay(value: Any) -> Any:
    """A single duration is always the same."""
    return value if isinstance(value, list | tuple) else [value, value]


def _upright(stay: tuple[int, int]) -> tuple[int, int]:
    if stay[0] > stay[1]:
        raise ValueError("is upside down: the first duration is longer than the second")
    return stay


StateName = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Shares = Annotated[
    dict[StateName, Annotated[Amount, Field(ge=0)]],
    BeforeValidator(
        _shares,
        json_schema_input_type=StateName | list[StateName] | dict[StateName, float],
    ),
]
Stay = Annotated[
    tuple[Length, Length],
    AfterValidator(_upright),
    BeforeValidator(_stay, json_schema_input_type=str | tuple[str, str]),
]
Since = Annotated[str, StringConstraints(pattern=NAME[:-1] + r"(\.[a-z][a-z0-9_]{0,62})?$")]
"""A column of the table, or ``reference.column``."""


class State(Kind):
    """The state that a case is in at last; or each that it goes through, a row for each.

    A table with `rows: {per: …, history: <this column>}` has a row for each state on the path.
    """

    kind: Literal["state"]
    start: Shares = Field(
        min_length=1, max_length=200, description="The first state, or state: weight."
    )
    next: dict[StateName, Shares] = Field(
        max_length=200,
        description="For each state what may follow: state: weight. Nothing follows the others.",
    )
    stays: dict[StateName, Stay] = Field(
        default_factory=dict,
        max_length=200,
        description="How long a state lasts: from and to, such as [1d, 10d]; others no time.",
    )
    at_most: int = Field(default=20, ge=1, le=200, description="A path ends after so many states.")

    @cached_property
    def states(self) -> tuple[str, ...]:
        """All that are named, in the order of the blueprint."""
        named = [*self.start, *self.next]
        return tuple(dict.fromkeys([*named, *(to for moves in self.next.values() for to in moves)]))

    @cached_property
    def machine(self) -> Machine | None:
        """None if its weights make no sense."""
        weights = [self.start, *filter(None, self.next.values())]
        if not all(any(shares.values()) for shares in weights):
            return None
        position = {state: number for number, state in enumerate(self.states)}
        return Machine(
            self.states,
            tuple(self.start.get(state, 0.0) for state in self.states),
            tuple(
                tuple((position[to], weight) for to, weight in self.next.get(state, {}).items())
                for state in self.states
            ),
            tuple(self.stays.get(state, (0, 0)) for state in self.states),
            self.at_most,
        )

    def options(self, place: Place) -> tuple[str, ...] | None:
        """The states that a row may have; None if they are not known."""
        how = counting(place.data, place.table)
        if self.machine and isinstance(how, Walked) and how.column == place.name:
            return self._named(self.machine.passed)
        return self.lasts()

    def lasts(self) -> tuple[str, ...] | None:
        """The states that a path may end in; None if they are not known."""
        return self._named(self.machine.lasts) if self.machine else None

    def _named(self, numbers: frozenset[int]) -> tuple[str, ...]:
        return tuple(state for number, state in enumerate(self.states) if number in numbers)

    def problems(self, place: Place) -> Iterator[Problem]:
        for path, shares in (
            (("start",), self.start),
            *((("next", state), moves) for state, moves in self.next.items() if moves),
        ):
            if not any(shares.values()):
                why = "has no weight above 0, so there is nothing to choose"
                yield (*place.path, *path), why
        for state in self.stays:
            if state not in self.states:
                why = f"is not a state; there are {', '.join(self.states)}"
                yield (*place.path, "stays", state), why
        yield from self._unreachable(place)

    def _unreachable(self, place: Place) -> Iterator[Problem]:
        if self.machine is None:
            return
        for number, state in enumerate(self.states):
            if number not in self.machine.reachable and state in self.next:
                yield (*place.path, "next", state), "no path leads to this state from the start"


class Outcome(Kind):
    """The last state of a row's history, which is in another table."""

    kind: Literal["outcome"]
    of: Path = Field(description="The state column of the history: table.column.")

    @property
    def target(self) -> tuple[str, str]:
        """Table and column of the history."""
        table, _, column = self.of.partition(".")
        return table, column

    def options(self, place: Place) -> tuple[str, ...] | None:
        """The states that a history may end in; None if they are not known."""
        there = place.at(*self.target)
        return there.column.lasts() if there and isinstance(there.column, State) else None

    def problems(self, place: Place) -> Iterator[Problem]:
        table, column = self.target
        rows = place.data.tables[table].rows if table in place.data.tables else 0
        history = isinstance(rows, Per) and (rows.per, rows.history) == (place.table, column)
        if not history or not place.at(table, column):
            why = (
                f"should be a table with `rows: {{per: {place.table}, history: …}}` and its column"
            )
            yield (*place.path, "of"), why


class _Moment(Kind):
    """Counted from the start of the path."""

    of: Name = Field(description="The state column of the same table.")
    since: Since = Field(
        description="When the path begins: a date or timestamp, such as claim.received."
    )
    days: bool = Field(default=False, description="Only the day.")

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


StatesColumn = State | Outcome | Entered | Left
