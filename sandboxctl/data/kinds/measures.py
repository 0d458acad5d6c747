"""What numbers of every sort have in common: a distribution, and cases by another column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from sandboxctl.data.chance import counts, curves
from sandboxctl.data.chance.laws import Law
from sandboxctl.data.expectations import Curve, Expectation, Shares
from sandboxctl.data.kinds.conditions import Conditional, each, uncovered, wrong_cases
from sandboxctl.data.kinds.distributions import Spread, overridden
from sandboxctl.data.kinds.flaws import flaws
from sandboxctl.data.kinds.kind import Place, Problem
from sandboxctl.data.types import Type

LISTED = 200
"""As many values are listed one by one; more are a curve."""


class Measure(Conditional, Spread):
    """A number; subclasses have ``cases``, each a spread of their own options."""

    @property
    def unit(self) -> Fraction:
        """How many whole units make 1."""
        return Fraction(1)

    @property
    def per_case(self) -> Mapping[str, Spread]:
        """The cases by the value of the other column."""
        cases: Mapping[str, Spread] = getattr(self, "cases", {})
        return cases

    def spreads(self) -> dict[str, Spread]:
        """Each case, complete."""
        return {case: overridden(self, spread) for case, spread in self.per_case.items()}

    @property
    def is_sound(self) -> bool:
        """Whether it works where it has no case."""
        return not [*flaws(self, (), self.unit, "")]

    def range(self) -> tuple[int | None, int | None]:
        """The least and the most unit of all rows."""
        every = [self, *self.spreads().values()]
        found = [ends(s.law(self.unit)) for s in every if not [*flaws(s, (), self.unit, "")]]
        if not found:
            return None, None
        return min(low for low, _ in found), max(high for _, high in found)

    def problems(self, place: Place) -> Iterator[Problem]:
        if self.by is None:
            if self.per_case:
                why = "is missing: cases need the column that they go by"
                yield (*place.path, "by"), why
        elif not self.per_case:
            yield (*place.path, "cases"), f"is missing: what to change for each {self.by}"
        else:
            yield from wrong_cases(place, self.by, self.per_case, (*place.path, "cases"))
        if self.by is None or uncovered(place, self.by, self.per_case):
            yield from flaws(self, place.path, self.unit, self.noun)
        for case, spread in self.spreads().items():
            yield from flaws(spread, (*place.path, "cases", case), self.unit, self.noun)

    def expected(self, place: Place) -> Expectation | None:
        if self.by is None:
            return expectation(self.law(self.unit), self.type(place))
        kind, spreads = self.type(place), self.spreads()
        spreads |= dict.fromkeys(uncovered(place, self.by, spreads), self)
        laws = {case: spread.law(self.unit) for case, spread in spreads.items()}
        return each(place, self.by, {case: expectation(law, kind) for case, law in laws.items()})


def ends(law: Law) -> tuple[int, int]:
    """The first and the last unit of a sound law."""
    if law.is_counted:
        return counts.ends(law)
    if law.shape == "uniform":
        return law.low or 0, law.high or 0
    made = curves.table(law)
    return made.low, made.high


def expectation(law: Law, kind: Type) -> Shares | Curve:
    """What many values of a sound law look like."""
    low, high = ends(law)
    units = range(low, high + 1)
    if kind.name != "whole" or len(units) > LISTED:
        return _curve(law, units)
    if law.shape == "uniform":
        return Shares(dict.fromkeys(map(str, units), 1 / len(units)))
    if law.is_counted:
        weights = counts.weights(law)[1]
        whole = sum(weights)
        return Shares({str(n): w / whole for n, w in zip(units, weights, strict=True)})
    steps = [0.0, *map(curves.table(law).at_or_below, units)]
    return Shares({str(n): steps[n - low + 1] - steps[n - low] for n in units})


def _curve(law: Law, units: range) -> Curve:
    if len(units) == 1:
        return Curve((units[0],), (1.0,))
    if law.shape == "uniform":
        return Curve((units[0], units[-1]), (1 / len(units), 1.0))
    if not law.is_counted:
        return curves.table(law).curve
    weights = counts.weights(law)[1]
    whole, below, points, shares = sum(weights), 0.0, [], []
    for unit, weight in zip(units, weights, strict=True):
        below += weight / whole
        points.append(unit)
        shares.append(below)
    return Curve(tuple(points), (*shares[:-1], 1.0))
