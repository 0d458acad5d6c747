"""Shares as slots of a table: as many bits of a draw as the table is long pick one of them."""

from __future__ import annotations

from collections.abc import Sequence


def slots(weights: Sequence[float], bits: int) -> tuple[int, ...]:
    """How many of ``2**bits`` slots each weight gets; at least one if it is above 0."""
    places, total = 1 << bits, sum(weights)
    exact = [weight / total * places for weight in weights]
    counts = [max(int(part), int(part > 0)) for part in exact]
    missing = places - sum(counts)
    step = 1 if missing > 0 else -1
    order = sorted(range(len(exact)), key=lambda n: (step * (counts[n] - exact[n]), n))
    while missing:
        for number in order:
            if missing and exact[number] and counts[number] + step:
                counts[number] += step
                missing -= step
    return tuple(counts)


def zipf(count: int, flat: float) -> list[float]:
    """Weights that fall with the rank; the higher ``flat``, the slower."""
    return [1 / (rank + flat) for rank in range(1, count + 1)]
