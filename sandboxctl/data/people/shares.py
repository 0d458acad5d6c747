"""Shares as slots of a table: as many bits of a draw as the table is long pick one of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sandboxctl.data.mix import Index


def slots(weights: Sequence[float], bits: int) -> tuple[int, ...]:
    """How many of ``2**bits`` slots each weight gets; at least one if it is above 0."""
    places, total = 1 << bits, sum(weights)
    exact = [weight / total * places for weight in weights]
    counts = [max(int(part), part > 0) for part in exact]
    missing = places - sum(counts)
    step = 1 if missing > 0 else -1
    order = sorted(range(len(exact)), key=lambda n: (step * (counts[n] - exact[n]), n))
    able = [n for n in order if counts[n] + step > 0 and exact[n] > 0]
    for turn in range(abs(missing)):
        counts[able[turn % len(able)]] += step
    return tuple(counts)


def table(entries: Sequence[int], counts: Sequence[int], kind: type[np.unsignedinteger]) -> Index:
    """Each entry as many times as it has slots."""
    return np.repeat(np.array(entries, kind), counts)


def zipf(count: int, flat: float) -> list[float]:
    """Weights that fall with the rank; the higher ``flat``, the slower."""
    return [1 / (rank + flat) for rank in range(1, count + 1)]
