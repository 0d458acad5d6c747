"""How often which number comes: the options that numbers, durations and times share."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from sandboxctl.data.chance.laws import Law, Shape
from sandboxctl.data.forms import Amount, Day, Days, Frozen, Moment, Moments, Rate, Whole
from sandboxctl.data.kinds.lengths import Length

DAY_ONE = date(1970, 1, 1)
START = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400

NOTHING = 2.0**-40

Positive = Annotated[Amount, Field(gt=0)]
Long = Annotated[Length, Field(gt=0)]

PARAMETERS = ("mean", "sd", "median", "sigma", "rate", "exponent", "quantiles", "bands")

TAKES: dict[Shape, tuple[tuple[str, ...], ...]] = {
    "uniform": ((),),
    "normal": (("mean", "sd"),),
    "lognormal": (("median", "sigma"), ("mean", "median"), ("mean", "sd")),
    "exponential": (("mean",), ("rate",)),
    "poisson": (("mean",),),
    "zipf": (("exponent",),),
    "empirical": (("quantiles",), ("bands",)),
}
"""What a distribution needs: one of these sets, all of it and nothing else."""


BETWEEN = "The least and the most, both included."
NEEDS = (
    "How often which value comes, and what that needs: uniform between; normal mean and sd; "
    "lognormal median and sigma, mean and median, or mean and sd; exponential mean or rate; "
    "poisson mean; zipf between, perhaps exponent; empirical quantiles or bands."
)


Heavy = Annotated[float, Field(gt=0, le=1e12)]
BANDS = Field(min_length=1, max_length=1_000)
SPANS = "[least, most, weight] of each band, from the lowest on."


class Spread(Frozen):
    """Options of a distribution; `law` makes whole units of them."""

    distribution: Shape = Field(default="uniform", description=NEEDS)
    between: Any = Field(default=None, description=BETWEEN)

    @property
    def given(self) -> dict[str, Any]:
        """The parameters that are there."""
        found = {
            name: getattr(self, name) for name in PARAMETERS if name in type(self).model_fields
        }
        return {name: value for name, value in found.items() if value is not None}

    def spot(self, value: Any, unit: Fraction) -> Fraction:
        """Where a value lies, in units."""
        return Fraction(str(value)) * unit

    def law(self, unit: Fraction) -> Law:
        """In whole units, of which there are ``unit`` in 1 (or in a second)."""
        given = self.given
        at: dict[str, float] = {
            name: float(self.spot(given[name], unit))
            for name in ("mean", "median")
            if name in given
        }
        low, high = self.bounds(unit)
        match self.distribution:
            case "normal":
                sd = float(Fraction(str(given["sd"])) * unit)
                return Law("normal", low, high, at["mean"], sd)
            case "lognormal":
                return Law("lognormal", low, high, *self._logarithm(at, unit))
            case "exponential":
                mean = at["mean"] if at else float(unit / Fraction(str(given["rate"])))
                return Law("exponential", low, high, mean)
            case "empirical":
                return self._empirical(low, high, unit)
            case "zipf" | "poisson":
                center = at["mean"] if at else given.get("exponent", 1.0)
                return Law(self.distribution, low, high, center)
            case _:
                return Law("uniform", low, high)

    def bounds(self, unit: Fraction) -> tuple[int | None, int | None]:
        """The first and the last whole unit between the bounds."""
        if self.between is None:
            return None, None
        low, high = (self.spot(end, unit) for end in self.between)
        return math.ceil(low), math.floor(high)

    def _empirical(self, low: int | None, high: int | None, unit: Fraction) -> Law:
        if quantiles := self.given.get("quantiles"):
            spots = [(share, float(self.spot(at, unit))) for share, at in quantiles.items()]
            return Law("empirical", low, high, knots=tuple(sorted(spots)))
        bands = [
            (math.ceil(self.spot(least, unit)), math.floor(self.spot(most, unit)), weight)
            for least, most, weight in self.given["bands"]
        ]
        first, last = bands[0][0], bands[-1][1]
        low = first if low is None else max(low, first)
        high = last if high is None else min(high, last)
        return Law("empirical", low, high, knots=tuple(_edges(bands)))

    def _logarithm(self, at: Mapping[str, float], unit: Fraction) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm, from whichever two there are."""
        given = self.given
        if "sigma" in given:
            return math.log(at["median"]), given["sigma"]
        if "median" in given:
            return math.log(at["median"]), math.sqrt(2 * math.log(at["mean"] / at["median"]))
        wide = math.log1p((float(given["sd"] * unit) / at["mean"]) ** 2)
        return math.log(at["mean"]) - wide / 2, math.sqrt(wide)


class NumberSpread(Spread):
    """Of numbers."""

    mean: Amount | None = Field(default=None, description="Of the distribution, before `between`.")
    sd: Positive | None = Field(default=None, description="Standard deviation.")
    median: Positive | None = Field(default=None, description="Half of a lognormal lies below it.")
    sigma: Annotated[float, Field(gt=0, le=10)] | None = Field(
        default=None, description="Standard deviation of the logarithm of a lognormal."
    )
    rate: Positive | None = Field(default=None, description="1 / mean of an exponential.")
    quantiles: dict[Rate, Amount] | None = Field(
        default=None,
        min_length=2,
        max_length=1_000,
        description="Share of rows at or below: value; straight lines between them.",
    )
    bands: Annotated[tuple[tuple[Amount, Amount, Heavy], ...], BANDS] | None = Field(
        default=None, description=SPANS
    )


Broken: TypeAlias = Literal["uniform", "normal", "lognormal", "exponential", "empirical"]


class AmountSpread(NumberSpread):
    """Of numbers with decimal places."""

    distribution: Broken = Field(default="uniform", description=NEEDS)
    between: tuple[Amount, Amount] | None = Field(default=None, description=BETWEEN)


class WholeSpread(NumberSpread):
    """Of whole numbers."""

    between: tuple[Whole, Whole] | None = Field(default=None, description=BETWEEN)
    exponent: Annotated[float, Field(gt=0, le=10)] | None = Field(
        default=None, description="Of zipf: the k-th value is 1 / k ** exponent as frequent."
    )


class LengthSpread(Spread):
    """Of durations, which are never below 0."""

    distribution: Broken = Field(default="uniform", description=NEEDS)
    between: tuple[Length, Length] | None = Field(default=None, description=BETWEEN)
    mean: Long | None = Field(default=None, description="Of the distribution, before `between`.")
    sd: Long | None = Field(default=None, description="Standard deviation.")
    median: Long | None = Field(default=None, description="Half of a lognormal lies below it.")
    sigma: Annotated[float, Field(gt=0, le=10)] | None = Field(
        default=None, description="Standard deviation of the logarithm of a lognormal."
    )
    quantiles: dict[Rate, Length] | None = Field(
        default=None, min_length=2, max_length=1_000, description="Share of rows at or below: value"
    )
    bands: Annotated[tuple[tuple[Length, Length, Heavy], ...], BANDS] | None = Field(
        default=None, description=SPANS
    )

    def bounds(self, unit: Fraction) -> tuple[int | None, int | None]:
        return (0, None) if self.between is None else super().bounds(unit)


Dated: TypeAlias = Literal["uniform", "normal", "empirical"]


class DaySpread(Spread):
    """Of days."""

    distribution: Dated = Field(default="uniform", description=NEEDS)
    between: Days | None = Field(default=None, description="The first day and the last.")
    mean: Day | None = Field(default=None, description="The middle of a normal distribution.")
    sd: Long | None = Field(default=None, description="Its standard deviation, such as 30d.")
    quantiles: dict[Rate, Day] | None = Field(
        default=None, min_length=2, max_length=1_000, description="Share of rows at or before: day."
    )

    def spot(self, value: Any, unit: Fraction) -> Fraction:  # noqa: ARG002 - days are the unit
        return Fraction((value - DAY_ONE).days)


class MomentSpread(Spread):
    """Of moments."""

    distribution: Dated = Field(default="uniform", description=NEEDS)
    between: Moments | None = Field(default=None, description="The first moment and the last.")
    mean: Moment | None = Field(default=None, description="The middle of a normal distribution.")
    sd: Long | None = Field(default=None, description="Its standard deviation, such as 30d.")
    quantiles: dict[Rate, Moment] | None = Field(
        default=None, min_length=2, max_length=1_000, description="Share of rows until: moment."
    )

    def spot(self, value: Any, unit: Fraction) -> Fraction:  # noqa: ARG002 - seconds are the unit
        return Fraction(int((value - START).total_seconds()))


def _edges(bands: Sequence[tuple[int, int, float]]) -> Iterator[tuple[float, float]]:
    """Both ends of each band, half a unit beyond; between two of them is next to nothing."""
    whole, share = sum(weight for _, _, weight in bands), 0.0
    for least, most, weight in bands:
        yield share, least - 0.5
        share = min(1.0, share + weight / whole * (1 - len(bands) * NOTHING))
        yield (1.0 if most == bands[-1][1] else share), most + 0.5
        share += NOTHING


def overridden(base: Spread, case: Spread) -> Spread:
    """A case, and from the base what it does not say; of another distribution only the bounds."""
    said = case.model_fields_set
    kept = {"between"} if "distribution" in said else set(type(case).model_fields)
    return case.model_copy(update={name: getattr(base, name) for name in kept - said})
