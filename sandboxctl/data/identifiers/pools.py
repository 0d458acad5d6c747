"""Pieces of text that identifiers are put together from, and arithmetic on their digits.

Ranks are numpy arrays, yet nothing here needs numpy to be imported.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandboxctl.data.identifiers.identifier import Index, Parts


@lru_cache
def digits(width: int) -> tuple[str, ...]:
    """Every number of that many digits, with leading zeros."""
    return tuple(f"{number:0{width}}" for number in range(10**width))


@lru_cache
def words(alphabet: str, length: int) -> tuple[str, ...]:
    """Every text of that many letters of an alphabet."""
    return tuple(map("".join, product(alphabet, repeat=length)))


def number(values: Index, *widths: int) -> Parts:
    """Numbers in groups of digits, the first group first."""
    parts: Parts = ()
    for width in reversed(widths):
        values, last = divmod(values, 10**width)
        parts = ((digits(width), last), *parts)
    return parts


def weighted(values: Index, *weights: int) -> Index:
    """The sum of each digit times its weight; the last weight is that of the last digit."""
    total = 0 * values
    for weight in reversed(weights):
        rest = values // 10
        total += weight * (values - 10 * rest)
        values = rest
    return total
