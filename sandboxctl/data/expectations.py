"""What a column's values should look like when there are many of them: checked by `proof`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shares:
    """Each value, written as in a CSV file, and its share of the rows; they add up to one."""

    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """A cumulative distribution: the share of rows at or below each point.

    Points ascend, in the unit of `values`: the last decimal place, days, seconds. Between two of
    them the share grows in a straight line; the last share is one.
    """

    points: tuple[int, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Each:
    """Another expectation for each value of another column of the table."""

    by: str
    of: Mapping[str, Shares | Curve]


Expectation = Shares | Curve | Each
"""Of those rows in which the value is not missing, and no edge case has put another one there."""
