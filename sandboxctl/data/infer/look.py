"""A column of texts becomes a profile; its different values are kept only to find references."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sandboxctl.data.identifiers.texts import matches
from sandboxctl.data.infer import categories, forms, identity, names, patterns
from sandboxctl.data.infer.profile import FEW, LEAST, Profile, ranks

SAMPLE = 4_096


@dataclass(frozen=True, slots=True)
class Column:
    """A profile, the different values behind it and how often each occurs: never written."""

    profile: Profile
    values: pa.Array = field(repr=False)
    weights: NDArray[np.int64] = field(repr=False)


def look(name: str, cells: pa.ChunkedArray, rows: int) -> Column:
    """All cells of a column; ``rows`` may be more, where the last ones have none."""
    values, weights = _counted(cells)
    filled = int(weights.sum())
    shape, fits = forms.shape_of(values, weights)
    said = names.fit(name)
    sample = values.take(pa.array(np.arange(0, len(values), max(1, len(values) // SAMPLE))))
    kind = identity.identifier(said, sample.slice(0, SAMPLE))
    few = len(values) <= min(FEW, filled // LEAST)
    facts: dict[str, Any] = {}
    if shape.form in ("whole", "decimal"):
        facts = _numbers(values, weights, fits)
    elif shape.form in ("day", "moment"):
        facts = _days(values, weights, fits)
    elif shape.form == "text" and filled >= LEAST:
        facts = {"shape": patterns.shape(values, weights)}
    profile = Profile(
        source=name,
        rows=rows,
        filled=filled,
        form=shape.form,
        unique=filled > 0 and len(values) == filled,
        few=few,
        groups=_groups(values, weights) if few else (),
        identifier=kind,
        named=shape.form == "text" and identity.are_names(sample.slice(0, 500).to_pylist()),
        addressed=shape.form == "text" and categories.are_addresses(sample.slice(0, 500)),
        odd=not fits.all(),
        written=shape.told,
        **facts,
    )
    return Column(profile, values, weights)


def _counted(cells: pa.ChunkedArray) -> tuple[pa.Array, NDArray[np.int64]]:
    """Different values without space around them, and how often each occurs; none is empty."""
    counted: Any = pc.value_counts(cells.cast(pa.string()))
    values, counts = counted.field(0), counted.field(1)
    trimmed: Any = pc.utf8_trim_whitespace(values)
    if not trimmed.equals(values):
        table = pa.table({"v": trimmed, "n": counts}).group_by("v").aggregate([("n", "sum")])
        values, counts = (table[name].combine_chunks() for name in ("v", "n_sum"))
    there = matches(values, "(?s:.+)")
    if not there.all():
        keep = pa.array(there)
        values, counts = values.filter(keep), counts.filter(keep)
    return values, counts.to_numpy(zero_copy_only=False).astype(np.int64)


def _groups(values: pa.Array, weights: NDArray[np.int64]) -> tuple[tuple[str, int], ...]:
    """Values that at least ten rows have, the most frequent first."""
    found = zip(values.to_pylist(), weights.tolist(), strict=True)
    told = [(value, count) for value, count in found if count >= LEAST]
    return tuple(sorted(told, key=lambda one: (-one[1], one[0])))


def _numbers(
    values: pa.Array, weights: NDArray[np.int64], fits: NDArray[np.bool_]
) -> dict[str, Any]:
    some, counts = values.filter(pa.array(fits)), weights[fits]
    found = forms.numbers(some)
    total, wide = int(counts.sum()), found.max() - found.min() + 1
    return {
        "places": min(6, forms.places(some)),
        "knots": _knots(found, counts),
        "dense": len(found) == total == int(weights.sum()) == int(min(wide, 2.0**53)),
    }


def _days(values: pa.Array, weights: NDArray[np.int64], fits: NDArray[np.bool_]) -> dict[str, Any]:
    found, right = forms.day_numbers(values.filter(pa.array(fits)))
    return {"knots": _knots(found[right], weights[fits][right])}


def _knots(found: NDArray[np.float64], weights: NDArray[np.int64]) -> tuple[float, ...]:
    """The values that stand for the others; see `profile.ranks`."""
    total = int(weights.sum())
    if total < LEAST:
        return ()
    order = np.argsort(found, kind="stable")
    upto = np.cumsum(weights[order])
    at = np.searchsorted(upto, np.array(ranks(total)), side="left")
    return tuple(found[order][at].tolist())
