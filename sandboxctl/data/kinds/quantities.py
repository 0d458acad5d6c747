"""Numbers: whole, with decimals, money, and how long something takes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from sandboxctl.data.forms import Unique
from sandboxctl.data.kinds.choices import Boolean, Choice
from sandboxctl.data.kinds.conditions import keyed
from sandboxctl.data.kinds.distributions import AmountSpread, LengthSpread, WholeSpread
from sandboxctl.data.kinds.kind import Place, Problem
from sandboxctl.data.kinds.measures import LISTED, Measure
from sandboxctl.data.types import Type

Keyed = BeforeValidator(keyed)
CASES: Any = Field(
    default_factory=dict,
    max_length=1_000,
    description="Value of `by`: what is different then.",
)


class Integer(WholeSpread, Measure):
    """A whole number."""

    noun = "whole numbers"
    where = "between the bounds"
    kind: Literal["integer"]
    unique: Unique = False
    cases: Annotated[dict[str, WholeSpread], Keyed] = CASES

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return Type("whole", 0, *self.range())

    def capacity(self, place: Place) -> int | None:  # noqa: ARG002 - the same everywhere
        low, high = self.range()
        return None if low is None or high is None else high - low + 1

    def options(self, place: Place) -> tuple[str, ...] | None:  # noqa: ARG002 - the same everywhere
        """Its values, if they are few."""
        low, high = self.range()
        if low is None or high is None or high - low >= LISTED:
            return None
        return tuple(map(str, range(low, high + 1)))

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from super().problems(place)
        if self.unique and self.distribution != "uniform":
            why = "goes only with the uniform distribution: every number comes at most once"
            yield (*place.path, "unique"), why
        elif self.unique and self.by:
            yield (*place.path, "unique"), "goes without `by`: cases may overlap"


class Decimal(AmountSpread, Measure):
    """A number with a fixed number of decimal places."""

    noun = "numbers with that many decimal places"
    kind: Literal["decimal"]
    places: int = Field(default=2, ge=0, le=6, description="Digits after the point.")
    cases: Annotated[dict[str, AmountSpread], Keyed] = CASES

    @property
    def unit(self) -> Fraction:
        return Fraction(10**self.places)

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return Type("decimal", self.places, *self.range())


class Money(AmountSpread, Measure):
    """An amount with two decimal places."""

    noun = "amounts in whole pennies"
    kind: Literal["money"]
    cases: Annotated[dict[str, AmountSpread], Keyed] = CASES

    @property
    def unit(self) -> Fraction:
        return Fraction(100)

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return Type("decimal", 2, *self.range())


class Duration(LengthSpread, Measure):
    """How long something takes, in whole seconds: written as 90m, 1h30m or 3d."""

    noun = "durations in whole seconds"
    kind: Literal["duration"]
    cases: Annotated[dict[str, LengthSpread], Keyed] = CASES

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return Type("span", 0, *self.range())


QuantitiesColumn: TypeAlias = Integer | Decimal | Money | Duration | Boolean | Choice
