"""How many rows a table has: a number, or some for each row of another table."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, WrapValidator, model_validator

from sandboxctl.data.forms import Amount, Frozen, Name, Whole

LARGEST = 100_000_000
"""Rows of a table."""

MOST_CHILDREN = 10_000
"""Rows for one row of another table."""

_FAINT = 1e-15

Children = Annotated[Whole, Field(ge=0, le=MOST_CHILDREN)]
Weight = Annotated[Amount, Field(ge=0)]
CountWeights = Annotated[dict[Children, Weight], Field(min_length=1, max_length=1000)]


class Poisson(Frozen):
    """How often something rare happens: so many on average."""

    distribution: Literal["poisson"] = Field(description="Independent of one another.")
    mean: float = Field(gt=0, le=1000, description="Rows on average, before `most` cuts it.")
    most: int | None = Field(
        default=None, ge=1, le=MOST_CHILDREN, description="Never more than so many."
    )

    @property
    def weights(self) -> tuple[float, ...]:
        """Of 0, 1, 2 … rows; from the likeliest number outwards, with no exponential."""
        last = self.most or math.ceil(self.mean + 8 * math.sqrt(self.mean) + 8)
        peak = min(last, int(self.mean))
        found = {peak: 1.0}
        for number in range(peak, last):
            found[number + 1] = found[number] * self.mean / (number + 1)
        for number in range(peak, 0, -1):
            found[number - 1] = found[number] * number / self.mean
        return tuple(w if (w := found[number]) > _FAINT else 0.0 for number in range(last + 1))


_CHILDREN: TypeAdapter[int] = TypeAdapter(Children)
_WEIGHTS: TypeAdapter[dict[int, float]] = TypeAdapter(CountWeights)
_WHOLE: TypeAdapter[int] = TypeAdapter(Annotated[Whole, Field(ge=0, le=LARGEST)])


def _count(value: Any, _: Any) -> Any:
    """One member of the union is meant, and only that one should complain."""
    match value:
        case Poisson():
            return value
        case {"distribution": _}:
            return Poisson.model_validate(value)
        case dict():
            return _WEIGHTS.validate_python(value)
        case _:
            return _CHILDREN.validate_python(value)


Count = Annotated[Poisson | CountWeights | Children, WrapValidator(_count)]


class Per(Frozen):
    """Rows for each row of another table."""

    per: Name = Field(description="The other table.")
    count: Count | None = Field(
        default=None,
        description="How many for each: a number, number: weight, or a distribution.",
    )
    history: Name | None = Field(
        default=None, description="One for each state that it goes through: the state column."
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.count is None and self.history is None:
            raise ValueError("needs `count`, or `history`")
        if self.count is not None and self.history is not None:
            raise ValueError("has `count` and `history`; take one of them away")
        return self


def _rows(value: Any, _: Any) -> Any:
    match value:
        case Per():
            return value
        case dict():
            return Per.model_validate(value)
        case _:
            return _WHOLE.validate_python(value)


Rows = Annotated[
    Per | Annotated[Whole, Field(ge=0, le=LARGEST)],
    WrapValidator(_rows),
]
