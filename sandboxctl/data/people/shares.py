"""Shares as slots of a table: as many bits of a draw as the table is long pick one of them.

Whole numbers only: Python 3.12 adds floats up in another way than 3.11, and a slot may hang on it.
"""

from __future__ import annotations

from collections.abc import Sequence

WHOLE = 10**12
"""Parts of a whole."""


def slots(weights: Sequence[int], bits: int) -> tuple[int, ...]:
    """How many of ``2**bits`` slots each weight gets; at least one if it is above 0."""
    places, total = 1 << bits, sum(weights)
    counts = [max(weight * places // total, int(weight > 0)) for weight in weights]
    missing = places - sum(counts)
    step = 1 if missing > 0 else -1
    over = [count * total - weight * places for count, weight in zip(counts, weights, strict=True)]
    order = sorted(range(len(weights)), key=lambda number: (step * over[number], number))
    while missing:
        for number in order:
            if missing and weights[number] and counts[number] + step:
                counts[number] += step
                missing -= step
    return tuple(counts)


def zipf(count: int, flat: int) -> list[int]:
    """Parts of `WHOLE` that fall with the rank; the higher ``flat``, the slower."""
    falling = [WHOLE // (rank + flat) for rank in range(1, count + 1)]
    return [WHOLE * weight // sum(falling) for weight in falling]
