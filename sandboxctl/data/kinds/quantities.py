"""Numbers, yes and no, and one of a few."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from pydantic import Field

from sandboxctl.data.forms import Amount, Rate, Unique, Weights, Whole
from sandboxctl.data.kinds.kind import Kind, Place, Problem, bad_weights, upside_down
from sandboxctl.data.types import TEXT, TRUTH, Type


class Integer(Kind):
    """A whole number, both ends included."""

    noun = "whole numbers"
    where = "between the bounds"
    kind: Literal["integer"]
    between: tuple[Whole, Whole] = Field(description="The least and the most.")
    unique: Unique = False

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return Type("whole", 0, *self.between)

    def capacity(self, place: Place) -> int:  # noqa: ARG002 - the same everywhere
        return self.between[1] - self.between[0] + 1

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from upside_down(self.between, place.path)


class Decimal(Kind):
    """A number with a fixed number of decimal places, both ends included."""

    kind: Literal["decimal"]
    between: tuple[Amount, Amount] = Field(description="The least and the most.")
    places: int = Field(default=2, ge=0, le=6, description="Digits after the point.")

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return Type("decimal", self.places, *self.scaled)

    @property
    def scaled(self) -> tuple[int, int]:
        """The lowest and highest value in units of the last decimal place."""
        low, high = (Fraction(str(end)) * 10**self.places for end in self.between)
        return math.ceil(low), math.floor(high)

    def problems(self, place: Place) -> Iterator[Problem]:
        wrong = list(upside_down(self.between, place.path))
        yield from wrong
        if not wrong and int.__gt__(*self.scaled):
            yield (*place.path, "between"), f"has no number with {self.places} decimal places"


class Boolean(Kind):
    """True with the given chance."""

    kind: Literal["boolean"]
    chance: Rate = Field(default=0.5, description="Share of rows that are true.")

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return TRUTH


class Choice(Kind):
    """One of a list, or of a mapping from value to weight."""

    kind: Literal["choice"]
    of: Weights = Field(
        min_length=1, max_length=10_000, description="Equally likely values, or value: weight."
    )

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        values = list(self.of)
        if all(isinstance(value, bool) for value in values):
            return TRUTH
        if any(isinstance(value, bool | str) for value in values):
            return TEXT
        numbers = [Fraction(str(value)) for value in values]
        places = max(_places(value) for value in values)
        low, high = (int(end * 10**places) for end in (min(numbers), max(numbers)))
        return Type("decimal" if places else "whole", places, low, high)

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from bad_weights(self.of, (*place.path, "of"))


def _places(value: float | str) -> int:
    return len(str(value).partition(".")[2]) if isinstance(value, float) else 0


QuantitiesColumn = Integer | Decimal | Boolean | Choice
