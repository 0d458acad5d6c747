"""One of a few: yes or no, or one of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from sandboxctl.data.expectations import Expectation, Shares
from sandboxctl.data.forms import Frozen, Rate, Scalar
from sandboxctl.data.kinds.conditions import (
    Conditional,
    each,
    keyed,
    uncovered,
    written,
    wrong_cases,
)
from sandboxctl.data.kinds.kind import Place, Problem, bad_weights
from sandboxctl.data.types import TEXT, TRUTH, Type

FARTHEST = 2**62

Group: TypeAlias = dict[Scalar, float]


class Chance(Frozen):
    """The chance in one case."""

    chance: Rate


def _chances(value: object) -> object:
    """A plain number is a chance."""
    made = keyed(value)
    if not isinstance(made, dict):
        return made
    return {k: v if isinstance(v, dict | Chance) else {"chance": v} for k, v in made.items()}


def _groups(value: object) -> object:
    """One list or mapping of weights, or one of those for each value of `by`."""
    if isinstance(value, list | tuple):
        return {"": _weights(value)}
    if not isinstance(value, dict) or not value:
        return value
    nested = [isinstance(item, list | tuple | dict) for item in value.values()]
    if all(nested):
        return {written(key): _weights(item) for key, item in value.items()}
    if any(nested):
        raise ValueError("should hold a weight for each value, or a list for each value of `by`")
    return {"": value}


def _weights(value: object) -> object:
    """A plain list means equal weights."""
    if not isinstance(value, list | tuple):
        return value
    if any(isinstance(item, list | tuple | dict) for item in value):
        raise ValueError("should be a list of plain values, or a mapping from value to weight")
    return dict.fromkeys(value, 1.0)


Groups = Annotated[
    dict[str, Annotated[Group, Field(min_length=1, max_length=10_000)]],
    BeforeValidator(
        _groups,
        json_schema_input_type=list[Scalar] | Group | dict[str, list[Scalar] | Group],
    ),
]


class Boolean(Conditional):
    """True with the given chance."""

    kind: Literal["boolean"]
    chance: Rate = Field(default=0.5, description="Share of rows that are true.")
    cases: Annotated[dict[str, Chance], BeforeValidator(_chances)] = Field(
        default_factory=dict, max_length=1_000, description="Value of `by`: the chance then."
    )

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return TRUTH

    def options(self, place: Place) -> tuple[str, ...]:  # noqa: ARG002 - the same everywhere
        """Its values."""
        return "false", "true"

    def problems(self, place: Place) -> Iterator[Problem]:
        if self.by:
            yield from wrong_cases(place, self.by, self.cases, (*place.path, "cases"))
        elif self.cases:
            yield (*place.path, "by"), "is missing: cases need the column that they go by"

    def expected(self, place: Place) -> Expectation | None:
        if self.by is None:
            return _truth(self.chance)
        chances = {case: cased.chance for case, cased in self.cases.items()}
        chances |= dict.fromkeys(uncovered(place, self.by, chances), self.chance)
        return each(place, self.by, {case: _truth(chance) for case, chance in chances.items()})


def _truth(chance: float) -> Shares:
    return Shares({"false": 1 - chance, "true": chance})


class Choice(Conditional):
    """One of a list, or of a mapping from value to weight; or of those of the value of `by`."""

    kind: Literal["choice"]
    of: Groups = Field(
        min_length=1,
        max_length=10_000,
        description="Equally likely values, or value: weight; or such for each value of `by`.",
    )

    @property
    def values(self) -> tuple[Scalar, ...]:
        """All that it may be, each once; 1 and true are two."""
        every = {written(value): value for group in self.of.values() for value in group}
        return tuple(every.values())

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        kind = kind_of(self.values)
        return replace(kind, length=self._longest) if kind.name == "text" else kind

    @cached_property
    def _longest(self) -> int:
        return max(len(written(value)) for value in self.values)

    def options(self, place: Place) -> tuple[str, ...]:  # noqa: ARG002 - the same everywhere
        """Its values, as text."""
        return tuple(map(written, self.values))

    def shown(self, option: str) -> str:
        """One of its options as it stands in a CSV file."""
        kind = kind_of(self.values)
        return next(cell(value, kind) for value in self.values if written(value) == option)

    def problems(self, place: Place) -> Iterator[Problem]:
        at = (*place.path, "of")
        for group, weights in self.of.items():
            yield from bad_weights(weights, (*at, *filter(None, [group])))
        if self.by is None:
            if set(self.of) != {""}:
                why = "is missing: lists by value need the column that they go by"
                yield (*place.path, "by"), why
            return
        wrong = list(wrong_cases(place, self.by, self.of, at))
        yield from wrong
        if not wrong and (left := uncovered(place, self.by, self.of)):
            yield at, f"has nothing for {self.by} = {left[0]}"

    def expected(self, place: Place) -> Expectation | None:
        kind = self.type(place)
        if self.by is None:
            return _shares(self.of[""], kind)
        shares = {case: _shares(group, kind) for case, group in self.of.items()}
        return each(place, self.by, shares)


def kind_of(values: tuple[Scalar, ...]) -> Type:
    """The narrowest type that all of them have."""
    if all(isinstance(value, bool) for value in values):
        return TRUTH
    if any(isinstance(value, bool | str) for value in values):
        return TEXT
    places = max(_places(value) for value in values)
    units = [int(Fraction(str(value)) * 10**places) for value in values]
    if max(map(abs, units)) > FARTHEST:
        return TEXT
    return Type("decimal" if places else "whole", places, min(units), max(units))


def _places(value: Scalar) -> int:
    """Digits after the point."""
    exponent = Decimal(str(value)).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def cell(value: Scalar, kind: Type) -> str:
    """A value as it stands in a CSV file."""
    return f"{Decimal(str(value)):.{kind.places}f}" if kind.name == "decimal" else written(value)


def _shares(weights: Mapping[Scalar, float], kind: Type) -> Shares:
    whole = sum(weights.values())
    return Shares({cell(value, kind): weight / whole for value, weight in weights.items()})
