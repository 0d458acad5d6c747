"""What happens to a case: the states it goes through, and when."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from sandboxctl.data.forms import Amount, Path
from sandboxctl.data.kinds.kind import Kind, Place, Problem
from sandboxctl.data.kinds.lengths import Length
from sandboxctl.data.relations.counting import Walked, counting
from sandboxctl.data.relations.machine import Machine
from sandboxctl.data.relations.rows import Per
from sandboxctl.data.types import Type


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

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return Type("text", length=max(map(len, self.states)))

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


StatesColumn = State | Outcome
