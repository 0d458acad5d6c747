"""What is wrong with a distribution, known before a row is made."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from sandboxctl.data.chance import counts, laws
from sandboxctl.data.kinds.distributions import TAKES, Spread
from sandboxctl.data.kinds.kind import Path, Problem, upside_down

LEAST = 1e-6
MOST_MEAN = 1e6
FARTHEST = 2**62


def flaws(spread: Spread, path: Path, unit: Fraction, what: str) -> Iterator[Problem]:
    """``what`` is what its values are called."""
    wrong = list(_parameters(spread, path)) or list(_between(spread, path, unit, what))
    wrong = wrong or list(_numbers(spread, path))
    yield from wrong
    if not wrong:
        yield from _law(spread, path, unit)


def _parameters(spread: Spread, path: Path) -> Iterator[Problem]:
    name, given = spread.distribution, set(spread.given)
    sets = TAKES[name]
    if name == "zipf" and not given:
        return
    if any(set(needed) == given for needed in sets):
        return
    known = {parameter for needed in sets for parameter in needed}
    for stranger in sorted(given - known):
        yield (*path, stranger), f"has no part in {name}, which {_takes(sets)}"
    if given <= known:
        yield (*path, "distribution"), f"{name} needs {_listed(sets)}"


def _takes(sets: tuple[tuple[str, ...], ...]) -> str:
    return f"takes {_listed(sets)}" if sets != ((),) else "takes only between"


def _listed(sets: tuple[tuple[str, ...], ...]) -> str:
    return ", or ".join(" and ".join(needed) for needed in sets)


def _between(spread: Spread, path: Path, unit: Fraction, what: str) -> Iterator[Problem]:
    at = (*path, "between")
    if spread.between is None:
        if spread.distribution in ("uniform", "zipf"):
            yield at, f"is missing: {spread.distribution} needs the least and the most"
        return
    wrong = list(upside_down(spread.between, path))
    yield from wrong
    low, high = spread.bounds(unit)
    if not wrong and low is not None and high is not None and low > high:
        yield at, f"has no {what}"


def _numbers(spread: Spread, path: Path) -> Iterator[Problem]:
    given = spread.given
    mean, median = given.get("mean"), given.get("median")
    if spread.distribution in ("lognormal", "exponential", "poisson") and mean is not None:
        if mean <= 0:
            yield (*path, "mean"), f"is {mean:g}; of {spread.distribution} it should be above 0"
        elif median is not None and mean <= median:
            yield (*path, "mean"), f"is {mean:g}; of lognormal it is above the median {median:g}"
        elif spread.distribution == "poisson" and mean > MOST_MEAN:
            yield (*path, "mean"), f"is {mean:,.0f}; of poisson it should be at most 1,000,000"
    if "quantiles" in given:
        yield from _quantiles(given["quantiles"], (*path, "quantiles"))
    for number, (least, most, _) in enumerate(bands := given.get("bands", ())):
        if least > most:
            yield (*path, "bands", number), f"is upside down: {least:g} is more than {most:g}"
        elif number and least <= bands[number - 1][1]:
            why = f"begins at {least:g}, but the one before ends at {bands[number - 1][1]:g}"
            yield (*path, "bands", number), why


def _quantiles(quantiles: dict[float, Any], path: Path) -> Iterator[Problem]:
    shares = sorted(quantiles)
    if shares[0] != 0 or shares[-1] != 1:
        yield path, f"go from {shares[0]:g} to {shares[-1]:g}; should go from 0 to 1"
    for first, second in pairwise(shares):
        if quantiles[first] >= quantiles[second]:
            why = f"has {quantiles[second]}, which is not more than {quantiles[first]} at {first:g}"
            yield (*path, f"{second:g}"), why


def _law(spread: Spread, path: Path, unit: Fraction) -> Iterator[Problem]:
    law = spread.law(unit)
    at = (*path, "between")
    if law.is_counted:
        low, high = counts.ends(law)
        if high - low >= counts.MOST:
            yield at, f"has {high - low + 1:,} values; {law.shape} takes at most {counts.MOST:,}"
        elif low > high or sum(counts.weights(law)[1]) <= 0:
            yield at, f"is out of reach: {law.shape} with this mean never comes there"
    elif law.shape != "uniform" and (share := laws.within(law)) < LEAST:
        yield at, f"holds {max(share, 0):.1g} of this {law.shape}; should hold at least {LEAST:g}"
    elif law.shape != "uniform":
        yield from _far(law, path)


def _far(law: laws.Law, path: Path) -> Iterator[Problem]:
    """Without bounds, a tail may leave what 64 bits hold."""
    whole, (below, above) = laws.continuous(law), laws.cut(law)
    ends = whole.point(below, 1 - below), whole.point(1 - above, above)
    if max(map(abs, ends)) > FARTHEST:
        yield (*path, "between"), "is missing: without it, some of these numbers are too large"
